import type { Span } from '../../../core/source.ts'
import type { CallTerm, Head, RefTerm, Term, ValueForm, VarTerm } from './ast.ts'

/** The name of a rule with what follows it. */
export interface HeadParts {
  readonly name: string
  readonly path: readonly Term[]
  readonly args?: readonly Term[]
  readonly refSpan: Span
}

/** Undefined for what cannot name a rule, such as `f(x).a`. */
export function partsOf(term: Term): HeadParts | undefined {
  if (term.kind === 'call') return callParts(term)
  return term.kind === 'var' || term.kind === 'ref' ? nameParts(term) : undefined
}

function callParts({ operator, args, infix }: CallTerm): HeadParts | undefined {
  const parts = infix === undefined ? nameParts(operator) : undefined
  return parts === undefined ? undefined : { ...parts, args }
}

function nameParts(term: VarTerm | RefTerm): HeadParts | undefined {
  const [head, path] = term.kind === 'ref' ? [term.head, term.path] : [term, []]
  if (head.kind !== 'var') return undefined
  return { name: head.wildcard ? '_' : head.name, path, refSpan: term.span }
}

interface HeadContent {
  readonly element?: Term
  readonly value: Term
  readonly valueForm: ValueForm
  readonly end: number
  /** Version 0: `p[x]` without a value defines elements of a set. */
  readonly bracketSet: boolean
}

export function headOf(parts: HeadParts, { element, value, valueForm, end, bracketSet }: HeadContent): Head {
  const { name, path, args, refSpan } = parts
  const base = { name, path, refSpan, span: { start: refSpan.start, end } }
  if (element !== undefined) return { kind: 'set', element, elementForm: 'contains', ...base }
  // A head without arguments between its parentheses is no function.
  if (args !== undefined && args.length > 0) return { kind: 'function', args, value, valueForm, ...base }
  const [key] = path
  if (bracketSet && key !== undefined) return { kind: 'set', element: key, elementForm: 'bracket', ...base, path: [] }
  return { kind: path.every((part) => part.kind === 'string') ? 'complete' : 'object', value, valueForm, ...base }
}
