import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Source } from '../../core/source.ts'
import type { RegoVersion } from '../../languages/rego/rego.ts'
import { formatRego, parseRego } from '../../languages/rego/rego.ts'
import type { Command, Options } from '../command.ts'
import type { ExitStatus, Host } from '../host.ts'
import { exit } from '../host.ts'
import { lineDiff } from '../text-diff.ts'
import { loadRegoFiles, versionOf } from './files.ts'
import { ignoreFlag, versionFlags } from './flags.ts'
import { showProblems } from './problem.ts'

export const fmtCommand: Command = {
  name: 'fmt',
  usage: '[PATH...]',
  summary: 'Lay modules out as `opa fmt` does',
  details:
    'Without a path, or with -, standard input is laid out.\n\nExit status: 0 done, 2 something could not be read or written, or would change and --fail is given; as `opa fmt`.',
  flags: [
    { name: 'list', shorthand: 'l', doc: 'print only the names of files that would change' },
    { name: 'diff', shorthand: 'd', doc: 'print only what would change' },
    { name: 'write', shorthand: 'w', doc: 'write the files' },
    { name: 'fail', doc: 'exit with 1 where something would change' },
    ...versionFlags,
    ignoreFlag,
  ],
  run: runFmt,
}

async function runFmt(paths: readonly string[], options: Options, host: Host): Promise<ExitStatus> {
  const isPiped = paths.length === 0 || (paths.length === 1 && paths[0] === '-')
  const files = isPiped
    ? { sources: [{ name: 'stdin', text: await host.readStdin() }], problems: [] }
    : loadRegoFiles(paths, { ignore: options.list('ignore'), data: false }, host)
  if (files.problems.length > 0) showProblems(files.problems, false, host)
  let unusable = files.problems.length > 0
  let changes = false
  for (const source of files.sources) {
    const text = layOut(source, versionOf(options), host)
    if (text === undefined) unusable = true
    else {
      changes ||= text !== source.text
      if (!(await deliver(source, text, isPiped, { options, host }))) unusable = true
    }
  }
  if (unusable) return exit.unusable
  return changes && options.on('fail') ? exit.unusable : exit.clean
}

function layOut(source: Source, regoVersion: RegoVersion, host: Host): string | undefined {
  const parsed = parseRego(source, { regoVersion })
  if (parsed.ok) return formatRego(parsed.value)
  showProblems(parsed.error, false, host)
  return undefined
}

/** Prints or writes one file as is asked for; false where that fails. */
async function deliver(
  source: Source,
  text: string,
  isPiped: boolean,
  { options, host }: { readonly options: Options; readonly host: Host },
): Promise<boolean> {
  const isQuiet = options.on('list') || options.on('diff') || options.on('write')
  const isChanged = text !== source.text
  if (options.on('list') && isChanged) host.out(`${source.name}\n`)
  if (options.on('diff')) host.out(lineDiff(source.name, source.text, text))
  if (!isQuiet || (isPiped && options.on('write'))) host.out(text)
  if (!options.on('write') || isPiped || !isChanged) return true
  try {
    await writeFile(resolve(host.cwd, source.name), text)
    return true
  } catch (error) {
    host.err(`cannot write ${source.name}: ${error instanceof Error ? error.message : String(error)}\n`)
    return false
  }
}
