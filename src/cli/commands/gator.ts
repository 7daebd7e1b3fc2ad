import { nearest } from '../../core/nearest.ts'
import type { Command } from '../command.ts'
import { benchCommand } from '../gator/bench.ts'
import type { GoCommand } from '../gator/command.ts'
import { failure, runGoCommand, success } from '../gator/command.ts'
import { expandCommand } from '../gator/expand.ts'
import { flagsText, helpOf, program } from '../gator/help.ts'
import { syncTestCommand } from '../gator/sync.ts'
import { testCommand } from '../gator/test.ts'
import { verifyCommand } from '../gator/verify.ts'
import type { ExitStatus, Host } from '../host.ts'

const subcommands: readonly GoCommand[] = [benchCommand, expandCommand, testCommand, verifyCommand]

const sync = { name: 'sync', summary: 'Manage SyncSets and Config' } as const
const listed = [benchCommand, expandCommand, sync, testCommand, verifyCommand]

/** Another program's command line: a pipeline that runs `gator` runs `kanon gator` unchanged. */
export const gator: Command = {
  name: 'gator',
  usage: 'test|verify|expand|bench|sync',
  summary: "Test policies as Gatekeeper's gator does: the same flags, formats and exit statuses",
  flags: [],
  subcommands: [
    ...subcommands.map((command) => described(command)),
    {
      ...sync,
      usage: 'test',
      flags: [],
      subcommands: [described(syncTestCommand, 'test')],
      run: (args, _, host) => runGator(['sync', ...args], host),
    },
  ],
  run: (args, _, host) => runGator(args, host),
  runRaw: runGator,
}

/** For documentation and completion. */
function described(command: GoCommand, name = command.name): Command {
  return {
    name,
    usage: command.usage,
    summary: command.summary.replace(/\.$/, ''),
    details: 'Exit status: 0 nothing was denied and no test failed, 1 otherwise.',
    flags: command.flags.map((flag) => (flag.type === 'bool' ? flag : { ...flag, argument: flag.type })),
    run: (args, _, host) => runGoCommand(command, args, host),
  }
}

async function runGator(argv: readonly string[], host: Host): Promise<ExitStatus> {
  const [first, ...rest] = argv
  const isHelp = first === 'help' || first === '--help' || first === '-h'
  const name = isHelp ? rest[0] : first
  if (name === sync.name) return runSync(isHelp ? ['--help', ...rest.slice(1)] : rest, host)
  const command = subcommands.find((each) => each.name === name)
  if (command !== undefined) return runGoCommand(command, isHelp ? ['--help'] : rest, host)
  if (name === undefined || isHelp) {
    host.out(overview())
    return success
  }
  host.err(unknown(name))
  return failure
}

async function runSync(argv: readonly string[], host: Host): Promise<ExitStatus> {
  const [first, ...rest] = argv
  if (first === 'test') return runGoCommand(syncTestCommand, rest, host)
  if (first === '--help' || first === '-h' || first === 'help') host.out(helpOf(syncTestCommand))
  else host.out(`Usage: ${program} sync test\n`)
  return success
}

function unknown(name: string): string {
  if (name.startsWith('-')) return `Error: unknown flag: ${name}\n${usage()}\n`
  const close = nearest(
    name,
    listed.map((each) => each.name),
  )
  const suggestion = close === undefined ? '' : `\nDid you mean this?\n\t${close}\n`
  return `Error: unknown command ${JSON.stringify(name)} for "${program}"\n${suggestion}${suggestion === '' ? '' : '\n'}Run '${program} --help' for usage.\n`
}

const overview = (): string => `gator is a suite of authorship tools for Gatekeeper\n\n${usage()}`

function usage(): string {
  const lines = listed.map(({ name, summary }) => `  ${name.padEnd(11)} ${summary}\n`).join('')
  const more = `Use "${program} [command] --help" for more information about a command.\n`
  return `Usage:\n  ${program} [command]\n\nAvailable Commands:\n${lines}\nFlags:\n${flagsText([], 'gator')}\n\n${more}`
}
