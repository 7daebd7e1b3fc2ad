import type { ExitStatus, Host } from '../host.ts'
import type { GoArguments, GoFlag } from './flags.ts'
import { parseGoFlags } from './flags.ts'
import { helpOf, program, usageOf } from './help.ts'

/** One subcommand of gator. */
export interface GoCommand {
  readonly name: string
  /** What help shows between name and flags. */
  readonly usage: string
  readonly summary: string
  readonly long: string
  readonly examples: string
  readonly flags: readonly GoFlag[]
  /** How many arguments it takes; `any` does not look at them, `zero` counts those that are too many. */
  readonly takes: 'none' | 'zero' | 'one' | 'any'
  /** Flags are not looked at either. */
  readonly takesAnyFlag?: true
  readonly run: (given: GoArguments, host: Host) => Promise<ExitStatus>
}

/** gator fails in one way only. */
export const failure: ExitStatus = 1
export const success: ExitStatus = 0

/** Runs a subcommand with arguments as they were typed. */
export async function runGoCommand(command: GoCommand, argv: readonly string[], host: Host): Promise<ExitStatus> {
  const refuse = (message: string): ExitStatus => {
    host.err(`Error: ${message}\n${usageOf(command)}\n`)
    return failure
  }
  const help = { name: 'help', shorthand: 'h', type: 'bool', doc: '' } as const
  const known = command.takesAnyFlag === true ? argv.filter((word) => word === '-h' || word === '--help') : argv
  const given = parseGoFlags([...command.flags, help], known)
  if (!given.ok) return refuse(given.error)
  const { args, values } = given.value
  if (values.on('help')) {
    host.out(helpOf(command))
    return success
  }
  const [first] = args
  if (command.takes === 'none' && first !== undefined)
    return refuse(`unknown command ${JSON.stringify(first)} for "${program} ${command.name}"`)
  if (command.takes === 'zero' && first !== undefined) return refuse(`accepts 0 arg(s), received ${args.length}`)
  if (command.takes === 'one' && args.length !== 1) return refuse(`accepts 1 arg(s), received ${args.length}`)
  return command.run(given.value, host)
}

/** Prints why a command cannot go on. */
export function fail(message: string, host: Host): ExitStatus {
  host.err(`${message}\n`)
  return failure
}
