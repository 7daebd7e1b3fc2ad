import { adapterOf } from './adapt.ts'
import type { ListItem, MapEntry, Node } from './ast.ts'
import { compileCall } from './call.ts'
import type { Checked } from './checked.ts'
import { compileComprehension } from './comprehension.ts'
import type { CelFunctions } from './function.ts'
import type { Evaluate, Frame } from './frame.ts'
import { loadVariable } from './frame.ts'
import { compileIndex, compilePresence, compileSelect } from './selection.ts'
import type { CelMapKey, CelOutcome, CelValue } from './values.ts'
import { CelError, CelMap, CelOptional, CelStruct, mapKey, typeNameOf } from './values.ts'

/** What compiling knows besides the tree. */
export interface Compilation {
  readonly checked: Checked
  readonly functions: CelFunctions
  readonly compile: (node: Node) => Evaluate
}

export function compilationOf(checked: Checked, functions: CelFunctions): Compilation {
  const compilation: Compilation = { checked, functions, compile: (node) => compileNode(node, compilation) }
  return compilation
}

const noSuchOverload = new CelError('no such overload')

function compileNode(node: Node, compilation: Compilation): Evaluate {
  const { compile } = compilation
  switch (node.kind) {
    case 'literal': {
      const { value } = node
      return () => value
    }
    case 'identifier':
      return compileName(node, compilation) ?? unknownName(node.name)
    case 'select':
      return compileName(node, compilation) ?? compileSelect(node, compilation)
    case 'has':
      return compilePresence(node, compilation)
    case 'index':
      return compileIndex(node, compilation)
    case 'call':
      return compileCall(node, compilation)
    case 'and':
      return compileLogic(node.operands.map(compile), false)
    case 'or':
      return compileLogic(node.operands.map(compile), true)
    case 'conditional':
      return compileConditional(compile(node.condition), compile(node.consequent), compile(node.otherwise))
    case 'list':
      return compileList(node, compilation)
    case 'map':
      return compileMap(node, compilation)
    case 'struct':
      return compileStruct(node, compilation)
    case 'comprehension':
      return compileComprehension(node, compilation)
    case 'bind': {
      const [slot = 0] = compilation.checked.locals.get(node) ?? []
      return compileBind(slot, compile(node.value), compile(node.body))
    }
    case 'optional-map':
      return compileOptionalMap(node, compilation)
  }
}

function unknownName(name: string): Evaluate {
  const error = new CelError(`no such attribute(s): ${name}`)
  return () => error
}

/** A variable or a type's name; undefined where the node is neither. */
function compileName(node: Node, { checked }: Compilation): Evaluate | undefined {
  const reference = checked.references.get(node)
  if (reference === undefined) return undefined
  if (reference.kind === 'constant') {
    const { value } = reference
    return () => value
  }
  const { slot } = reference
  const variable = checked.variables.find((candidate) => candidate.slot === slot)
  if (variable === undefined) {
    return (frame) => {
      frame.cost += 1
      return frame.slots[slot] ?? null
    }
  }
  const adapt = adapterOf(variable.type)
  return (frame) => {
    frame.cost += 1
    return frame.slots[slot] ?? loadVariable(frame, variable, adapt)
  }
}

/** `&&` with `decisive` false, `||` with true: a decisive operand wins over errors of the others. */
function compileLogic(operands: readonly Evaluate[], decisive: boolean): Evaluate {
  const [left, right] = operands
  if (operands.length === 2 && left !== undefined && right !== undefined) return compilePair(left, right, decisive)
  return (frame) => {
    let problem: CelError | undefined
    for (const operand of operands) {
      const value = operand(frame)
      if (value === decisive) return decisive
      if (value !== !decisive) problem ??= value instanceof CelError ? value : noSuchOverload
    }
    return problem ?? !decisive
  }
}

function compilePair(left: Evaluate, right: Evaluate, decisive: boolean): Evaluate {
  return (frame) => {
    const first = left(frame)
    if (first === decisive) return decisive
    const second = right(frame)
    if (second === decisive) return decisive
    if (first !== !decisive) return first instanceof CelError ? first : second instanceof CelError ? second : noSuchOverload
    if (second !== !decisive) return second instanceof CelError ? second : noSuchOverload
    return !decisive
  }
}

