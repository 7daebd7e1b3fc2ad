import type { ExitStatus, Host } from './host.ts'

/** One option. Without `argument` it is a switch, on by itself where `default` is `true`; `many` may be given several times. */
export interface Flag {
  readonly name: string
  readonly shorthand?: string
  readonly argument?: string
  readonly many?: boolean
  readonly default?: string
  readonly choices?: readonly string[]
  readonly doc: string
}

/** The options of one call: a string for each that was given, `true` for switches, lists for `many`. */
export interface Options {
  readonly text: (name: string) => string | undefined
  readonly list: (name: string) => readonly string[]
  readonly on: (name: string) => boolean
}

/** `--help`, completion and docs/reference/cli.md are printed from this one value. */
export interface Command {
  readonly name: string
  /** As help shows the arguments: `POLICY...`. */
  readonly usage: string
  readonly summary: string
  readonly details?: string
  readonly flags: readonly Flag[]
  readonly subcommands?: readonly Command[]
  /** It needs no dialects and no functions, so they are not loaded for it. */
  readonly isBare?: boolean
  /** Takes its arguments as they were typed: flags are declared for documentation, and read as another program reads them. */
  readonly runRaw?: (argv: readonly string[], host: Host) => Promise<ExitStatus>
  readonly run: (args: readonly string[], options: Options, host: Host) => Promise<ExitStatus>
}
