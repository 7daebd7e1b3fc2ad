import type { Span } from '../../core/source.ts'
import type { CelValue } from './values.ts'

/**
 * What a CEL expression is made of. Offsets are in the expression's own text. `at` is the place that messages point to, as cel-go does: of an operator
 * its sign, of a call the parenthesis, of a selection the dot.
 */
export type Node =
  | (Place & { readonly kind: 'literal'; readonly value: CelValue })
  | (Place & { readonly kind: 'identifier'; readonly name: string })
  | (Place & { readonly kind: 'select'; readonly operand: Node; readonly field: string; readonly optional: boolean })
  | (Place & { readonly kind: 'has'; readonly operand: Node; readonly field: string })
  | (Place & { readonly kind: 'index'; readonly operand: Node; readonly index: Node; readonly optional: boolean })
  | (Place & { readonly kind: 'call'; readonly name: string; readonly target: Node | undefined; readonly args: readonly Node[] })
  | (Place & { readonly kind: 'and' | 'or'; readonly operands: readonly Node[] })
  | (Place & { readonly kind: 'conditional'; readonly condition: Node; readonly consequent: Node; readonly otherwise: Node })
  | (Place & { readonly kind: 'list'; readonly items: readonly ListItem[] })
  | (Place & { readonly kind: 'map'; readonly entries: readonly MapEntry[] })
  | (Place & { readonly kind: 'struct'; readonly name: string; readonly fields: readonly StructField[] })
  | Comprehension
  | (Place & { readonly kind: 'bind'; readonly name: string; readonly value: Node; readonly body: Node })
  | (Place & { readonly kind: 'optional-map'; readonly flat: boolean; readonly operand: Node; readonly name: string; readonly body: Node })

export interface Place {
  readonly span: Span
  readonly at: number
}

export interface ListItem {
  readonly value: Node
  readonly optional: boolean
}
export interface MapEntry {
  readonly key: Node
  readonly value: Node
  readonly optional: boolean
  readonly at: number
}
export interface StructField {
  readonly name: string
  readonly value: Node
  readonly optional: boolean
  readonly at: number
}

export type ComprehensionMacro = 'all' | 'exists' | 'existsOne' | 'map' | 'filter' | 'transformList' | 'transformMap' | 'transformMapEntry'

/** A macro over the entries of a list or map. `second` is there in the forms with two variables. */
export interface Comprehension extends Place {
  readonly kind: 'comprehension'
  readonly macro: ComprehensionMacro
  readonly range: Node
  readonly first: string
  readonly second: string | undefined
  readonly predicate: Node | undefined
  readonly transform: Node | undefined
}

/** Something wrong with an expression, in cel-go's words. */
export interface CelProblem {
  readonly code: 'syntax' | 'undeclared' | 'type' | 'limit' | 'result' | 'program'
  readonly message: string
  readonly at: number
}