function compileConditional(condition: Evaluate, consequent: Evaluate, otherwise: Evaluate): Evaluate {
  return (frame) => {
    const held = condition(frame)
    if (held === true) return consequent(frame)
    if (held === false) return otherwise(frame)
    return held instanceof CelError ? held : noSuchOverload
  }
}

function compileBind(slot: number, value: Evaluate, body: Evaluate): Evaluate {
  return (frame) => {
    frame.slots[slot] = value(frame)
    return body(frame)
  }
}

export const listCost = 10
export const mapCost = 30
export const structCost = 40

/** Whether an item of a list is a literal: a list of such is made once, and costs nothing. */
export const isWritten = ({ value, optional }: ListItem): boolean => value.kind === 'literal' && !optional
/** The same of an entry of a map. */
export const isWrittenEntry = ({ key, value, optional }: MapEntry): boolean =>
  key.kind === 'literal' && value.kind === 'literal' && !optional

/** An item that may be left out is an optional. Undefined for one that is left out. */
export function itemOf(value: CelOutcome, optional: boolean): CelOutcome | undefined {
  if (!optional || value instanceof CelError) return value
  return value instanceof CelOptional
    ? value.value
    : new CelError(`cannot initialize optional list element from non-optional value ${typeNameOf(value)}`)
}

function compileList({ items }: Node & { readonly kind: 'list' }, { compile }: Compilation): Evaluate {
  if (items.every(isWritten)) {
    const constant = items.flatMap(({ value }) => (value.kind === 'literal' ? [value.value] : []))
    return () => constant
  }
  const parts = items.map(({ value, optional }) => ({ evaluate: compile(value), optional }))
  return (frame) => {
    frame.cost += listCost
    const list: CelValue[] = []
    for (const { evaluate, optional } of parts) {
      const item = itemOf(evaluate(frame), optional)
      if (item instanceof CelError) return item
      if (item !== undefined) list.push(item)
    }
    return list
  }
}

export const unsupportedKey = (key: CelValue): CelError => new CelError(`unsupported key type: ${typeNameOf(key)}`)

function compileMap({ entries }: Node & { readonly kind: 'map' }, { compile }: Compilation): Evaluate {
  const parts = entries.map(({ key, value, optional }) => ({ key: compile(key), value: compile(value), optional }))
  const build: Evaluate = (frame) => {
    frame.cost += mapCost
    const map = new Map<CelMapKey, readonly [CelValue, CelValue]>()
    for (const part of parts) {
      const key = part.key(frame)
      if (key instanceof CelError) return key
      const value = itemOf(part.value(frame), part.optional)
      if (value instanceof CelError) return value
      const held = mapKey(key)
      if (held === undefined) return unsupportedKey(key)
      if (value !== undefined) map.set(held, [key, value])
    }
    return new CelMap(map)
  }
  if (!entries.every(isWrittenEntry)) return build
  const constant = build({ slots: [], bindings: {}, cost: 0, limit: 0 })
  return () => constant
}

function compileStruct({ name, fields }: Node & { readonly kind: 'struct' }, { compile }: Compilation): Evaluate {
  const parts = fields.map((field) => ({ name: field.name, evaluate: compile(field.value), optional: field.optional }))
  return (frame) => {
    frame.cost += structCost
    const values = new Map<string, CelValue>()
    for (const part of parts) {
      const value = itemOf(part.evaluate(frame), part.optional)
      if (value instanceof CelError) return value
      if (value !== undefined) values.set(part.name, value)
    }
    return new CelStruct(name, values)
  }
}

export const notOptional = (value: CelValue): CelError => new CelError(`no such overload: hasValue(${typeNameOf(value)})`)

function compileOptionalMap(node: Node & { readonly kind: 'optional-map' }, { checked, compile }: Compilation): Evaluate {
  const [slot = 0] = checked.locals.get(node) ?? []
  const operand = compile(node.operand)
  const body = compile(node.body)
  const { flat } = node
  return (frame: Frame) => {
    const value = operand(frame)
    if (value instanceof CelError) return value
    if (!(value instanceof CelOptional)) return notOptional(value)
    if (value.value === undefined) return value
    frame.slots[slot] = value.value
    const mapped = body(frame)
    if (mapped instanceof CelError) return mapped
    if (!flat) return new CelOptional(mapped)
    return mapped instanceof CelOptional ? mapped : noSuchOverload
  }
}
