import type { RegoValue } from '../../languages/rego/rego.ts'
import { compileParsedRego, formatRegoValue } from '../../languages/rego/rego.ts'
import type { Command, Options } from '../command.ts'
import type { ExitStatus, Host } from '../host.ts'
import { exit } from '../host.ts'
import { boxed } from './box.ts'
import { loadGiven, parseModules, versionOf } from './files.ts'
import { bundlesFlag, dataFlag, ignoreFlag, versionFlags } from './flags.ts'
import type { Out, OutList } from './json-out.ts'
import { fields, printOut, value } from './json-out.ts'
import { showProblems } from './problem.ts'

export const depsCommand: Command = {
  name: 'deps',
  usage: '[PATH...] QUERY',
  summary: 'Show what a query reads: documents from outside, and rules',
  details: 'PATH is the same as --data PATH.\n\nExit status: 0 shown, 2 something could not be read or compiled.',
  flags: [
    dataFlag,
    bundlesFlag,
    { name: 'format', shorthand: 'f', argument: 'format', choices: ['pretty', 'json'], default: 'pretty', doc: 'how to print' },
    ...versionFlags,
    ignoreFlag,
  ],
  run: (args, options, host) => Promise.resolve(runDeps(args, options, host)),
}

type Path = readonly RegoValue[]

function runDeps(args: readonly string[], options: Options, host: Host): ExitStatus {
  const query = args.at(-1)
  const asJson = options.text('format') === 'json'
  if (query === undefined) {
    host.err('expected a query: kanon rego deps -d policy.rego data.policy.allow\n')
    return exit.unusable
  }
  const { sources, problems } = loadGiven(options, args.slice(0, -1), host)
  const regoVersion = versionOf(options)
  const modules = parseModules(sources, regoVersion)
  const program = modules.ok ? compileParsedRego(modules.value, { regoVersion, print: true }) : modules
  const found = program.ok ? program.value.dependencies(query) : program
  if (problems.length > 0 || !found.ok) {
    showProblems([...problems, ...(found.ok ? [] : found.error)], asJson, host)
    return exit.unusable
  }
  const { base, virtual } = found.value
  host.out(asJson ? `${printOut(fields({ ...namedOut('base', base), ...namedOut('virtual', virtual) }))}\n` : printTable(base, virtual))
  return exit.clean
}

function namedOut(name: string, paths: readonly Path[]): Readonly<Record<string, OutList>> {
  return paths.length === 0 ? {} : { [name]: paths.map(pathOut) }
}

function pathOut(path: Path): readonly Out[] {
  return path.map((part, at) =>
    fields({ type: value(at === 0 ? 'var' : typeof part === 'object' ? 'number' : typeof part), value: value(part) }),
  )
}

function printTable(base: readonly Path[], virtual: readonly Path[]): string {
  const columns = [
    { title: 'BASE DOCUMENTS', cells: base.map(pathText) },
    { title: 'VIRTUAL DOCUMENTS', cells: virtual.map(pathText) },
  ].filter(({ cells }) => cells.length > 0)
  const rows = Array.from({ length: Math.max(0, ...columns.map(({ cells }) => cells.length)) }, (_, at) =>
    columns.map(({ cells }) => cells[at] ?? ''),
  )
  return columns.length === 0
    ? ''
    : boxed(
        columns.map(({ title }) => title),
        rows,
      )
}

/** `data.a["b-c"][0]` */
function pathText(path: Path): string {
  return path
    .map((part, at) => {
      if (at === 0) return String(part)
      return typeof part === 'string' && /^[A-Za-z_]\w*$/.test(part) ? `.${part}` : `[${formatRegoValue(part)}]`
    })
    .join('')
}
