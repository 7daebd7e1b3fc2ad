import type { Diagnostic } from '../../core/diagnostic.ts'
import { compileParsedRego } from '../../languages/rego/rego.ts'
import type { Command, Options } from '../command.ts'
import type { ExitStatus, Host } from '../host.ts'
import { exit } from '../host.ts'
import { loadRegoFiles, parseModules, versionOf } from './files.ts'
import { bundleFlag, ignoreFlag, strictFlag, versionFlags } from './flags.ts'
import { showProblems } from './problem.ts'

export const checkCommand: Command = {
  name: 'check',
  usage: 'PATH...',
  summary: 'Check modules for mistakes',
  details:
    'All modules are checked together, for one may use another. Mistakes are printed to standard error.\n\nExit status: 0 no mistakes, 1 mistakes, or files that cannot be read; as `opa check`.',
  flags: [
    strictFlag,
    ...versionFlags,
    { name: 'format', shorthand: 'f', argument: 'format', choices: ['pretty', 'json'], default: 'pretty', doc: 'how to print mistakes' },
    bundleFlag,
    ignoreFlag,
    {
      name: 'max-errors',
      shorthand: 'm',
      argument: 'count',
      default: '10',
      doc: 'how many mistakes of the compiler to print; all where it is 0',
    },
  ],
  run: (args, options, host) => Promise.resolve(runCheck(args, options, host)),
}

function runCheck(paths: readonly string[], options: Options, host: Host): ExitStatus {
  const asJson = options.text('format') === 'json'
  if (paths.length === 0) {
    host.err('expected files or folders: kanon rego check policies/\n')
    return exit.unusable
  }
  const { sources, problems } = loadRegoFiles(paths, { ignore: options.list('ignore'), data: false }, host)
  const regoVersion = versionOf(options)
  const modules = parseModules(sources, regoVersion)
  const mistakes: Diagnostic[] = []
  if (!modules.ok) mistakes.push(...modules.error)
  else {
    const most = Number(options.text('max-errors'))
    const maxErrors = Number.isInteger(most) && most > 0 ? most : allErrors
    const program = compileParsedRego(modules.value, { regoVersion, strict: options.on('strict'), print: true, maxErrors })
    if (!program.ok) mistakes.push(...program.error)
  }
  if (problems.length + mistakes.length > 0) showProblems([...mistakes, ...problems], asJson, { ...host, out: host.err })
  if (problems.length > 0) return exit.violations
  if (mistakes.length === 0) return exit.clean
  if (!asJson) host.err(`${mistakes.length} ${mistakes.length === 1 ? 'mistake' : 'mistakes'} in ${filesOf(mistakes)}\n`)
  return exit.violations
}

/** As many as anybody reads. */
const allErrors = 1000

function filesOf(mistakes: readonly Diagnostic[]): string {
  const count = new Set(mistakes.map(({ source }) => source)).size
  return count === 1 ? '1 file' : `${count} files`
}
