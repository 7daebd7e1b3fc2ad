import type { Json } from '../../core/json.ts'
import { nearest } from '../../core/nearest.ts'
import type { Source } from '../../core/source.ts'
import { readSource } from '../../cluster/files.ts'
import { loadValue } from '../../kube/yaml/yaml.ts'
import type { JmesFunction, JmesProblem } from '../../languages/jmespath/jmespath.ts'
import { compileJmespath, formatAst, JmesFailure } from '../../languages/jmespath/jmespath.ts'
import type { Command, Options } from '../command.ts'
import type { ExitStatus, Host } from '../host.ts'
import { exit } from '../host.ts'
import { showDiagnostics } from '../show.ts'

const query: Command = {
  name: 'query',
  usage: 'EXPRESSION...',
  summary: 'Evaluate expressions on a document',
  flags: [
    { name: 'input', shorthand: 'i', argument: 'file', doc: 'YAML or JSON to query; standard input where it is left out' },
    { name: 'compact', shorthand: 'c', doc: 'print JSON on one line' },
    { name: 'unquoted', shorthand: 'u', doc: 'print a string without quotes' },
  ],
  run: runQuery,
}

const functions: Command = {
  name: 'function',
  usage: '[NAME...]',
  summary: 'Show what functions there are, or what some of them do',
  flags: [],
  run: runFunctions,
}

const parse: Command = { name: 'parse', usage: 'EXPRESSION...', summary: 'Show how expressions are understood', flags: [], run: runParse }

export const jp: Command = {
  name: 'jp',
  usage: 'query|function|parse',
  summary: 'Try JMESPath expressions',
  flags: [],
  subcommands: [query, functions, parse],
  run: (_, __, host) => {
    host.err('expected one of query, function, parse\nrun `kanon jp --help` for what they do\n')
    return Promise.resolve(exit.unusable)
  },
}

function showProblems(expression: string, problems: readonly JmesProblem[], severity: 'error' | 'warning', host: Host): void {
  const source: Source = { name: 'expression', text: expression }
  showDiagnostics(
    problems.map(({ code, message, span, help }) => ({ code, severity, message, source, span, ...(help === undefined ? {} : { help }) })),
    host,
  )
}

async function runQuery(expressions: readonly string[], options: Options, host: Host): Promise<ExitStatus> {
  if (expressions.length === 0) {
    host.err("expected an expression: kanon jp query -i pod.yaml 'spec.containers[].image'\n")
    return exit.unusable
  }
  const input = await readInput(options.text('input'), host)
  if (input === undefined) return exit.unusable
  let status: ExitStatus = exit.clean
  for (const expression of expressions) {
    const found = evaluate(expression, input, host)
    if (found instanceof JmesFailure) host.err(`${found.message}\n`)
    if (found === undefined || found instanceof JmesFailure) status = exit.unusable
    else host.out(`${print(found, options)}\n`)
  }
  return status
}

async function readInput(path: string | undefined, host: Host): Promise<Json | undefined> {
  const source = path === undefined || path === '-' ? undefined : readSource(path, host.cwd)
  if (source !== undefined && !source.ok) {
    host.err(`${source.error}\n`)
    return undefined
  }
  const value = loadValue(source === undefined ? await host.readStdin() : source.value.text)
  if (value.ok) return value.value
  host.err(`cannot read the input: ${value.error}\n`)
  return undefined
}

function evaluate(expression: string, input: Json, host: Host): Json | JmesFailure | undefined {
  const program = compileJmespath(expression, { functions: host.functions, missingKey: 'error' })
  if (!program.ok) {
    showProblems(expression, program.error, 'error', host)
    return undefined
  }
  showProblems(expression, program.value.warnings, 'warning', host)
  return program.value.evaluate(input, { now: host.now, random: Math.random, resolveHost: () => undefined })
}

function print(value: Json, options: Options): string {
  if (typeof value === 'string' && options.on('unquoted')) return value
  return options.on('compact') ? JSON.stringify(value) : JSON.stringify(value, null, 2)
}

function runParse(expressions: readonly string[], _: Options, host: Host): Promise<ExitStatus> {
  let status: ExitStatus = exit.clean
  for (const expression of expressions) {
    const program = compileJmespath(expression, { functions: host.functions, missingKey: 'error' })
    if (program.ok) host.out(`# ${expression}\n${formatAst(program.value.ast)}\n`)
    else {
      showProblems(expression, program.error, 'error', host)
      status = exit.unusable
    }
  }
  return Promise.resolve(status)
}

/** `name(string, any...) string` */
export function signature({ name, parameters, variadic, returns }: JmesFunction): string {
  const shown = parameters.map((parameter) => (typeof parameter === 'string' ? parameter : parameter.join('|')))
  return `${name}(${shown.join(', ')}${variadic ? '...' : ''}) ${returns}`
}

function runFunctions(names: readonly string[], _: Options, host: Host): Promise<ExitStatus> {
  const all = [...host.functions.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  let status: ExitStatus = exit.clean
  for (const name of names) {
    if (host.functions.has(name)) continue
    const close = nearest(
      name,
      all.map((definition) => definition.name),
    )
    host.err(`no function \`${name}\`${close === undefined ? '' : `, did you mean \`${close}\`?`}\n`)
    status = exit.unusable
  }
  for (const definition of all) {
    if (names.length > 0 && !names.includes(definition.name)) continue
    const examples = definition.examples.map(([expression, result]) => `    ${expression} = ${JSON.stringify(result)}\n`).join('')
    host.out(`${signature(definition)}\n  ${definition.doc}\n${examples}\n`)
  }
  return Promise.resolve(status)
}
