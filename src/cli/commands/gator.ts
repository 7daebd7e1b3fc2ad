import { nearest } from '../../core/nearest.ts'
import type { Command } from '../command.ts'
import { benchCommand } from '../gator/bench.ts'
import type { GoCommand } from '../gator/command.ts'
import { failure, runGoCommand, success } from '../gator/command.ts'
import { expandCommand } from '../gator/expand.ts'
import { flagsText, program } from '../gator/help.ts'
import { testCommand } from '../gator/test.ts'
import { verifyCommand } from '../gator/verify.ts'
import type { ExitStatus, Host } from '../host.ts'

const subcommands: readonly GoCommand[] = [benchCommand, expandCommand, testCommand, verifyCommand]

/** Another program's command line: a pipeline that runs `gator` runs `kanon gator` unchanged. */
export const gator: Command = {
  name: 'gator',
  usage: 'test|verify|expand|bench',
  summary: "Test policies as Gatekeeper's gator does: the same flags, formats and exit statuses",
  flags: [],
  subcommands: subcommands.map((command) => ({
    name: command.name,
    usage: command.usage,
    summary: command.summary,
    details: 'Exit status: 0 nothing was denied and no test failed, 1 otherwise.',
    flags: command.flags.map((flag) => (flag.type === 'bool' ? flag : { ...flag, argument: flag.type })),
    run: (args, _, host) => runGoCommand(command, args, host),
  })),
  run: (args, _, host) => runGator(args, host),
  runRaw: runGator,
}

async function runGator(argv: readonly string[], host: Host): Promise<ExitStatus> {
  const [first, ...rest] = argv
  const isHelp = first === 'help' || first === '--help' || first === '-h'
  const name = isHelp ? rest[0] : first
  const command = subcommands.find((each) => each.name === name)
  if (command !== undefined) return runGoCommand(command, isHelp ? ['--help'] : rest, host)
  if (name === undefined || isHelp) {
    host.out(overview())
    return success
  }
  host.err(unknown(name))
  return failure
}

function unknown(name: string): string {
  if (name.startsWith('-')) return `Error: unknown flag: ${name}\n${usage()}\n`
  const close = nearest(
    name,
    subcommands.map((each) => each.name),
  )
  const suggestion = close === undefined ? '' : `\nDid you mean this?\n\t${close}\n`
  return `Error: unknown command ${JSON.stringify(name)} for "${program}"\n${suggestion}${suggestion === '' ? '' : '\n'}Run '${program} --help' for usage.\n`
}

const overview = (): string => `gator is a suite of authorship tools for Gatekeeper\n\n${usage()}`

function usage(): string {
  const lines = subcommands.map(({ name, summary }) => `  ${name.padEnd(11)} ${summary}\n`).join('')
  const more = `Use "${program} [command] --help" for more information about a command.\n`
  return `Usage:\n  ${program} [command]\n\nAvailable Commands:\n${lines}\nFlags:\n${flagsText([], 'gator')}\n\n${more}`
}
