import { constant, fresh, quoted } from '../../../core/code-writer.ts'
import type { ListItem, Node } from '../ast.ts'
import { isWritten, isWrittenEntry, listCost, mapCost, structCost } from '../compile.ts'
import { CelError } from '../values.ts'
import { writeCall } from './call.ts'
import { writeComprehension } from './comprehension.ts'
import { writeLogic } from './logic.ts'
import { writeIndex, writePresence, writeSelect } from './selection.ts'
import { writeVariable } from './variable.ts'
import type { Operand, Writer } from './writer.ts'
import { branch, cost, emit, fail, failIf, flush, literal, named, remember, reserve, value, within, writeValue } from './writer.ts'

/** Writes the code of a node, and gives its value. What it costs is counted or pending; errors have left, or are still in the value (`mayFail`). */
export function writeNode(writer: Writer, node: Node): Operand {
  switch (node.kind) {
    case 'literal':
      return literal(writer, node.value)
    case 'identifier':
      return writeName(writer, node) ?? fail(writer, constant(writer, new CelError(`no such attribute(s): ${node.name}`)))
    case 'select':
      return writeName(writer, node) ?? writeSelect(writer, node)
    case 'has':
      return writePresence(writer, node)
    case 'index':
      return writeIndex(writer, node)
    case 'call':
      return writeCall(writer, node)
    case 'and':
    case 'or':
      return writeLogic(writer, node.operands, node.kind === 'or')
    case 'conditional':
      return writeConditional(writer, node)
    case 'list':
      return writeList(writer, node)
    case 'map':
      return writeMap(writer, node)
    case 'struct':
      return writeStruct(writer, node)
    case 'comprehension':
      return writeComprehension(writer, node)
    case 'bind':
      return writeBind(writer, node)
    case 'optional-map':
      return writeOptionalMap(writer, node)
  }
}

/** A variable, or a type's name; undefined where the node is neither. */
function writeName(writer: Writer, node: Node): Operand | undefined {
  const reference = writer.compilation.checked.references.get(node)
  if (reference === undefined) return undefined
  if (reference.kind === 'constant') return literal(writer, reference.value)
  cost(writer, 1)
  return writeVariable(writer, reference.slot)
}

function writeConditional(writer: Writer, { condition, consequent, otherwise }: Node & { readonly kind: 'conditional' }): Operand {
  const held = writer.write(condition)
  const result = fresh(writer, 't')
  const operands: Operand[] = []
  const arm = (node: Node) => (): void => {
    const operand = writer.write(node)
    operands.push(operand)
    emit(writer, `${result} = ${operand.text}`)
  }
  emit(writer, `let ${result}`)
  const isSure = held.sure === 'bool' && !held.mayFail
  branch(writer, [
    { condition: isSure ? held.text : `${held.text} === true`, write: arm(consequent) },
    { condition: isSure ? undefined : `${held.text} === false`, write: arm(otherwise) },
    ...(isSure ? [] : [{ condition: undefined, write: () => void fail(writer, `h_failureOf(${held.text})`) }]),
  ])
  const [first, second] = operands
  return { text: result, mayFail: operands.some(({ mayFail }) => mayFail), sure: first?.sure === second?.sure ? first?.sure : undefined }
}

/** The value of an item, and whether it is there. */
function writeItem(writer: Writer, node: Node, isOptional: boolean): { readonly text: string; readonly isThere: string | undefined } {
  const operand = writeValue(writer, node)
  if (!isOptional) return { text: operand.text, isThere: undefined }
  const item = named(writer, `h_itemOf(${operand.text}, true)`)
  failIf(writer, `${item} instanceof h_CelError`, item)
  return { text: item, isThere: `${item} !== undefined` }
}

const guarded = (condition: string | undefined, statement: string): string =>
  condition === undefined ? statement : `if (${condition}) ${statement}`

