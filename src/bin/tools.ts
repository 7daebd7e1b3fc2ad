import type { Tools } from '../cli/host.ts'
import { kyvernoFunctions } from '../dialects/kyverno/jmespath-functions.ts'
import { dialects } from './dialects.ts'

/** Loaded only by commands that evaluate something. */
export const tools: Tools = { dialects, functions: kyvernoFunctions }
