import type { Source, Span } from '../../../core/source.ts'
import type { Operator } from '../ir/ir.ts'
import type { RegoVersion } from '../syntax/ast.ts'
import type { RegoValue } from '../values/value.ts'

/**
 * The language after names are resolved: every variable is a local one, everything else is a path from `data` or `input`, and
 * `:=`, `some` and `in` have become equations.
 */
export type Term = ValueTerm | VarTerm | RootTerm | RefTerm | CallTerm | ArrayTerm | SetTerm | ObjectTerm | ComprehensionTerm | TemplateTerm

export interface ValueTerm {
  readonly kind: 'value'
  readonly value: RegoValue
  readonly span: Span
}

/** A local variable. Names are unique where the variable was declared; others are local to the outermost body that has them. */
export interface VarTerm {
  readonly kind: 'var'
  readonly name: string
  /** As the user wrote it; undefined where the compiler made it. */
  readonly shown: string | undefined
  readonly span: Span
}

export interface RootTerm {
  readonly kind: 'root'
  readonly name: 'data' | 'input'
  readonly span: Span
  /** Where the name that it came of is mentioned last: upstream tells of all refs of that name there. */
  readonly latest?: { readonly span: Span }
}

export interface RefTerm {
  readonly kind: 'ref'
  /** Never a ref. */
  readonly head: Term
  /** Never empty. */
  readonly path: readonly Term[]
  readonly span: Span
}

export interface CallTerm {
  readonly kind: 'call'
  readonly operator: Operator
  readonly args: readonly Term[]
  readonly span: Span
}

export interface ArrayTerm {
  readonly kind: 'array'
  readonly items: readonly Term[]
  readonly span: Span
}

export interface SetTerm {
  readonly kind: 'set'
  readonly items: readonly Term[]
  readonly span: Span
}

export interface ObjectTerm {
  readonly kind: 'object'
  readonly entries: readonly { readonly key: Term; readonly value: Term }[]
  readonly span: Span
}

export interface ComprehensionTerm {
  readonly kind: 'comprehension'
  readonly makes: 'array' | 'set' | 'object'
  /** Of an object only. */
  readonly key?: Term
  readonly value: Term
  readonly body: Body
  readonly span: Span
}

/** `$"…"`: texts and, as set comprehensions, what stands between braces. */
export interface TemplateTerm {
  readonly kind: 'template'
  readonly parts: readonly (string | ComprehensionTerm)[]
  readonly span: Span
}

export type Body = readonly Literal[]

export type Literal = TermLiteral | CallLiteral | UnifyLiteral | EveryLiteral | NotLiteral | PrintLiteral

interface LiteralBase {
  readonly withs: readonly With[]
  readonly span: Span
}

export interface TermLiteral extends LiteralBase {
  readonly kind: 'term'
  readonly term: Term
}

/** A call whose last argument may stand for its value (`count(xs, n)`). */
export interface CallLiteral extends LiteralBase {
  readonly kind: 'call'
  readonly operator: Operator
  readonly args: readonly Term[]
  /** Of the call in `x := f(y)`. */
  readonly callSpan?: Span
}

export interface UnifyLiteral extends LiteralBase {
  readonly kind: 'unify'
  readonly left: Term
  readonly right: Term
  /** Came from `:=`: its right side is never bound backwards. */
  readonly assigns: boolean
}

export interface EveryLiteral extends LiteralBase {
  readonly kind: 'every'
  readonly key: VarTerm | undefined
  readonly value: VarTerm
  readonly domain: Term
  readonly body: Body
}

/** `not …`, with one literal or, in braces, several. */
export interface NotLiteral extends LiteralBase {
  readonly kind: 'not'
  readonly body: Body
  /** `not { … }`: a body of its own, as that of a comprehension. */
  readonly closure: boolean
}

/** `print(…)`: each argument is a set comprehension. */
export interface PrintLiteral extends LiteralBase {
  readonly kind: 'print'
  readonly args: readonly ComprehensionTerm[]
}

export type WithTarget =
  | { readonly kind: 'input' | 'data'; readonly path: readonly RegoValue[] }
  | { readonly kind: 'function'; readonly operator: Operator }

export interface With {
  readonly target: WithTarget
  /** A term, or a function that takes the place of the target. */
  readonly value: Term | { readonly kind: 'function'; readonly operator: Operator; readonly span: Span }
  readonly targetSpan: Span
  readonly span: Span
}

/** One rule, or one branch of an `else` chain. */
export interface Branch {
  readonly value: Term
  readonly body: Body
  readonly span: Span
}

export interface Rule {
  readonly module: ModuleInfo
  /** The constant part of the path of its head, from `data`. */
  readonly path: readonly string[]
  /** The rest of the path, from the first part that is no constant string. */
  readonly suffix: readonly Term[]
  readonly kind: 'value' | 'set' | 'function'
  readonly args: readonly Term[]
  /** The element of a set, else the value. */
  readonly value: Term
  readonly body: Body
  readonly elses: readonly Branch[]
  readonly isDefault: boolean
  readonly span: Span
  /** Of the head's path and name. */
  readonly headSpan: Span
  /** Index into `rules` of the module. */
  readonly index: number
}

export interface ModuleInfo {
  readonly source: Source
  readonly version: RegoVersion
  readonly package: readonly string[]
}

/** A place in the tree of packages and rules. */
export interface Node {
  readonly path: readonly string[]
  readonly children: Map<string, Node>
  /** The rules whose constant path ends here. */
  readonly rules: Rule[]
  /** Whether a package is here. */
  isPackage: boolean
}
