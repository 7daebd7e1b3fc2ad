import type { JsonObject } from '../../../core/json.ts'
import type { Source, Span } from '../../../core/source.ts'

/** 0: the language of OPA before 1.0; 1: since. */
export type RegoVersion = 0 | 1

/** One file. Every `span` below counts in `source.text`. */
export interface Module {
  readonly kind: 'module'
  readonly source: Source
  /** The version the module is read as: 1 too where a v0 module imports `rego.v1`. */
  readonly version: RegoVersion
  readonly package: Package
  readonly imports: readonly Import[]
  /** In written order; a rule with several bodies (`p { a } { b }`) stands once per body. */
  readonly rules: readonly Rule[]
  readonly comments: readonly Comment[]
  readonly annotations: readonly Annotations[]
  readonly span: Span
}

export interface Package {
  readonly kind: 'package'
  /** Without the leading `data`: `package a.b["c-d"]` is `['a', 'b', 'c-d']`. */
  readonly path: readonly string[]
  /** As written. */
  readonly ref: VarTerm | RefTerm
  readonly span: Span
}

export interface Import {
  readonly kind: 'import'
  /** As a path from its root: `data`, `input`, `future` or `rego`. */
  readonly path: readonly string[]
  readonly ref: VarTerm | RefTerm
  /** The name after `as`. */
  readonly alias?: VarTerm
  readonly span: Span
}

export interface Comment {
  /** With its `#`, without the line break. */
  readonly text: string
  readonly span: Span
}

/** A `# METADATA` block. */
export interface Annotations {
  readonly scope: AnnotationScope
  /** As `rego.metadata` gives it: known keys in their full form, `scope` included. */
  readonly value: JsonObject
  /** The block of comments. */
  readonly span: Span
  /** The rule or package that the block stands above: an index into `rules`, or the package. */
  readonly target: number | 'package'
}

export type AnnotationScope = 'package' | 'subpackages' | 'document' | 'rule'

export interface Rule {
  readonly kind: 'rule'
  readonly default: boolean
  readonly head: Head
  /** Empty where none was written: the rule holds always. */
  readonly body: Body
  /** The `else` branches, in order. Each is tried where all before it were undefined. */
  readonly elses: readonly Else[]
  /** A further body of the rule before (`p { a } { b }`), whose head it shares. */
  readonly chained: boolean
  /** How the body was written. */
  readonly form: BodyForm
  readonly span: Span
}

/** `if` and braces as they stood. */
export interface BodyForm {
  readonly if: boolean
  readonly braces: boolean
  /** Behind the body, its closing brace included. */
  readonly end: number
}

export interface Else {
  readonly kind: 'else'
  /** `true` where none was written (its span is then empty). */
  readonly value: Term
  readonly valueForm: ValueForm
  readonly body: Body
  readonly form: BodyForm
  readonly span: Span
}

/** What stood before the value of a head: nothing (the value is an implied `true`), `=` or `:=`. */
export type ValueForm = 'implied' | 'unify' | 'assign'

/**
 * What a rule defines, decided after parsing by the rules of its version.
 * - `complete`: one value at a constant path (`p := 1`, `p.a["b"] := 1`).
 * - `object`: entries at a path that contains a variable or other term (`p[x] := 1`, `p[x].b := 1`, `p[1] := 2`).
 * - `set`: elements of the set at `ref` (`p contains x`; v0: `p[x] { … }`).
 * - `function`: a value for arguments.
 */
export type Head = ValueHead | SetHead | FunctionHead

interface HeadBase {
  /** The first part of the path: the name within the package. */
  readonly name: string
  /** The parts after the name: string terms, variables or other terms. For a set: of the set, without the element. */
  readonly path: readonly Term[]
  /** Of name and path as written. */
  readonly refSpan: Span
  readonly span: Span
}

export interface ValueHead extends HeadBase {
  readonly kind: 'complete' | 'object'
  /** `true` where none was written (its span is then empty). */
  readonly value: Term
  readonly valueForm: ValueForm
}

export interface SetHead extends HeadBase {
  readonly kind: 'set'
  readonly element: Term
  /** `contains` or, in v0 only, brackets (or even `p.a`). */
  readonly elementForm: 'contains' | 'bracket'
}

export interface FunctionHead extends HeadBase {
  readonly kind: 'function'
  readonly args: readonly Term[]
  readonly value: Term
  readonly valueForm: ValueForm
}

export type Body = readonly Literal[]

/** One expression of a body. */
export type Literal = TermLiteral | EquationLiteral | SomeLiteral | SomeInLiteral | EveryLiteral | NotBodyLiteral

interface LiteralBase {
  readonly negated: boolean
  readonly withs: readonly With[]
  readonly span: Span
}

