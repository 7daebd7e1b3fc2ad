import { nearest } from '../../core/nearest.ts'
import type { ExitStatus, Host } from '../host.ts'
import type { GoCommand } from './command.ts'
import { failure, runGoCommand, success } from './command.ts'
import type { GoFlag } from './flags.ts'
import { parseGoFlags } from './flags.ts'
import { flagsText, helpOf, program } from './help.ts'

/** A command that has others below it. */
export interface GoGroup {
  /** '' is the program. */
  readonly name: string
  readonly summary: string
  readonly long: string
  readonly flags: readonly GoFlag[]
  readonly members: readonly GoMember[]
  /** What it prints when it is called itself; undefined is its help. */
  readonly alone: string | undefined
}

export type GoMember = GoGroup | GoCommand

/** A word of the call that is no member of a group is handed to it as an argument. */
interface Found {
  readonly member: GoMember
  readonly argv: readonly string[]
}

const isGroup = (member: GoMember): member is GoGroup => 'members' in member
const lastWord = (name: string): string => name.split(' ').at(-1) ?? name
const pathOf = ({ name }: GoMember): string => (name === '' ? program : `${program} ${name}`)
const helpFlag: GoFlag = { name: 'help', shorthand: 'h', type: 'bool', doc: '' }

/** Finds the command in a call, and runs it. */
export function runTree(root: GoGroup, argv: readonly string[], host: Host): Promise<ExitStatus> {
  const { member, argv: rest } = findMember(root, argv)
  return isGroup(member) ? Promise.resolve(runGroup(member, rest, host)) : runGoCommand(member, rest, host)
}

function findMember(group: GoGroup, argv: readonly string[]): Found {
  const at = firstWord(argv)
  const next = group.members.find(({ name }) => lastWord(name) === argv[at])
  if (next === undefined) return { member: group, argv }
  const rest = [...argv.slice(0, at), ...argv.slice(at + 1)]
  return isGroup(next) ? findMember(next, rest) : { member: next, argv: rest }
}

/** The index of the first argument that is no flag: no flag is known yet, so that each takes the word after it for its value. */
function firstWord(argv: readonly string[]): number {
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? ''
    if (word === '--') return -1
    const takesNext = word.startsWith('--') ? !word.includes('=') : word.startsWith('-') && !word.includes('=') && word.length === 2
    if (takesNext) at += 1
    else if (word !== '' && !word.startsWith('-')) return at
  }
  return -1
}

function runGroup(group: GoGroup, argv: readonly string[], host: Host): ExitStatus {
  const unknown = group.name === '' ? argv[firstWord(argv)] : undefined
  if (unknown !== undefined) {
    host.err(unknownText(group, unknown))
    return failure
  }
  const given = parseGoFlags([...group.flags, helpFlag], argv)
  if (!given.ok) {
    host.err(`Error: ${given.error}\n${groupUsage(group)}\n`)
    return failure
  }
  const { values } = given.value
  if (values.on('version') && !values.on('help')) host.out(versionLine(host))
  else host.out(group.alone === undefined || values.on('help') ? groupHelp(group) : group.alone)
  return success
}

/** The release of gator whose place this takes. */
export const gatorVersion = 'v3.23.0'

const versionLine = ({ version }: Host): string => `gator version ${gatorVersion} (Kanon ${version})\n`

function unknownText({ members }: GoGroup, name: string): string {
  const close = nearest(
    name,
    members.map((each) => each.name),
  )
  const suggestion = close === undefined ? '' : `\nDid you mean this?\n\t${close}\n\n`
  return `Error: unknown command ${JSON.stringify(name)} for "${program}"\n${suggestion}Run '${program} --help' for usage.\n`
}

const groupHelp = (group: GoGroup): string => `${group.long}\n\n${groupUsage(group)}`

const shortestColumn = 11

function groupUsage(group: GoGroup, withFlags = true): string {
  const path = pathOf(group)
  const uses = group.alone === undefined ? [`${path} [command]`] : [`${path} [flags]`, `${path} [command]`]
  const names = group.members.map(({ name }) => lastWord(name))
  const width = Math.max(shortestColumn, ...names.map((name) => name.length))
  const lines = group.members.map(({ summary }, index) => `  ${(names[index] ?? '').padEnd(width)} ${summary}\n`)
  const flags = withFlags ? `Flags:\n${flagsText(group.flags, group.name === '' ? 'gator' : group.name)}\n\n` : ''
  const more = `Use "${path} [command] --help" for more information about a command.\n`
  return `Usage:\n${uses.map((use) => `  ${use}\n`).join('')}\nAvailable Commands:\n${lines.join('')}\n${flags}${more}`
}

/** `help` of a program that is asked for when it is called. */
export const helpCommand = (root: () => GoGroup): GoCommand => ({
  name: 'help',
  usage: '[command]',
  summary: 'Help about any command',
  long: `Help provides help for any command in the application.\nSimply type ${program} help [path to command] for full details.`,
  examples: '',
  flags: [],
  takes: 'any',
  run: ({ args }, host) => {
    const { member, argv } = findMember(root(), args)
    if (!isGroup(member)) host.out(helpOf(member))
    else if (member.name !== '' || argv.length === 0) host.out(groupHelp(member))
    else host.err(`Unknown help topic [${argv.map((word) => `\`${word}\``).join(' ')}]\n${groupUsage(member, false)}`)
    return Promise.resolve(success)
  },
})