function writeList(writer: Writer, { items }: Node & { readonly kind: 'list' }): Operand {
  if (items.every(isWritten)) {
    const list = items.flatMap(({ value: item }: ListItem) => (item.kind === 'literal' ? [item.value] : []))
    return value(constant(writer, list), 'list')
  }
  cost(writer, listCost)
  const parts = items.map(({ value: item, optional }) => writeItem(writer, item, optional))
  if (parts.every(({ isThere }) => isThere === undefined)) {
    return value(named(writer, `[${parts.map(({ text }) => text).join(', ')}]`), 'list')
  }
  const list = named(writer, '[]')
  for (const { text, isThere } of parts) emit(writer, guarded(isThere, `${list}.push(${text})`))
  return value(list, 'list')
}

function writeMap(writer: Writer, node: Node & { readonly kind: 'map' }): Operand {
  const { entries } = node
  if (entries.every(isWrittenEntry)) {
    const map = writer.compilation.compile(node)({ slots: [], bindings: {}, cost: 0, limit: 0 })
    return map instanceof CelError ? fail(writer, constant(writer, map)) : value(constant(writer, map), 'other')
  }
  cost(writer, mapCost)
  const map = named(writer, 'new Map()')
  for (const entry of entries) {
    const key = writeValue(writer, entry.key)
    const { text, isThere } = writeItem(writer, entry.value, entry.optional)
    let held = key.text
    if (key.sure !== 'text' && key.sure !== 'bool') {
      held = named(writer, `h_mapKey(${key.text})`)
      failIf(writer, `${held} === undefined`, `h_unsupportedKey(${key.text})`)
    }
    emit(writer, guarded(isThere, `${map}.set(${held}, [${key.text}, ${text}])`))
  }
  return value(named(writer, `new h_CelMap(${map})`), 'other')
}

function writeStruct(writer: Writer, { name, fields }: Node & { readonly kind: 'struct' }): Operand {
  cost(writer, structCost)
  const map = named(writer, 'new Map()')
  for (const field of fields) {
    const { text, isThere } = writeItem(writer, field.value, field.optional)
    emit(writer, guarded(isThere, `${map}.set(${quoted(field.name)}, ${text})`))
  }
  return value(named(writer, `new h_CelStruct(${quoted(name)}, ${map})`), 'other')
}

/** A name for a value. What goes wrong with the value goes wrong only where the name is mentioned. */
function writeBind(writer: Writer, node: Node & { readonly kind: 'bind' }): Operand {
  const [slot = 0] = writer.compilation.checked.locals.get(node) ?? []
  const local = fresh(writer, 'v')
  const label = fresh(writer, 'L')
  emit(writer, `let ${local}`)
  const open = reserve(writer)
  const failure = { jump: (error: string) => `${local} = ${error}; break ${label}`, isUsed: false }
  const bound = within(writer, failure, () => {
    const operand = writer.write(node.value)
    emit(writer, `${local} = ${operand.text}`)
    return operand
  })
  open(failure.isUsed ? `${label}: {` : '{')
  if (failure.isUsed) flush(writer)
  emit(writer, '}')
  writer.locals.set(slot, { text: local, mayFail: bound.mayFail || failure.isUsed, sure: bound.sure })
  const declare = remember(writer, [slot])
  const result = writer.write(node.body)
  declare()
  return result
}

function writeOptionalMap(writer: Writer, node: Node & { readonly kind: 'optional-map' }): Operand {
  const [slot = 0] = writer.compilation.checked.locals.get(node) ?? []
  const operand = writeValue(writer, node.operand).text
  failIf(writer, `!(${operand} instanceof h_CelOptional)`, `h_notOptional(${operand})`)
  const result = fresh(writer, 't')
  emit(writer, `let ${result} = ${operand}`)
  const there = (): void => {
    writer.locals.set(slot, value(named(writer, `${operand}.value`, 'v')))
    const declare = remember(writer, [slot])
    const mapped = writeValue(writer, node.body).text
    declare()
    if (node.flat) failIf(writer, `!(${mapped} instanceof h_CelOptional)`, 'h_noSuchOverload')
    emit(writer, `${result} = ${node.flat ? mapped : `new h_CelOptional(${mapped})`}`)
  }
  branch(writer, [{ condition: `${operand}.value !== undefined`, write: there }])
  return value(result, 'other')
}
