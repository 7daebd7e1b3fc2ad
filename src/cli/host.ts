import type { JmesFunctionTable } from '../languages/jmespath/jmespath.ts'
import type { Dialect } from '../policy/dialect.ts'

/** What takes time to load, and only some commands need. */
export interface Tools {
  readonly dialects: readonly Dialect[]
  /** The functions of `kanon jp`. */
  readonly functions: JmesFunctionTable
}

/** What a program touches outside itself. `bin` makes one from the process, tests from memory. */
export interface Surroundings {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  /** Standard error is a terminal: progress is shown. */
  readonly isTerminal: boolean
  readonly color: boolean
  readonly cwd: string
  readonly readStdin: () => Promise<string>
  readonly now: () => Date
  readonly version: string
  readonly loadTools: () => Promise<Tools>
}

/** Everything a command may touch outside itself. */
export type Host = Omit<Surroundings, 'loadTools'> & Tools

/** 0 clean, 1 violations or failed tests, 2 unusable input. */
export type ExitStatus = number
export const exit = { clean: 0, violations: 1, unusable: 2 } as const
