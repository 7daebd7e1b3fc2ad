import type { JmesFunctionTable } from '../languages/jmespath/jmespath.ts'
import type { Dialect } from '../policy/dialect.ts'

/** Everything a command may touch outside itself. `bin` makes one from the process, tests from memory. */
export interface Host {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  /** Standard error is a terminal: progress is shown. */
  readonly isTerminal: boolean
  readonly color: boolean
  readonly cwd: string
  readonly readStdin: () => Promise<string>
  readonly now: () => Date
  readonly version: string
  readonly dialects: readonly Dialect[]
  /** The functions of `kanon jp`. */
  readonly functions: JmesFunctionTable
}

/** 0 clean, 1 violations or failed tests, 2 unusable input. */
export type ExitStatus = number
export const exit = { clean: 0, violations: 1, unusable: 2 } as const
