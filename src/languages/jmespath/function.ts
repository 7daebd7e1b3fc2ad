import type { Json, JsonObject } from '../../core/json.ts'

/**
 * What went wrong while an expression ran. A value, not an exception: `||`, projections and comparators swallow a `not-found`,
 * so failures travel like any other result. `span` is offsets in the expression's own text.
 */
export class JmesFailure {
  readonly kind: 'not-found' | 'invalid-type' | 'invalid-value' | 'invalid-arity' | 'unknown-function' | 'limit'
  readonly message: string
  constructor(kind: JmesFailure['kind'], message: string) {
    this.kind = kind
    this.message = message
  }
}

/** What functions may ask of the world. Fixed for one evaluation, so that evaluating twice gives the same answer. */
export interface JmesEnvironment {
  readonly now: () => Date
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** The addresses of a host name, or undefined while (or because) they are not known. */
  readonly resolveHost: (host: string) => readonly string[] | undefined
}

/** An expression passed to a function as `&expr`. */
export interface JmesExpression {
  readonly evaluate: (value: Json) => Json | JmesFailure
}

interface ValueByType {
  readonly string: string
  readonly number: number
  readonly boolean: boolean
  readonly array: readonly Json[]
  readonly strings: readonly string[]
  readonly numbers: readonly number[]
  readonly object: JsonObject
  readonly null: null
  readonly any: Json
  readonly expression: JmesExpression
}
/** `strings` and `numbers` are lists of only those. */
export type JmesType = keyof ValueByType
/** One type, or any of several. */
export type JmesParameter = JmesType | readonly JmesType[]
type ValueOf<P extends JmesParameter> = P extends JmesType ? ValueByType[P] : P extends readonly JmesType[] ? ValueByType[P[number]] : never
export type ArgumentsOf<P extends readonly JmesParameter[]> = { readonly [I in keyof P]: ValueOf<P[I]> }
export type JmesArgument = Json | JmesExpression

/** One built-in: what users read (`doc`, `examples`) stands next to what runs (`evaluate`). */
export interface JmesFunction {
  readonly name: string
  readonly parameters: readonly JmesParameter[]
  /** The last parameter may be given any number of times (at least once). */
  readonly variadic: boolean
  readonly returns: JmesType
  readonly doc: string
  /** Run by a test; `result` is compared as JSON. */
  readonly examples: readonly (readonly [expression: string, result: Json])[]
  readonly evaluate: (args: readonly JmesArgument[], environment: JmesEnvironment) => Json | JmesFailure
}

export function jmesFunction<const P extends readonly JmesParameter[]>(
  name: string,
  parameters: P,
  returns: JmesType,
  definition: {
    readonly doc: string
    readonly examples: JmesFunction['examples']
    readonly variadic?: boolean
    readonly evaluate: (args: ArgumentsOf<P>, environment: JmesEnvironment) => Json | JmesFailure
  },
): JmesFunction {
  const { doc, examples, variadic = false, evaluate } = definition
  // The evaluator checks arguments against `parameters` before calling, which is what makes this cast sound.
  return {
    name,
    parameters,
    variadic,
    returns,
    doc,
    examples,
    evaluate: (args, environment) => evaluate(args as unknown as ArgumentsOf<P>, environment),
  }
}

export type JmesFunctionTable = ReadonlyMap<string, JmesFunction>

/** Looks functions up by name. A later function replaces an earlier one of the same name (Kyverno overrides `sum`). */
export function functionTable(functions: readonly JmesFunction[]): JmesFunctionTable {
  return new Map(functions.map((f) => [f.name, f]))
}