/** A term that must be defined and not false: `x`, `f(x)`, `a == b`, `x in xs`. */
export interface TermLiteral extends LiteralBase {
  readonly kind: 'term'
  readonly term: Term
}

/** `left = right` or `left := right`. */
export interface EquationLiteral extends LiteralBase {
  readonly kind: 'unify' | 'assign'
  readonly left: Term
  readonly right: Term
  /** Of the operator. */
  readonly operatorSpan: Span
}

/** `some x, y` */
export interface SomeLiteral extends LiteralBase {
  readonly kind: 'some'
  readonly variables: readonly VarTerm[]
}

/** `some value in domain`, `some key, value in domain`; key and value are patterns. */
export interface SomeInLiteral extends LiteralBase {
  readonly kind: 'some-in'
  readonly key?: Term
  readonly value: Term
  readonly domain: Term
}

/** `every value in domain { … }`, `every key, value in domain { … }` */
export interface EveryLiteral extends LiteralBase {
  readonly kind: 'every'
  readonly key?: VarTerm
  readonly value: VarTerm
  readonly domain: Term
  readonly body: Body
}

/** `not { … }` (import future.keywords.not); `negated` is true. */
export interface NotBodyLiteral extends LiteralBase {
  readonly kind: 'not-body'
  readonly body: Body
}

/** `with target as value` */
export interface With {
  readonly target: VarTerm | RefTerm
  readonly value: Term
  readonly span: Span
}

export type Term =
  | NullTerm
  | BooleanTerm
  | NumberTerm
  | StringTerm
  | TemplateTerm
  | VarTerm
  | RefTerm
  | CallTerm
  | ArrayTerm
  | SetTerm
  | ObjectTerm
  | ArrayComprehension
  | SetComprehension
  | ObjectComprehension

interface TermBase {
  readonly span: Span
  /** Stood between parentheses of its own (the span is of the inside). */
  readonly parenthesized?: true
}

export interface NullTerm extends TermBase {
  readonly kind: 'null'
}

export interface BooleanTerm extends TermBase {
  readonly kind: 'boolean'
  readonly value: boolean
}

export interface NumberTerm extends TermBase {
  readonly kind: 'number'
  /** As written, a sign included: `-1`, `1e3`, `.5`. */
  readonly text: string
}

export interface StringTerm extends TermBase {
  readonly kind: 'string'
  /** After escapes. */
  readonly value: string
  /** `name` is a part of a ref after a dot. */
  readonly form: 'quoted' | 'raw' | 'name'
}

/** `$"text {expression}"` */
export interface TemplateTerm extends TermBase {
  readonly kind: 'template'
  readonly parts: readonly TemplatePart[]
  readonly raw: boolean
}

export type TemplatePart =
  | { readonly kind: 'text'; readonly value: string; readonly span: Span }
  | { readonly kind: 'expression'; readonly literal: Literal; readonly span: Span }

/** A name, `data` and `input` included. */
export interface VarTerm extends TermBase {
  readonly kind: 'var'
  /** A wildcard `_` has a name of its own, unique in the module: `$0`, `$1`, … */
  readonly name: string
  readonly wildcard: boolean
}

/** `head.a["b"][i]`: never with an empty path (a bare name is a `var`). */
export interface RefTerm extends TermBase {
  readonly kind: 'ref'
  /** Mostly a var; any term that may be indexed otherwise (`f(x)[0]`, `[1, 2][i]`). */
  readonly head: Term
  readonly path: readonly Term[]
}

export interface CallTerm extends TermBase {
  readonly kind: 'call'
  /** `f`, `data.lib.f`, `array.concat`; for an infix operator the var of its built-in: `plus`, `internal.member_2`. */
  readonly operator: VarTerm | RefTerm
  readonly args: readonly Term[]
  /** The operator as written, where it stood between its arguments. */
  readonly infix?: InfixOperator
}

/** `in` has two arguments (value, collection) or three (key, value, collection). */
export type InfixOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%' | '&' | '|' | 'in'

export interface ArrayTerm extends TermBase {
  readonly kind: 'array'
  readonly items: readonly Term[]
}

/** `{a, b}` or `set()` */
export interface SetTerm extends TermBase {
  readonly kind: 'set'
  readonly items: readonly Term[]
}

export interface ObjectTerm extends TermBase {
  readonly kind: 'object'
  readonly entries: readonly ObjectEntry[]
}

export interface ObjectEntry {
  readonly key: Term
  readonly value: Term
}

export interface ArrayComprehension extends TermBase {
  readonly kind: 'array-comprehension'
  readonly item: Term
  readonly body: Body
}

export interface SetComprehension extends TermBase {
  readonly kind: 'set-comprehension'
  readonly item: Term
  readonly body: Body
}

export interface ObjectComprehension extends TermBase {
  readonly kind: 'object-comprehension'
  readonly key: Term
  readonly value: Term
  readonly body: Body
}
