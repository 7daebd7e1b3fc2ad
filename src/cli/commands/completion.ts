import type { Command } from '../command.ts'
import { commands } from '../commands.ts'
import type { ExitStatus, Host } from '../host.ts'
import { exit } from '../host.ts'

export const completion: Command = {
  name: 'completion',
  isBare: true,
  usage: 'bash|zsh|fish',
  summary: 'Print a completion script for a shell',
  details: 'To use it in bash: source <(kanon completion bash)',
  flags: [],
  run: ([shell = ''], _, host) => printCompletion(shell, host),
}

/** Prints the script for a shell. */
export async function printCompletion(shell: string, host: Host): Promise<ExitStatus> {
  const loaded = await Promise.all(commands.filter(({ name }) => name !== 'completion').map(({ load }) => load()))
  const all: readonly Command[] = [...loaded, completion]
  const script = shell === 'bash' ? bash(all) : shell === 'zsh' ? zsh(all) : shell === 'fish' ? fish(all) : undefined
  if (script === undefined) {
    host.err('expected one of bash, zsh, fish\n')
    return exit.unusable
  }
  host.out(script)
  return exit.clean
}

const wordsOf = (command: Command): string =>
  [...(command.subcommands ?? []).map(({ name }) => name), ...command.flags.map(({ name }) => `--${name}`), '--help'].join(' ')

function bash(all: readonly Command[]): string {
  const cases = all.map((command) => `    ${command.name}) words="${wordsOf(command)}" ;;`).join('\n')
  return `_kanon() {
  local words="${all.map(({ name }) => name).join(' ')}"
  if [ "$COMP_CWORD" -gt 1 ]; then
    case "\${COMP_WORDS[1]}" in
${cases}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _kanon kanon
`
}

const zsh = (all: readonly Command[]): string => `#compdef kanon\nautoload -U +X bashcompinit && bashcompinit\n${bash(all)}`

function fish(all: readonly Command[]): string {
  const quote = (text: string): string => `'${text.replaceAll("'", "\\'")}'`
  const lines = all.flatMap((command) => [
    `complete -c kanon -n __fish_use_subcommand -a ${command.name} -d ${quote(command.summary)}`,
    ...command.flags.map(
      (flag) =>
        `complete -c kanon -n '__fish_seen_subcommand_from ${command.name}' -l ${flag.name}${flag.shorthand === undefined ? '' : ` -s ${flag.shorthand}`} -d ${quote(flag.doc)}`,
    ),
  ])
  return `${lines.join('\n')}\n`
}
