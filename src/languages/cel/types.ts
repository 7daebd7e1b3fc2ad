/** What the checker knows about a value before it exists. */
export type CelType =
  | { readonly kind: Primitive }
  | {
      readonly kind: 'list'
      readonly element: CelType
      /** Kubernetes' list types: sets and lists with keys are equal in any order, and `+` merges them. Scalar items of a set need no keys. */
      readonly identity?: readonly string[]
    }
  | { readonly kind: 'map'; readonly key: CelType; readonly value: CelType }
  | CelObjectType
  | { readonly kind: 'type'; readonly of?: CelType }
  | { readonly kind: 'optional'; readonly of: CelType }
  | { readonly kind: 'opaque'; readonly name: string }
  /** A primitive that may be null. */
  | { readonly kind: 'wrapper'; readonly of: CelType }
  /** Stands for any one type: `A` in a signature, a number while checking. */
  | { readonly kind: 'parameter'; readonly name: string }

export interface CelObjectType {
  readonly kind: 'object'
  readonly name: string
  /** Asked by the name that expressions use; undefined for a field that the type does not have. A function, because schemas may be recursive. */
  readonly field: (name: string) => CelField | undefined
}

export interface CelField {
  readonly type: CelType
  /** The key in the data, where it is written in another way than the field. */
  readonly key?: string
}

export type Primitive =
  | 'dyn'
  | 'error'
  | 'null'
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'timestamp'
  | 'duration'
  | 'any'

const primitive = <K extends Primitive>(kind: K): { readonly kind: K } => ({ kind })

/** The types that take no parameters, and makers of those that do. */
export const celType = {
  dyn: primitive('dyn'),
  error: primitive('error'),
  null: primitive('null'),
  bool: primitive('bool'),
  int: primitive('int'),
  uint: primitive('uint'),
  double: primitive('double'),
  string: primitive('string'),
  bytes: primitive('bytes'),
  timestamp: primitive('timestamp'),
  duration: primitive('duration'),
  any: primitive('any'),
  list: (element: CelType): CelType => ({ kind: 'list', element }),
  map: (key: CelType, value: CelType): CelType => ({ kind: 'map', key, value }),
  optional: (of: CelType): CelType => ({ kind: 'optional', of }),
  type: (of?: CelType): CelType => (of === undefined ? { kind: 'type' } : { kind: 'type', of }),
  opaque: (name: string): CelType => ({ kind: 'opaque', name }),
  wrapper: (of: CelType): CelType => ({ kind: 'wrapper', of }),
  parameter: (name: string): CelType => ({ kind: 'parameter', name }),
} as const

/** An object with these fields and no others. */
export function objectType(name: string, fields: Readonly<Record<string, CelType>>): CelObjectType {
  const known = new Map(Object.entries(fields).map(([field, type]) => [field, { type }]))
  return { kind: 'object', name, field: (field) => known.get(field) }
}

/** A type as error messages show it: `list(int)`, `map(string, dyn)`. */
export function formatType(type: CelType): string {
  switch (type.kind) {
    case 'error':
      return '!error!'
    case 'list':
      return `list(${formatType(type.element)})`
    case 'map':
      return `map(${formatType(type.key)}, ${formatType(type.value)})`
    case 'object':
    case 'opaque':
    case 'parameter':
      return type.name
    case 'type':
      return type.of === undefined ? 'type' : `type(${formatType(type.of)})`
    case 'optional':
      return `optional_type(${formatType(type.of)})`
    case 'wrapper':
      return `wrapper(${formatType(type.of)})`
    default:
      return type.kind
  }
}

/** A type by the names that values give as theirs: `null_type`, `google.protobuf.Duration`. */
export function formatRuntimeType(type: CelType): string {
  switch (type.kind) {
    case 'null':
      return 'null_type'
    case 'timestamp':
      return 'google.protobuf.Timestamp'
    case 'duration':
      return 'google.protobuf.Duration'
    case 'any':
      return 'google.protobuf.Any'
    case 'list':
      return `list(${formatRuntimeType(type.element)})`
    case 'map':
      return `map(${formatRuntimeType(type.key)}, ${formatRuntimeType(type.value)})`
    case 'type':
      return type.of === undefined ? 'type' : `type(${formatRuntimeType(type.of)})`
    case 'optional':
      return `optional_type(${formatRuntimeType(type.of)})`
    default:
      return formatType(type)
  }
}

export const isDyn = (type: CelType): boolean => type.kind === 'dyn' || type.kind === 'error' || type.kind === 'any'

/** Whether two types are the same, parameters by name. */
export function sameType(a: CelType, b: CelType): boolean {
  if (a === b) return true
  if (a.kind !== b.kind) return false
  switch (a.kind) {
    case 'list':
      return b.kind === 'list' && sameType(a.element, b.element)
    case 'map':
      return b.kind === 'map' && sameType(a.key, b.key) && sameType(a.value, b.value)
    case 'object':
    case 'opaque':
    case 'parameter':
      return 'name' in b && a.name === b.name
    case 'type':
      return b.kind === 'type' && (a.of === undefined || b.of === undefined ? a.of === b.of : sameType(a.of, b.of))
    case 'optional':
    case 'wrapper':
      return b.kind === a.kind && sameType(a.of, b.of)
    default:
      return true
  }
}
