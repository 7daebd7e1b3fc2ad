import { Command as Commander, CommanderError, Option } from 'commander'
import { nearest } from '../core/nearest.ts'
import type { Command, Flag, Options } from './command.ts'
import { commands } from './commands.ts'
import type { ExitStatus, Surroundings, Tools } from './host.ts'
import { exit } from './host.ts'

const noTools: Tools = { dialects: [], functions: new Map() }

/** Runs one command line. Only defects escape as exceptions. */
export async function run(argv: readonly string[], host: Surroundings): Promise<ExitStatus> {
  const [name] = argv
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const entry = commands.find((candidate) => candidate.name === argv[1])
    if (name === 'help' && entry !== undefined) return run([entry.name, '--help'], host)
    host.out(overview())
    return exit.clean
  }
  if (name === '--version' || name === '-V') return run(['version'], host)
  const entry = commands.find((candidate) => candidate.name === name)
  if (entry === undefined) {
    const close = nearest(
      name,
      commands.map((candidate) => candidate.name),
    )
    host.err(`no command \`${name}\`${close === undefined ? '' : `, did you mean \`${close}\`?`}\nrun \`kanon --help\` for the list\n`)
    return exit.unusable
  }
  return parse(await entry.load(), argv.slice(1), host)
}

function overview(): string {
  const width = Math.max(...commands.map(({ name }) => name.length))
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`)
  return `Kanon, one policy engine for Kubernetes\n\nUsage: kanon COMMAND [ARGUMENTS] [OPTIONS]\n\nCommands:\n${lines.join('\n')}\n\nRun \`kanon COMMAND --help\` for the options of a command.\n`
}

async function parse(command: Command, argv: readonly string[], host: Surroundings): Promise<ExitStatus> {
  if (command.runRaw !== undefined) return command.runRaw(argv, { ...host, ...(await host.loadTools()) })
  let status: ExitStatus = exit.clean
  const program = commanderOf(command, host, 'kanon', (result) => {
    status = result
  })
  try {
    await program.parseAsync(plainSwitches(command.flags, argv), { from: 'user' })
    return status
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 ? exit.clean : exit.unusable
  }
}

function commanderOf(command: Command, host: Surroundings, parent: string, done: (status: ExitStatus) => void): Commander {
  const program = new Commander(command.name)
    .usage([command.usage, command.flags.length > 0 ? '[OPTIONS]' : ''].filter((part) => part !== '').join(' '))
    .description(`${command.summary}.${command.details === undefined ? '' : `\n\n${command.details}`}`)
    .exitOverride()
    .configureOutput({ writeOut: host.out, writeErr: host.err, getOutHelpWidth: () => 120, getErrHelpWidth: () => 120 })
    .showHelpAfterError(`run \`${parent} ${command.name} --help\` for what it takes`)
    .allowExcessArguments(true)
  program.name(`${parent} ${command.name}`)
  for (const flag of command.flags) {
    program.addOption(optionOf(flag))
    if (isOnByItself(flag)) program.addOption(new Option(`--no-${flag.name}`).hideHelp())
  }
  for (const sub of command.subcommands ?? []) {
    const inner = commanderOf(sub, host, `${parent} ${command.name}`, done)
    inner.name(sub.name)
    program.addCommand(inner)
  }
  program.argument('[arguments...]')
  program.action(async (args: readonly string[], values: Readonly<Record<string, unknown>>) => {
    const tools = command.isBare === true ? noTools : await host.loadTools()
    done(await command.run(args, optionsOf(command.flags, values), { ...host, ...tools }))
  })
  return program
}

const isSwitch = (flag: Flag): boolean => flag.argument === undefined
const isOnByItself = (flag: Flag): boolean => isSwitch(flag) && flag.default === 'true'

/** `--switch=true` and `--switch=false`, as Go's programs take them, in the form that commander takes. */
function plainSwitches(flags: readonly Flag[], argv: readonly string[]): string[] {
  const forms = new Map(
    flags.filter(isSwitch).flatMap(({ name }) => [
      [`--${name}=true`, [`--${name}`]],
      [`--${name}=false`, flags.some((flag) => flag.name === name && isOnByItself(flag)) ? [`--no-${name}`] : []],
    ]),
  )
  const end = argv.indexOf('--')
  return argv.flatMap((word, at) => (end >= 0 && at > end ? [word] : (forms.get(word) ?? [word])))
}

function optionOf(flag: Flag): Option {
  const takes = flag.argument === undefined ? '' : ` <${flag.argument}>`
  const option = new Option(`${flag.shorthand === undefined ? '' : `-${flag.shorthand}, `}--${flag.name}${takes}`, flag.doc)
  if (flag.choices !== undefined) option.choices([...flag.choices])
  if (flag.default !== undefined) option.default(isOnByItself(flag) ? true : flag.default)
  if (flag.many === true)
    option.argParser((value: string, before: unknown) => [...(Array.isArray(before) ? (before as readonly unknown[]) : []), value])
  return option
}

const camel = (name: string): string => name.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

function optionsOf(flags: readonly Flag[], values: Readonly<Record<string, unknown>>): Options {
  const read = (name: string): unknown => {
    if (!flags.some((flag) => flag.name === name)) throw new Error(`the command does not declare --${name}`)
    return values[camel(name)]
  }
  return {
    text: (name) => {
      const value = read(name)
      return typeof value === 'string' ? value : undefined
    },
    list: (name) => {
      const value = read(name)
      return Array.isArray(value) ? value.map(String) : []
    },
    on: (name) => read(name) === true,
  }
}
