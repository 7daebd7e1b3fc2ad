import type { GoCommand } from './command.ts'
export const benchCommand: GoCommand = {
  name: 'bench',
  usage: '',
  summary: '',
  long: '',
  examples: '',
  flags: [],
  takes: 'none',
  run: () => Promise.resolve(0),
}
