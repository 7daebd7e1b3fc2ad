/** The structure of a manifest as data: what a CustomResourceDefinition says, in the few words that Kyverno's need. */
export type Shape =
  | { readonly type: 'any' }
  | { readonly type: 'boolean' }
  | { readonly type: 'integer'; readonly minimum?: number; readonly maximum?: number }
  | { readonly type: 'string'; readonly pattern?: RegExp; readonly longest?: number }
  | { readonly type: 'choice'; readonly values: readonly string[] }
  | { readonly type: 'list'; readonly items: Shape; readonly fewest?: number }
  | { readonly type: 'map'; readonly values: Shape }
  | ObjectShape
  /** For structures that hold themselves. */
  | { readonly type: 'later'; readonly shape: () => Shape }

export interface ObjectShape {
  readonly type: 'object'
  readonly fields: Fields
  readonly required: readonly string[]
}

export type Fields = Readonly<Record<string, Shape>>

export const any: Shape = { type: 'any' }
export const boolean: Shape = { type: 'boolean' }
export const string: Shape = { type: 'string' }
export const strings: Shape = { type: 'list', items: string }
export const stringMap: Shape = { type: 'map', values: string }
export const integer = (minimum?: number, maximum?: number): Shape => ({
  type: 'integer',
  ...(minimum === undefined ? {} : { minimum }),
  ...(maximum === undefined ? {} : { maximum }),
})
export const choice = (...values: readonly string[]): Shape => ({ type: 'choice', values })
export const list = (items: Shape, fewest = 0): Shape => ({ type: 'list', items, fewest })
export const map = (values: Shape): Shape => ({ type: 'map', values })
export const later = (shape: () => Shape): Shape => ({ type: 'later', shape })
export const object = (fields: Fields, required: readonly string[] = []): ObjectShape => ({ type: 'object', fields, required })
