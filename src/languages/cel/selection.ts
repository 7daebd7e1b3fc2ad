import type { Adapter } from './adapt.ts'
import { adapterOf } from './adapt.ts'
import type { Node } from './ast.ts'
import type { Checked } from './checked.ts'
import type { Compilation } from './compile.ts'
import type { Evaluate } from './frame.ts'
import type { CelType } from './types.ts'
import type { CelOutcome, CelValue } from './values.ts'
import {
  CelBoxed,
  CelDouble,
  CelError,
  CelLazyMap,
  CelMap,
  CelOptional,
  CelUint,
  fromRaw,
  isCelList,
  isRawMap,
  kindOf,
  lookUp,
} from './values.ts'

/** `a.b`, `a[b]`, `a.?b`, `a[?b]` and `has(a.b)`. What is selected from an optional is optional. */

const none = new CelOptional(undefined)

/** How a field of a typed object is found in the data and read. */
function fieldOf(type: CelType, field: string): { readonly key: string; readonly adapt: Adapter | undefined } {
  const inner = type.kind === 'optional' ? type.of : type
  if (inner.kind !== 'object') return { key: field, adapt: undefined }
  const declared = inner.field(field)
  return { key: declared?.key ?? field, adapt: declared === undefined ? undefined : adapterOf(declared.type) }
}

/** How a field is selected. */
export interface Selection {
  readonly key: string
  /** Whether a plain object is just read; a plain read finds what every object inherits, so such names are looked up with more care. */
  readonly isPlain: boolean
  /** What stands for a field that is not there. */
  readonly missing: CelOutcome
  /** The field of any value. */
  readonly select: (value: CelOutcome) => CelOutcome
}

export function selectionOf(node: Node & { readonly kind: 'select' }, { typeOf }: Checked): Selection {
  const { key, adapt } = fieldOf(typeOf(node.operand), node.field)
  const { optional } = node
  const missing = optional ? none : new CelError(`no such key: ${key}`)
  const isPlain = !optional && adapt === undefined && !(key in Object.prototype)
  const select = (value: CelOutcome): CelOutcome => {
    if (isPlain && value instanceof CelMap) {
      const entry = value.entries.get(key)
      return entry === undefined ? missing : entry[1]
    }
    if (value instanceof CelError) return value
    if (value instanceof CelOptional) {
      if (value.value === undefined) return value
      return isCelList(value.value) ? notInList : optionally(selected(value.value, key, adapt))
    }
    const found = selected(value, key, adapt)
    if (optional) return isCelList(value) ? notInList : optionally(found)
    return found === undefined ? unfound(value, missing) : found
  }
  return { key, isPlain, missing, select }
}

export function compileSelect(node: Node & { readonly kind: 'select' }, { checked, compile }: Compilation): Evaluate {
  const { key, isPlain, missing, select } = selectionOf(node, checked)
  const operand = compile(node.operand)
  if (!isPlain) {
    return (frame) => {
      frame.cost += 1
      return select(operand(frame))
    }
  }
  return (frame) => {
    frame.cost += 1
    const value = operand(frame)
    if (value instanceof CelBoxed) {
      if (!(value instanceof CelLazyMap)) return select(value)
      // What variables of policies are read from.
      const outcome = value.get(key)
      return outcome === undefined ? missing : outcome
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return select(value)
    const held = (value as { readonly [name: string]: CelValue | undefined })[key]
    if (held === undefined) return missing
    return typeof held === 'number' ? fromRaw(held) : held
  }
}

const optionally = (value: CelOutcome | undefined): CelOutcome =>
  value === undefined ? none : value instanceof CelError || value instanceof CelOptional ? value : new CelOptional(value)

const notInList = new CelError("unsupported index type 'string' in list")

/** Only lists say that they have no keys. */
const unfound = (value: CelValue, missing: CelOutcome): CelOutcome => (isCelList(value) ? notInList : missing)

/** Whether a value may have keys at all. */
function isQualifiable(value: CelValue): boolean {
  const kind = kindOf(value)
  return kind === 'map' || kind === 'struct'
}

function selected(value: CelValue, key: string, adapt: Adapter | undefined): CelOutcome | undefined {
  const found = lookUp(value, key)
  return found === undefined || found instanceof CelError || adapt === undefined ? found : adapt(found)
}

/** The key that `has` looks for. */
export const presentKey = (node: Node & { readonly kind: 'has' }, { typeOf }: Checked): string =>
  fieldOf(typeOf(node.operand), node.field).key

export function compilePresence(node: Node & { readonly kind: 'has' }, { checked, compile }: Compilation): Evaluate {
  const key = presentKey(node, checked)
  const operand = compile(node.operand)
  const inherited = key in Object.prototype
  return (frame) => {
    const value = operand(frame)
    if (!inherited && isRawMap(value)) return value[key] !== undefined
    return presence(value, key)
  }
}

/** Whether any value has a key. */
export function presence(value: CelOutcome, key: string): boolean | CelError {
  if (value instanceof CelError) return value
  const inner = value instanceof CelOptional ? value.value : value
  if (inner === undefined) return false
  if (!isQualifiable(inner)) return isCelList(inner) ? notInList : false
  const found = lookUp(inner, key)
  return found instanceof CelError ? found : found !== undefined
}

export function compileIndex(node: Node & { readonly kind: 'index' }, { compile }: Compilation): Evaluate {
  const operand = compile(node.operand)
  const index = compile(node.index)
  const { optional } = node
  return (frame) => {
    frame.cost += 1
    const value = operand(frame)
    if (value instanceof CelError) return value
    const at = index(frame)
    return at instanceof CelError ? at : elementAt(value, at, optional)
  }
}

/** What a value has at an index or under a key. */
export function elementAt(value: CelValue, at: CelValue, optional: boolean): CelOutcome {
  if (value instanceof CelOptional) return value.value === undefined ? value : softly(indexed(value.value, at))
  const found = indexed(value, at)
  return optional ? softly(found) : found instanceof Missing ? found.error : found
}

/** What is not there: an error, unless it was asked for optionally. */
class Missing {
  readonly error: CelError
  constructor(message: string) {
    this.error = new CelError(message)
  }
}

const softly = (found: CelOutcome | Missing): CelOutcome => optionally(found instanceof Missing ? undefined : found)

function indexed(value: CelValue, at: CelValue): CelOutcome | Missing {
  if (isCelList(value)) return listItem(value, at)
  const found = isQualifiable(value) ? lookUp(value, at) : undefined
  return found === undefined ? new Missing(`no such key: ${shownKey(at)}`) : found
}

function listItem(list: readonly CelValue[], at: CelValue): CelOutcome | Missing {
  const index =
    typeof at === 'number' || typeof at === 'bigint' ? at : at instanceof CelDouble || at instanceof CelUint ? at.value : undefined
  if (index === undefined) return new CelError(`unsupported index type '${kindOf(at)}' in list`)
  if (typeof index === 'number' && !Number.isInteger(index)) return new CelError(`unsupported index value ${index} in list`)
  if (index < 0 || index >= list.length) return new Missing(`index out of bounds: ${index}`)
  return fromRaw(list[Number(index)] ?? null)
}

const shownKey = (key: CelValue): string => (key instanceof CelDouble || key instanceof CelUint ? `${key.value}` : `${key}`)
