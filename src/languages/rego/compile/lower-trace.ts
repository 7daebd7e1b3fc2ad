import type { Expression, Step } from '../ir/ir.ts'
import type { Probe, TraceLocal, TraceNode } from '../ir/trace.ts'
import type { Span } from '../../../core/source.ts'
import type { Literal, RefTerm, Term, VarTerm } from './core.ts'
import { isGround, lowerTerm } from './lower-term.ts'
import type { Lowering } from './lowering.ts'
import { visitLiteral, visitTerm } from './variables.ts'

/** Most parts of one expression that are looked at where it fails. */
const mostProbes = 12

/** Lowers a literal, in a step that tells a trace of it where one is wanted. */
export function traceLiteral(
  lowering: Lowering,
  literal: Literal,
  steps: Step[],
  lower: (lowering: Lowering, literal: Literal, steps: Step[]) => void,
): void {
  const { traced } = lowering.documents
  if (traced === undefined) return lower(lowering, literal, steps)
  const known = new Set(lowering.bound)
  const binds: TraceLocal[] = []
  const node: TraceNode = {
    kind: 'literal',
    source: lowering.source,
    span: literal.span,
    rule: lowering.rule,
    isDefault: false,
    locals: localsOf(lowering),
    binds,
    value: undefined,
    probes: probesOf(lowering, literal),
  }
  traced.push(node)
  const body: Step[] = []
  lower(lowering, literal, body)
  binds.push(...localsOf(lowering, new Set([...lowering.bound].filter((name) => !known.has(name)))))
  steps.push({ kind: 'traced', node, body })
}

export interface TracedRule {
  readonly span: Span
  readonly isDefault: boolean
  readonly args: readonly Term[]
  readonly value: Expression
}

/** The steps of a rule, as one that tells a trace of it where one is wanted. */
export function traceRule(lowering: Lowering, { span, isDefault, args, value }: TracedRule, body: readonly Step[]): readonly Step[] {
  const { traced } = lowering.documents
  if (traced === undefined) return body
  const names = new Set<string>()
  for (const arg of args) visitTerm(arg, { variable: ({ name }) => void names.add(name) })
  const locals = localsOf(lowering, names)
  const node: TraceNode = {
    kind: 'rule',
    source: lowering.source,
    span,
    rule: lowering.rule,
    isDefault,
    locals,
    binds: [],
    value,
    probes: [],
  }
  traced.push(node)
  return [{ kind: 'traced', node, body }]
}

function localsOf({ slots, bound }: Lowering, only: ReadonlySet<string> = bound): readonly TraceLocal[] {
  const locals: TraceLocal[] = []
  for (const [name, slot] of slots) if (only.has(name) && isUsers(name)) locals.push({ name: name.replace(/#\d+$/, ''), slot })
  return locals
}

/** Not one of the compiler's own, nor a wildcard. */
const isUsers = (name: string): boolean => /^[A-Za-z_]/.test(name)

function probesOf(lowering: Lowering, literal: Literal): readonly Probe[] {
  // What `with` changes is looked at where it is changed: in the rules that see it.
  if (literal.withs.length > 0) return []
  const probes = new Map<string, Probe>()
  const heads = new Set<Term>()
  const add = (probe: Probe): void => {
    const text = probe.steps.at(-1)?.text
    if (text !== undefined && probes.size < mostProbes && !probes.has(text)) probes.set(text, probe)
  }
  visitLiteral(literal, {
    ref: (ref) => {
      heads.add(ref.head)
      add(probeRef(lowering, ref))
    },
    variable: (variable) => {
      if (!heads.has(variable)) add(probeVariable(lowering, variable))
    },
    root: (root) => {
      if (root.name === 'input') add({ steps: [{ text: 'input', of: { kind: 'input' } }] })
    },
  })
  return [...probes.values()]
}

const textAt = ({ source }: Lowering, { start, end }: Span): string => source.text.slice(start, end).replaceAll(/\s+/g, ' ')

function probeVariable(lowering: Lowering, variable: VarTerm): Probe {
  return {
    steps: lowering.bound.has(variable.name) ? [{ text: textAt(lowering, variable.span), of: lowerTerm(lowering, variable, []) }] : [],
  }
}

/** The parts of a path that are known, one by one; of `data` only all of them together, since they may be many rules. */
function probeRef(lowering: Lowering, ref: RefTerm): Probe {
  const { head, path } = ref
  const known = path.findIndex((part) => !isGround(lowering, part))
  const parts = known < 0 ? path : path.slice(0, known)
  if (!isGround(lowering, head)) return { steps: [] }
  const isData = head.kind === 'root' && head.name === 'data'
  const steps: Probe['steps'][number][] = []
  if (!isData && (head.kind === 'root' || head.kind === 'var'))
    steps.push({ text: textAt(lowering, head.span), of: lowerTerm(lowering, head, []) })
  for (const [at, part] of parts.entries()) {
    if (isData && at < parts.length - 1) continue
    const end = endOfPart(lowering, part)
    const of = lowerTerm(lowering, { ...ref, path: parts.slice(0, at + 1) }, [])
    steps.push({ text: textAt(lowering, { start: Math.min(ref.span.start, head.span.start), end }), of })
  }
  // The parts of an import that a name stands for are all written as that name: only the last of them is what it says.
  return { steps: steps.filter(({ text }, at) => text !== steps[at + 1]?.text) }
}

/** Behind the bracket that closes a part. */
function endOfPart({ source }: Lowering, { span: { start, end } }: Term): number {
  if (!/\[\s*$/.test(source.text.slice(Math.max(0, start - 8), start))) return end
  const rest = /^\s*\]/.exec(source.text.slice(end, end + 8))
  return end + (rest?.[0].length ?? 0)
}
