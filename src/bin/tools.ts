import type { Tools } from '../cli/host.ts'
import { gatorTools } from '../dialects/gatekeeper/gator.ts'
import { kyvernoFunctions } from '../dialects/kyverno/jmespath-functions.ts'
import { podSecurity, podSecurityTools } from '../dialects/podsecurity/podsecurity.ts'
import { dialects } from './dialects.ts'

/** Loaded only by commands that evaluate something. Besides the dialects of clusters they know the kinds that are only in files. */
export const tools: Tools = {
  dialects: [...dialects, podSecurity],
  functions: kyvernoFunctions,
  podSecurity: podSecurityTools,
  gator: gatorTools,
}
