import { lineAndColumn } from '../../core/source.ts'
import type { RegoValue, TracedValue, TraceEvent, TraceNode, TraceOperation } from '../../languages/rego/rego.ts'
import { formatRegoValue } from '../../languages/rego/rego.ts'
import { printable } from '../show.ts'
import type { Out } from './json-out.ts'
import { fields, value } from './json-out.ts'

export const explanations = ['off', 'full', 'notes', 'fails'] as const
export type Explanation = (typeof explanations)[number]

/** One line of a trace. */
export interface TraceLine {
  readonly operation: TraceOperation | 'note'
  readonly node: TraceNode | undefined
  readonly depth: number
  readonly text: string
  readonly locals: readonly (readonly [name: string, value: RegoValue])[]
  /** Of what failed. */
  readonly values: readonly TracedValue[]
  readonly error: string | undefined
}

/** What is kept of a long evaluation. */
const mostLines = 20_000
const longestValue = 80

export interface Recorder {
  readonly tracer: (event: TraceEvent) => void
  readonly note: (text: string) => void
  readonly lines: readonly TraceLine[]
  /** Lines that were not kept. */
  readonly left: () => number
}

/** Keeps the lines of a trace that an explanation is about, with the rules and expressions that they are part of. */
export function newRecorder(explanation: Explanation): Recorder {
  const lines: TraceLine[] = []
  const around: (TraceLine | undefined)[] = []
  let depth = 1
  let left = 0
  const keep = (line: TraceLine): void => {
    if (lines.length < mostLines) lines.push(line)
    else left += 1
  }
  const keepWithContext = (line: TraceLine): void => {
    for (let at = 0; at < line.depth; at += 1) {
      const outer = around[at]
      if (outer !== undefined) keep(outer)
      around[at] = undefined
    }
    keep(line)
  }
  return {
    lines,
    left: () => left,
    note: (text) => {
      if (explanation === 'off') return
      const line: TraceLine = {
        operation: 'note',
        node: undefined,
        depth,
        text: formatRegoValue(text),
        locals: [],
        values: [],
        error: undefined,
      }
      if (explanation === 'full') keep(line)
      else keepWithContext(line)
    },
    tracer: (event) => {
      depth = event.depth
      const { operation } = event
      if (operation === 'eval' || operation === 'enter') around.length = depth
      if (explanation === 'full') keep(lineOf(event))
      else if (operation === 'fail' && explanation === 'fails') keepWithContext(lineOf(event))
      else if (operation === 'eval' || operation === 'enter') around[depth] = lineOf(event)
    },
  }
}

function lineOf({ operation, node, depth, error, locals, values }: TraceEvent): TraceLine {
  return { operation, node, depth, text: textOf(node), locals: locals(), values: operation === 'fail' ? values() : [], error }
}

/** The expression as written, or the name of the rule. */
export function textOf({ kind, rule, source, span, isDefault }: TraceNode): string {
  if (kind === 'rule') return isDefault ? `default ${rule}` : rule
  return source.text.slice(span.start, span.end).replaceAll(/\s+/g, ' ')
}

const titles: Readonly<Record<TraceLine['operation'], string>> = {
  enter: 'Enter',
  exit: 'Exit',
  eval: 'Eval',
  fail: 'Fail',
  redo: 'Redo',
  note: 'Note',
}

/** Lines of `file:row | Eval x > 1`, the places in a column; behind what fails, the values it failed with. */
export function printTrace(lines: readonly TraceLine[], showLocals: boolean, margin = ''): string {
  let last = 'query:1'
  const places = lines.map(({ node }) => (last = node === undefined ? last : placeOf(node)))
  const width = places.reduce((most, place) => Math.max(most, place.length), 0)
  return lines
    .map(({ operation, depth, text, locals, values, error }, at) => {
      const known = showLocals && locals.length > 0 ? `  {${locals.map(([name, of]) => `${name}: ${shortValue(of)}`).join(', ')}}` : ''
      const why = [...(error === undefined ? [] : [printable(error)]), ...values.map(whyOf).filter((each) => each !== '')]
      const reason = why.length === 0 ? '' : `  # ${why.join('; ')}`
      return `${margin}${(places[at] ?? '').padEnd(width)}  ${'| '.repeat(depth)}${titles[operation]} ${printable(text)}${known}${reason}\n`
    })
    .join('')
}

export function placeOf({ source, span }: TraceNode): string {
  return `${source.name === '' ? 'query' : source.name}:${lineAndColumn(source, span.start).line}`
}

/** `x = 5`, or `input.x is undefined`. */
export function whyOf({ text, value: of, in: inside }: TracedValue): string {
  if (text === '') return ''
  if (of !== undefined) return `${text} = ${shortValue(of)}`
  return `${text} is undefined${inside === undefined ? '' : ` (${inside.text} = ${shortValue(inside.value)})`}`
}

export function shortValue(of: RegoValue): string {
  const text = printable(formatRegoValue(of))
  return text.length <= longestValue ? text : `${text.slice(0, longestValue - 1)}…`
}

/** Lines for programs. */
export function traceOut(lines: readonly TraceLine[]): readonly Out[] {
  return lines.map(({ operation, node, depth, text, locals, values, error }) =>
    fields({
      Op: value(titles[operation]),
      ...(node === undefined ? {} : { Location: locationOut(node), Rule: value(node.rule) }),
      Depth: value(depth),
      Text: value(text),
      Locals: value(Object.fromEntries(locals)),
      ...(error === undefined ? {} : { Message: value(error) }),
      ...(values.length === 0 ? {} : { Values: values.map(tracedOut) }),
    }),
  )
}

const tracedOut = ({ text, value: of }: TracedValue): Out =>
  fields({ text: value(text), ...(of === undefined ? {} : { value: value(of) }) })

export function locationOut({ source, span }: Pick<TraceNode, 'source' | 'span'>): Out {
  const { line, column } = lineAndColumn(source, span.start)
  return fields({ file: value(source.name), row: value(line), col: value(column) })
}
