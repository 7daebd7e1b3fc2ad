import { appArmor } from '../dialects/apparmor/dialect.ts'
import { gatekeeper } from '../dialects/gatekeeper/dialect.ts'
import { kyverno } from '../dialects/kyverno/dialect.ts'
import type { Dialect } from '../policy/dialect.ts'

/** The one list of dialects. Every face gets its dialects from here. */
export const dialects: readonly Dialect[] = [kyverno, gatekeeper, appArmor]
