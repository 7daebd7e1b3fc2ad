import type { Command } from '../command.ts'
import { commands } from '../commands.ts'
import type { ExitStatus, Host } from '../host.ts'
import { exit } from '../host.ts'
import { signature } from './jp.ts'

const pages: Readonly<Record<string, (host: Host) => Promise<string>>> = {
  cli: cliPage,
  jmespath: (host) => Promise.resolve(jmespathPage(host)),
}

export const docs: Command = {
  name: 'docs',
  usage: Object.keys(pages).join('|'),
  summary: 'Print a page of the reference documentation',
  flags: [],
  run: runDocs,
}

async function runDocs([name]: readonly string[], _: unknown, host: Host): Promise<ExitStatus> {
  const page = name === undefined || !Object.hasOwn(pages, name) ? undefined : pages[name]
  if (page === undefined) {
    host.err(`expected one of ${Object.keys(pages).join(', ')}\n`)
    return exit.unusable
  }
  host.out(await page(host))
  return exit.clean
}

async function cliPage(): Promise<string> {
  const loaded = await Promise.all(commands.filter(({ name }) => name !== 'docs').map(({ load }) => load()))
  return `# Command line\n\nPrinted by \`npm run docs\`.\n\n${[...loaded, docs].map((command) => commandSection(command, 'kanon', 2)).join('\n')}`
}

const cell = (text: string): string => text.replaceAll('|', '\\|')

function commandSection(command: Command, parent: string, level: number): string {
  const name = `${parent} ${command.name}`
  const details = command.details === undefined ? '' : `\n${command.details}\n`
  const flags = command.flags.map((flag) => {
    const shorthand = flag.shorthand === undefined ? '' : `-${flag.shorthand}, `
    const fallback = flag.default === undefined ? '' : ` (default ${flag.default})`
    const choices = flag.choices === undefined ? '' : `; one of ${flag.choices.join(', ')}`
    return `| \`${cell(`${shorthand}--${flag.name}${flag.argument === undefined ? '' : ` <${flag.argument}>`}`)}\` | ${cell(flag.doc + choices + fallback)} |\n`
  })
  const table = flags.length === 0 ? '' : `\n| option | |\n|---|---|\n${flags.join('')}`
  const inner = (command.subcommands ?? []).map((sub) => `\n${commandSection(sub, name, level + 1)}`).join('')
  return `${'#'.repeat(level)} ${name}\n\n\`${`${name} ${command.usage}`.trimEnd()}\`\n\n${command.summary}.\n${details}${table}${inner}`
}

function jmespathPage(host: Host): string {
  const rows = [...host.functions.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((definition) => {
      const examples = definition.examples
        .map(([expression, result]) => `- \`\` ${expression} \`\` = \`${JSON.stringify(result)}\`\n`)
        .join('')
      return `## ${definition.name}\n\n\`${signature(definition)}\`\n\n${definition.doc}\n${examples === '' ? '' : `\n${examples}`}`
    })
  return `# JMESPath functions\n\nPrinted by \`npm run docs\`; every example runs as a test.\n\n${rows.join('\n')}`
}
