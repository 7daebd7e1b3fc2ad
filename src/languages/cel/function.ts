import { firstFound } from '../../core/first.ts'
import type { CelType } from './types.ts'
import { celType } from './types.ts'
import type { CelBytes, CelDouble, CelDuration, CelOptional, CelOutcome, CelTimestamp, CelTypeValue, CelUint, CelValue } from './values.ts'

/** A type as tables write it: `list(string)`, `map(K, V)`; a single capital letter stands for any one type. */
export type TypeText = string
/** A parameter: written as text, or the type itself where it is none of the language's own. */
export type Parameter = TypeText | CelType

/** What a function is handed for a parameter. The checks of types before every call make this sound. */
type ValueOf<P> = P extends 'string'
  ? string
  : P extends 'bool'
    ? boolean
    : P extends 'int'
      ? number | bigint
      : P extends 'uint'
        ? CelUint
        : P extends 'double'
          ? CelDouble
          : P extends 'bytes'
            ? CelBytes
            : P extends 'timestamp'
              ? CelTimestamp
              : P extends 'duration'
                ? CelDuration
                : P extends 'type'
                  ? CelTypeValue
                  : P extends `list(${string})`
                    ? readonly CelValue[]
                    : P extends `optional(${string})`
                      ? CelOptional
                      : CelValue
type ValuesOf<P extends readonly Parameter[]> = { -readonly [I in keyof P]: ValueOf<P[I]> }

export type CelImplementation = (...args: readonly CelValue[]) => CelOutcome
export type CelCost = (...args: readonly CelValue[]) => number

/** One overload of a function, with what it does and what it costs. */
export interface CelFunction {
  /** Operators have names such as `_+_`; a function of a namespace has a dotted one. */
  readonly name: string
  /** Whether it is written after its first argument: `text.size()`. */
  readonly member: boolean
  readonly parameters: readonly CelType[]
  readonly result: CelType
  readonly evaluate: CelImplementation
  /** In Kubernetes' units; 1 where absent. */
  readonly cost?: CelCost
}

export interface Definition<P extends readonly Parameter[]> {
  readonly returns: Parameter
  readonly evaluate: (...args: ValuesOf<P>) => CelOutcome
  readonly cost?: (...args: ValuesOf<P>) => number
}

/** A function called by its name. */
export function globalFunction<const P extends readonly Parameter[]>(name: string, parameters: P, definition: Definition<P>): CelFunction {
  return overload(name, false, parameters, definition)
}

/** A function called on its first argument. */
export function memberFunction<const P extends readonly Parameter[]>(name: string, parameters: P, definition: Definition<P>): CelFunction {
  return overload(name, true, parameters, definition)
}

function overload<const P extends readonly Parameter[]>(
  name: string,
  member: boolean,
  parameters: P,
  definition: Definition<P>,
): CelFunction {
  const { returns, evaluate, cost } = definition
  return {
    name,
    member,
    parameters: parameters.map(typeOf),
    result: typeOf(returns),
    // Every caller checks its arguments against `parameters` first, which is what makes these casts sound.
    evaluate: evaluate as unknown as CelImplementation,
    ...(cost === undefined ? {} : { cost: cost as unknown as CelCost }),
  }
}

const typeOf = (parameter: Parameter): CelType => (typeof parameter === 'string' ? parseTypeText(parameter) : parameter)

const simple: ReadonlyMap<string, CelType> = new Map<string, CelType>([
  ['dyn', celType.dyn],
  ['null', celType.null],
  ['bool', celType.bool],
  ['int', celType.int],
  ['uint', celType.uint],
  ['double', celType.double],
  ['string', celType.string],
  ['bytes', celType.bytes],
  ['timestamp', celType.timestamp],
  ['duration', celType.duration],
  ['type', celType.type()],
])

/** Reads the type texts of our own tables. */
export function parseTypeText(text: string): CelType {
  const known = simple.get(text)
  if (known !== undefined) return known
  if (/^[A-Z]$/.test(text)) return celType.parameter(text)
  const match = /^(list|map|optional|type)\((.*)\)$/.exec(text)
  const [, maker, inside = ''] = match ?? []
  if (maker === 'list') return celType.list(parseTypeText(inside))
  if (maker === 'optional') return celType.optional(parseTypeText(inside))
  if (maker === 'type') return celType.type(parseTypeText(inside))
  const comma = inside.indexOf(', ')
  if (maker === 'map') return celType.map(parseTypeText(inside.slice(0, comma)), parseTypeText(inside.slice(comma + 2)))
  throw new Error(`no type is written ${text}`)
}

/** Macros that not every environment has. */
export type CelMacro = 'cel.bind' | 'optional' | 'quoted-fields' | 'sortBy' | 'two-variable'

/** Functions and constants that belong together. */
export interface CelLibrary {
  readonly name: string
  readonly functions: readonly CelFunction[]
  /** Types that expressions may name, by the name. */
  readonly types?: Readonly<Record<string, CelType>>
  /** Types of which there are too many to list, by the name. */
  readonly typeNamed?: (name: string) => CelType | undefined
  /** Macros that are there only with this library. */
  readonly macros?: readonly CelMacro[]
}

/** The functions of libraries by name, and the types that may be named. */
export interface CelFunctions {
  readonly overloads: ReadonlyMap<string, readonly CelFunction[]>
  readonly typeNamed: (name: string) => CelType | undefined
  readonly macros: ReadonlySet<string>
}

export function celFunctions(libraries: readonly CelLibrary[]): CelFunctions {
  const overloads = new Map<string, CelFunction[]>()
  for (const { functions } of libraries) {
    for (const definition of functions) {
      const known = overloads.get(definition.name)
      if (known === undefined) overloads.set(definition.name, [definition])
      else known.push(definition)
    }
  }
  const types = new Map(libraries.flatMap((library) => Object.entries(library.types ?? {})))
  const finders = libraries.flatMap(({ typeNamed }) => (typeNamed === undefined ? [] : [typeNamed]))
  return {
    overloads,
    typeNamed: (name) => types.get(name) ?? firstFound(finders, (find) => find(name)),
    macros: new Set(libraries.flatMap(({ macros = [] }) => macros)),
  }
}

/** A tenth per character: what walking over a text or list costs. */
export const traversal = (size: number): number => Math.ceil(size * 0.1)
