import type { Regex } from '../../../core/regex.ts'
import type { Result } from '../../../core/result.ts'
import type { RegoValue } from '../values/value.ts'

/** Types as OPA's static checks know them. */
export type RegoType =
  | { readonly kind: 'any' | 'null' | 'boolean' | 'number' | 'string' }
  /** `items` are the types at the first positions, `rest` that of all further ones; no `rest`, no further ones. */
  | { readonly kind: 'array'; readonly items: readonly RegoType[]; readonly rest?: RegoType }
  | { readonly kind: 'set'; readonly of: RegoType }
  | {
      readonly kind: 'object'
      readonly properties: readonly PropertyType[]
      readonly rest?: { readonly key: RegoType; readonly value: RegoType }
    }
  | { readonly kind: 'union'; readonly of: readonly RegoType[] }
  | { readonly kind: 'function'; readonly parameters: readonly RegoType[]; readonly result: RegoType }

export interface PropertyType {
  readonly key: RegoValue
  readonly value: RegoType
}

/** An operator that stands for a built-in: `plus` is `+`. */
export type InfixOperator = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '==' | '!=' | '<' | '<=' | '>' | '>=' | ':=' | '=' | 'in'

interface Declaration {
  readonly name: string
  readonly infix?: InfixOperator
  readonly parameters: readonly RegoType[]
  /** The type of further arguments: `print` only. */
  readonly variadic?: RegoType
  /** Absent where a call has no value: `print`. */
  readonly result?: RegoType
  /** The value may differ between two calls with equal arguments, and between two queries. */
  readonly nondeterministic?: true
  /** Refused in v1 modules. */
  readonly deprecated?: true
  /** What a host must grant before the built-in does anything. */
  readonly needs?: 'network' | 'runtime'
}

/** A function of its arguments. Arguments are always defined; undefined makes the call undefined without an error. */
export interface FunctionBuiltin extends Declaration {
  readonly relation?: undefined
  readonly evaluate: (args: readonly RegoValue[], context: BuiltinContext) => RegoValue | BuiltinError | undefined
}

/** A built-in with any number of values (`walk`). */
export interface RelationBuiltin extends Declaration {
  readonly relation: true
  /** Calls `emit` with each value until it answers false. */
  readonly visit: (args: readonly RegoValue[], context: BuiltinContext, emit: (value: RegoValue) => boolean) => BuiltinError | undefined
}

export type Builtin = FunctionBuiltin | RelationBuiltin

export type BuiltinErrorCode = 'eval_builtin_error' | 'eval_type_error' | 'eval_cancel_error'

/**
 * Why a built-in has no value. The call is undefined, and where errors are strict the query fails with `message`
 * (`plus: operand 1 must be number but got string`). An error that `halts` ends the query in any case.
 */
export class BuiltinError {
  readonly code: BuiltinErrorCode
  readonly message: string
  readonly halts: boolean

  constructor(code: BuiltinErrorCode, message: string, halts = false) {
    this.code = code
    this.message = message
    this.halts = halts
  }
}

/** Bounds on what one call may make. */
export interface BuiltinLimits {
  /** Elements of a made array, set or object. */
  readonly elements: number
  /** Characters of a made string. */
  readonly textLength: number
  /** Nesting of parsed JSON or YAML. */
  readonly depth: number
}

/** What a call may see of the world. One per query. */
export interface BuiltinContext {
  /** Nanoseconds since 1970, the same throughout a query. */
  readonly now: bigint
  /** Bytes of the query's random source. */
  readonly randomBytes: (count: number) => Uint8Array
  /** Takes what `print` prints, without a line break. */
  readonly print: (text: string) => void
  /** Takes what `trace` notes. */
  readonly trace: (text: string) => void
  readonly limits: BuiltinLimits
  /** Compiled patterns; shared between queries. */
  readonly regexes: (pattern: string) => Result<Regex, string>
  /** What was computed once in this query and has to stay so: the numbers of `rand.intn`, parsed keys. By the name of the built-in and its arguments. */
  readonly memo: Map<string, unknown>
  /** The value of `opa.runtime`; absent where the host tells nothing. */
  readonly runtime?: RegoValue
  /** False once the query has to end: too much time, or cancelled. Asked by loops that can be long. */
  readonly mayGoOn: () => boolean
}
