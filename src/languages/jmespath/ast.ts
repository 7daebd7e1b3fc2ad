import type { Json } from '../../core/json.ts'
import type { Span } from '../../core/source.ts'

export type Comparator = '==' | '!=' | '<' | '<=' | '>' | '>='

/** What a JMESPath expression is made of. Offsets are in the expression's own text. */
export type Node =
  | { readonly kind: 'current'; readonly span: Span }
  | { readonly kind: 'field'; readonly name: string; readonly span: Span }
  | { readonly kind: 'literal'; readonly value: Json; readonly span: Span }
  | { readonly kind: 'subexpression'; readonly left: Node; readonly right: Node; readonly span: Span }
  | { readonly kind: 'index'; readonly left: Node; readonly index: number; readonly span: Span }
  /** A slice projects: what follows applies to each element. */
  | {
      readonly kind: 'slice'
      readonly left: Node
      readonly start: number | undefined
      readonly stop: number | undefined
      readonly step: number | undefined
      readonly right: Node
      readonly span: Span
    }
  | { readonly kind: 'list-projection'; readonly left: Node; readonly right: Node; readonly span: Span }
  | { readonly kind: 'flatten'; readonly left: Node; readonly right: Node; readonly span: Span }
  | { readonly kind: 'value-projection'; readonly left: Node; readonly right: Node; readonly span: Span }
  | { readonly kind: 'filter'; readonly left: Node; readonly condition: Node; readonly right: Node; readonly span: Span }
  | { readonly kind: 'pipe'; readonly left: Node; readonly right: Node; readonly span: Span }
  | { readonly kind: 'or'; readonly left: Node; readonly right: Node; readonly span: Span }
  | { readonly kind: 'and'; readonly left: Node; readonly right: Node; readonly span: Span }
  | { readonly kind: 'not'; readonly operand: Node; readonly span: Span }
  | { readonly kind: 'comparison'; readonly operator: Comparator; readonly left: Node; readonly right: Node; readonly span: Span }
  | { readonly kind: 'list'; readonly items: readonly Node[]; readonly span: Span }
  | { readonly kind: 'hash'; readonly entries: readonly { readonly key: string; readonly value: Node }[]; readonly span: Span }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Node[]; readonly span: Span }
  | { readonly kind: 'expression-reference'; readonly operand: Node; readonly span: Span }

/** Something wrong with an expression, with where it is in the expression's text. */
export interface JmesProblem {
  readonly code: 'syntax' | 'unknown-function' | 'invalid-arity'
  readonly message: string
  readonly span: Span
  readonly help?: string
}
