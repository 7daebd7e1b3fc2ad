import type { Json } from '../../core/json.ts'
import { isJsonArray, isJsonObject, jsonEqual, ownValue } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'

/** The values at a path, in the order of the document. */
export type JsonPathReader = (root: Json) => readonly Json[]

type Step = (values: readonly Json[]) => readonly Json[]

const mostValues = 10_000

const children = (value: Json): readonly Json[] => (isJsonArray(value) ? value : isJsonObject(value) ? Object.values(value) : [])

const field =
  (name: string): Step =>
  (values) =>
    values.flatMap((value) => {
      const found = isJsonObject(value) ? ownValue(value, name) : undefined
      return found === undefined ? [] : [found]
    })
const every: Step = (values) => values.flatMap(children).slice(0, mostValues)
const index =
  (at: number): Step =>
  (values) =>
    values.flatMap((value) => {
      const found = isJsonArray(value) ? value.at(at) : undefined
      return found === undefined ? [] : [found]
    })
const slice =
  (from: number, to: number | undefined): Step =>
  (values) =>
    values.flatMap((value) => (isJsonArray(value) ? value.slice(from, to) : []))

/** The value itself and everything inside it. */
const descend: Step = (values) => {
  const found: Json[] = []
  const queue = [...values]
  for (let value = queue.shift(); value !== undefined && found.length < mostValues; value = queue.shift()) {
    found.push(value)
    queue.push(...children(value))
  }
  return found
}

const comparison = /^\s*@((?:\.[\w-]+|\['[^']*'\])*)\s*(?:(==|!=|>=|<=|>|<)\s*(.+?))?\s*$/

/** `?(@.type=="Ready")` */
function filter(text: string): Result<Step, string> {
  const match = comparison.exec(text)
  if (match === null) return err(`cannot read the filter ${JSON.stringify(text)}`)
  const [, path = '', operator, literal = ''] = match
  const inner = compileJsonPath(path === '' ? '@' : path)
  if (!inner.ok) return inner
  const wanted = operator === undefined ? ok<Json>(true) : readLiteral(literal)
  if (!wanted.ok) return wanted
  return ok((values) =>
    values.flatMap(children).filter((value) => {
      const [found] = inner.value(value)
      if (operator === undefined) return found !== undefined
      return found !== undefined && compare(found, operator, wanted.value)
    }),
  )
}

function readLiteral(text: string): Result<Json, string> {
  const quoted = /^(?:'([^']*)'|"([^"]*)")$/.exec(text)
  if (quoted !== null) return ok(quoted[1] ?? quoted[2] ?? '')
  if (/^-?\d+(\.\d+)?$/.test(text)) return ok(Number(text))
  if (text === 'true' || text === 'false') return ok(text === 'true')
  return err(`cannot read ${JSON.stringify(text)}`)
}

function compare(a: Json, operator: string, b: Json): boolean {
  if (operator === '==') return jsonEqual(a, b)
  if (operator === '!=') return !jsonEqual(a, b)
  if (typeof a !== typeof b || (typeof a !== 'number' && typeof a !== 'string')) return false
  const [x, y] = [a as string, b as string]
  return operator === '>' ? x > y : operator === '<' ? x < y : operator === '>=' ? x >= y : x <= y
}

/** Compiles a JSONPath as Kubernetes uses it: `.spec.size`, `.a[0]`, `.a[-1]`, `[*]`, `['a-b']`, `[?(@.type=="Ready")]`, `..name`. Braces around it may be there. */
export function compileJsonPath(source: string): Result<JsonPathReader, string> {
  let rest = source
    .trim()
    .replace(/^\{(.*)\}$/, '$1')
    .trim()
  if (rest.startsWith('$') || rest.startsWith('@')) rest = rest.slice(1)
  const steps: Step[] = []
  while (rest !== '') {
    const step = nextStep(rest)
    if (!step.ok) return err(`${step.error} in ${JSON.stringify(source)}`)
    steps.push(...step.value.steps)
    rest = rest.slice(step.value.length)
  }
  return ok((root) => steps.reduce<readonly Json[]>((values, step) => step(values), [root]))
}

function nextStep(text: string): Result<{ readonly steps: readonly Step[]; readonly length: number }, string> {
  const dotted = /^(\.\.?)((?:\\.|[^.[\]\\])*)/.exec(text)
  if (dotted !== null && dotted[1] !== undefined) {
    const [whole, dots, raw = ''] = dotted
    const name = raw.replaceAll(/\\(.)/g, '$1')
    const own = name === '*' ? [every] : name === '' ? [] : [field(name)]
    return ok({ steps: dots === '..' ? [descend, ...own] : own, length: whole.length })
  }
  if (!text.startsWith('[')) return plainField(text)
  const end = closing(text)
  if (end < 0) return err('a bracket is not closed')
  const inside = text.slice(1, end).trim()
  const step = bracket(inside)
  return step.ok ? ok({ steps: [step.value], length: end + 1 }) : step
}

function plainField(text: string): Result<{ readonly steps: readonly Step[]; readonly length: number }, string> {
  const name = /^[^.[\]]+/.exec(text)?.[0]
  return name === undefined ? err(`unexpected ${JSON.stringify(text[0])}`) : ok({ steps: [field(name)], length: name.length })
}

/** Where the bracket at the beginning ends; brackets in quotes do not count. */
function closing(text: string): number {
  let [depth, quote] = [0, '']
  for (let i = 0; i < text.length; i += 1) {
    const letter = text[i] ?? ''
    if (quote !== '') quote = letter === quote ? '' : quote
    else if (letter === "'" || letter === '"') quote = letter
    else if (letter === '[') depth += 1
    else if (letter === ']') {
      depth -= 1
      if (depth === 0) return i
    }
  }
  return -1
}

function bracket(inside: string): Result<Step, string> {
  if (inside === '*') return ok(every)
  const quoted = /^(?:'([^']*)'|"([^"]*)")$/.exec(inside)
  if (quoted !== null) return ok(field(quoted[1] ?? quoted[2] ?? ''))
  if (/^-?\d+$/.test(inside)) return ok(index(Number(inside)))
  const range = /^(-?\d*):(-?\d*)$/.exec(inside)
  if (range !== null) return ok(slice(Number(range[1] ?? 0), range[2] === '' || range[2] === undefined ? undefined : Number(range[2])))
  const condition = /^\?\s*\((.*)\)$/.exec(inside)
  if (condition !== null) return filter(condition[1] ?? '')
  return err(`cannot read [${inside}]`)
}
