import type { CelProblem, Node } from './ast.ts'
import type { CelFunction, CelFunctions } from './function.ts'
import type { CelType } from './types.ts'
import type { CelValue } from './values.ts'

/** What a name stands for: a place in the frame, or a value known now. */
export type Reference = { readonly kind: 'slot'; readonly slot: number } | { readonly kind: 'constant'; readonly value: CelValue }

export interface Call {
  /** The overloads that fit the types of the arguments. */
  readonly overloads: readonly CelFunction[]
  /** The arguments with the receiver first; without it where the receiver is a namespace. */
  readonly args: readonly Node[]
}

export interface Variable {
  readonly name: string
  readonly slot: number
  readonly type: CelType
}

export interface Checked {
  readonly type: CelType
  readonly typeOf: (node: Node) => CelType
  readonly references: ReadonlyMap<Node, Reference>
  readonly calls: ReadonlyMap<Node, Call>
  /** The slots of the variables that a macro brings. */
  readonly locals: ReadonlyMap<Node, readonly number[]>
  /** The declared variables that the expression mentions. */
  readonly variables: readonly Variable[]
  readonly slots: number
  readonly problems: readonly CelProblem[]
}

export interface CheckOptions {
  readonly variables: Readonly<Record<string, CelType>>
  readonly functions: CelFunctions
}
