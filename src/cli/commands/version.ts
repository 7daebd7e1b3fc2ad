import type { Command } from '../command.ts'
import { exit } from '../host.ts'

export const version: Command = {
  name: 'version',
  isBare: true,
  usage: '',
  summary: 'Print the version',
  flags: [
    { name: 'output', shorthand: 'o', argument: 'format', choices: ['text', 'json', 'yaml'], default: 'text', doc: 'how to print it' },
  ],
  run: (_, options, host) => {
    const output = options.text('output')
    host.out(
      output === 'json'
        ? `${JSON.stringify({ version: host.version })}\n`
        : output === 'yaml'
          ? `version: ${host.version}\n`
          : `kanon ${host.version}\n`,
    )
    return Promise.resolve(exit.clean)
  },
}
