import type { GoCommand } from './command.ts'
import type { GoFlag } from './flags.ts'

/** The name that stands before every subcommand. */
export const program = 'kanon gator'

/** `--help`, laid out as gator's. */
export const helpOf = (command: GoCommand): string => `${command.long}\n\n${usageOf(command)}`

export function usageOf({ name, usage, examples, flags }: GoCommand): string {
  const shown = examples === '' ? '' : `\n\nExamples:\n${examples}`
  return `Usage:\n  ${[program, name, usage, '[flags]'].filter((word) => word !== '').join(' ')}${shown}\n\nFlags:\n${flagsText(flags, name.split(' ').at(-1) ?? name)}\n`
}

const help: GoFlag = { name: 'help', shorthand: 'h', type: 'bool', doc: '' }

export function flagsText(flags: readonly GoFlag[], name: string): string {
  const all = [...flags, { ...help, doc: `help for ${name}` }].sort((a, b) => (a.name < b.name ? -1 : 1))
  const heads = all.map(({ name: long, shorthand, type }) => {
    const short = shorthand === undefined ? '      ' : `  -${shorthand}, `
    return `${short}--${long}${type === 'bool' ? '' : ` ${type}`}`
  })
  const width = Math.max(...heads.map((head) => head.length)) + 3
  return all.map((flag, index) => `${(heads[index] ?? '').padEnd(width)}${flag.doc}${defaultText(flag)}`).join('\n')
}

function defaultText({ type, default: value }: GoFlag): string {
  if (value === undefined) return ''
  return ` (default ${type === 'string' ? JSON.stringify(value) : value})`
}
