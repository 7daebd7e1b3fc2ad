import type { Command } from '../command.ts'
import { benchCommand } from '../gator/bench.ts'
import type { GoCommand } from '../gator/command.ts'
import { runGoCommand } from '../gator/command.ts'
import { expandCommand } from '../gator/expand.ts'
import { program } from '../gator/help.ts'
import { completionGroup, policyGroup, versionCommand } from '../gator/others.ts'
import { syncTestCommand } from '../gator/sync.ts'
import { testCommand } from '../gator/test.ts'
import type { GoGroup } from '../gator/tree.ts'
import { helpCommand, runTree } from '../gator/tree.ts'
import { verifyCommand } from '../gator/verify.ts'
import type { ExitStatus, Host } from '../host.ts'

const subcommands: readonly GoCommand[] = [benchCommand, expandCommand, testCommand, verifyCommand, versionCommand]

const sync: GoGroup = {
  name: 'sync',
  summary: 'Manage SyncSets and Config',
  long: 'Manage SyncSets and Config',
  flags: [],
  members: [syncTestCommand],
  alone: `Usage: ${program} sync test\n`,
}

/** The script that completes the whole program. Loaded late, because it loads every command. */
async function script(shell: string, host: Host): Promise<ExitStatus> {
  const { printCompletion } = await import('./completion.ts')
  return printCompletion(shell, host)
}

const root: GoGroup = {
  name: '',
  summary: '',
  long: 'gator is a suite of authorship tools for Gatekeeper',
  flags: [{ name: 'version', shorthand: 'v', type: 'bool', doc: 'version for gator' }],
  members: [
    benchCommand,
    completionGroup(script),
    expandCommand,
    helpCommand(() => root),
    policyGroup,
    sync,
    testCommand,
    verifyCommand,
    versionCommand,
  ],
  alone: undefined,
}

const runGator = (argv: readonly string[], host: Host): Promise<ExitStatus> => runTree(root, argv, host)

/** Another program's command line: a pipeline that runs `gator` runs `kanon gator` unchanged. */
export const gator: Command = {
  name: 'gator',
  usage: 'test|verify|expand|bench|sync|version',
  summary: "Test policies as Gatekeeper's gator does: the same flags, formats and exit statuses",
  flags: [],
  subcommands: [
    ...subcommands.map((command) => described(command)),
    {
      name: sync.name,
      summary: sync.summary,
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
