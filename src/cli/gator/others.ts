import type { ExitStatus, Host } from '../host.ts'
import type { GoCommand } from './command.ts'
import { fail, success } from './command.ts'
import type { GoArguments } from './flags.ts'
import { program } from './help.ts'
import type { GoGroup } from './tree.ts'
import { gatorVersion } from './tree.ts'

/** Commands that have nothing to do with evaluating. */

export const versionCommand: GoCommand = {
  name: 'version',
  usage: '',
  summary: 'Prints the version',
  long: 'Prints the version',
  examples: '',
  flags: [{ name: 'json', type: 'bool', doc: 'print JSON instead of text' }],
  takes: 'any',
  run: ({ values }, host) => {
    const text = `GitVersion:    ${gatorVersion}\nKanonVersion:  ${host.version}\n`
    const json = { gitVersion: gatorVersion, kanonVersion: host.version }
    host.out(values.on('json') ? `${JSON.stringify(json, undefined, 2)}\n` : text)
    return Promise.resolve(success)
  },
}

const policies = [
  ['generate-catalog', 'Generate a policy catalog from gatekeeper-library'],
  ['install', 'Install one or more policies'],
  ['list', 'List installed policies'],
  ['search', 'Search available policies in the catalog'],
  ['uninstall', 'Remove policies from the cluster'],
  ['update', 'Refresh the policy catalog'],
  ['upgrade', 'Upgrade installed policies to latest versions'],
] as const

const why = 'the catalog of gatekeeper-library is on the network, which the command line of Kanon does not use'
const instead = 'install templates and constraints with kubectl apply'

/** Everything that `gator policy` does is with a catalog on the network, or in a cluster. */
export const policyGroup: GoGroup = {
  name: 'policy',
  summary: 'Manage Gatekeeper policies from the policy library',
  long: `Not supported: ${why}. Each command says so, with status 1; ${instead}.`,
  flags: [],
  alone: undefined,
  members: policies.map(([name, summary]) => refused(`policy ${name}`, summary)),
}

function refused(name: string, summary: string): GoCommand {
  return {
    name,
    usage: '',
    summary,
    long: `Not supported: ${why}; ${instead}.`,
    examples: '',
    flags: [],
    takes: 'any',
    takesAnyFlag: true,
    run: (_, host) => Promise.resolve(fail(`Error: ${program} ${name} is not supported: ${why}; ${instead}`, host)),
  }
}

type Script = (shell: string, host: Host) => Promise<ExitStatus>

/** The scripts are those of the whole program: they complete `kanon gator` with everything else. */
export const completionGroup = (script: Script): GoGroup => ({
  name: 'completion',
  summary: 'Generate the autocompletion script for the specified shell',
  long: `Generate the autocompletion script for ${program} for the specified shell.\nSee each sub-command's help for details on how to use the generated script.`,
  flags: [],
  alone: undefined,
  members: ['bash', 'fish', 'powershell', 'zsh'].map((shell) => completionCommand(shell, script)),
})

function completionCommand(shell: string, script: Script): GoCommand {
  return {
    name: `completion ${shell}`,
    usage: '',
    summary: `Generate the autocompletion script for ${shell}`,
    long: `Generate the autocompletion script for the ${shell} shell: that of kanon, which completes ${program} too.`,
    examples: '',
    flags: [{ name: 'no-descriptions', type: 'bool', doc: 'disable completion descriptions' }],
    takes: 'none',
    run: (_: GoArguments, host) =>
      shell === 'powershell'
        ? Promise.resolve(fail('Error: there is no completion script for powershell; there are those for bash, fish and zsh', host))
        : script(shell, host),
  }
}
