import { constant, fresh, quoted } from '../../../core/code-writer.ts'
import type { Node } from '../ast.ts'
import type { Selection } from '../selection.ts'
import { presentKey, selectionOf } from '../selection.ts'
import { writeVariable } from './variable.ts'
import type { Path } from './paths.ts'
import { pathOf, presentPath } from './paths.ts'
import type { Operand, Writer } from './writer.ts'
import { bool, cost, emit, every, failIf, isPlain, isSurely, named, nothing, outcome, settle, value, writeValue } from './writer.ts'

export function writeSelect(writer: Writer, node: Node & { readonly kind: 'select' }): Operand {
  const { checked } = writer.compilation
  const path = pathOf(node, checked)
  if (path !== undefined) {
    cost(writer, path.length + 1)
    return writePath(writer, node, path)
  }
  const selection = selectionOf(node, checked)
  cost(writer, 1)
  const operand = writer.write(node.operand)
  return selection.isPlain
    ? value(writeField(writer, operand, selection))
    : outcome(named(writer, `${constant(writer, selection.select)}(${operand.text})`))
}

/** The code of a path, but for what it costs: all of that is counted before the first step. What is read more than once is remembered. */
function writePath(writer: Writer, node: Node, { text, root, length }: Path): Operand {
  if (node.kind !== 'select' || length === 0) return writeVariable(writer, root)
  const memory = writer.remembered(root, text)
  if (memory === undefined) return writeStep(writer, node)
  emit(writer, `if (${memory} === undefined) {`)
  if (writer.attempted.includes(text)) {
    // It is not there, or it was not needed.
    const found = named(writer, `h_walk(${rootOf(writer, root)}, ${constant(writer, selectsOf(writer, node))})`)
    failIf(writer, `${found} instanceof h_CelError`, found)
    emit(writer, `${memory} = ${found}`, '}')
  } else {
    emit(writer, `${memory} = ${settle(writer, writeStep(writer, node)).text}`, '}')
    writer.attempted.push(text)
  }
  return value(memory)
}

function rootOf(writer: Writer, slot: number): string {
  const local = writer.locals.get(slot)
  if (local !== undefined) return local.text
  const { name, ask } = writer.load(slot)
  return `${name} === undefined ? ${ask} : ${name}`
}

/** The selections of a path, from its variable on. */
function selectsOf(writer: Writer, node: Node): readonly Selection['select'][] {
  const { checked } = writer.compilation
  if (node.kind !== 'select' || checked.references.has(node)) return []
  return [...selectsOf(writer, node.operand), selectionOf(node, checked).select]
}

function writeOperand(writer: Writer, node: Node): Operand {
  const path = pathOf(node, writer.compilation.checked)
  return path === undefined ? nothing : writePath(writer, node, path)
}

function writeStep(writer: Writer, node: Node & { readonly kind: 'select' }): Operand {
  const selection = selectionOf(node, writer.compilation.checked)
  const lazy = lazyPlace(writer, node.operand, selection.key)
  if (lazy === undefined) return value(writeField(writer, writeOperand(writer, node.operand), selection))
  const { name, ask, known, place } = lazy
  const found = fresh(writer, 't')
  emit(writer, `let ${found} = ${known} === undefined ? undefined : ${known}[${place}]`, `if (${found} === undefined) {`)
  emit(writer, `${found} = ${known} === undefined ? ${constant(writer, selection.select)}(${name} ?? ${ask}) : ${name}.make(${place})`)
  failIf(writer, `${found} instanceof h_CelError`, found)
  emit(writer, '}')
  return value(found)
}

/** A field, which has to be there. */
function writeField(writer: Writer, operand: Operand, { key, select }: Selection): string {
  const found = fresh(writer, 't')
  emit(writer, `let ${found}`, `if (${isData(operand)}) ${found} = ${operand.text}[${quoted(key)}]`)
  // What is not there, and numbers that are doubles, are looked at with more care.
  emit(writer, `if (${found} === undefined || (typeof ${found} === 'number' && !Number.isSafeInteger(${found}))) {`)
  emit(writer, `${found} = ${constant(writer, select)}(${operand.text})`)
  failIf(writer, `${found} instanceof h_CelError`, found)
  emit(writer, '}')
  return found
}

const isData = ({ text, isData: known }: Operand): string => known ?? isPlain(text)

interface LazyPlace {
  /** The name of the map, and code that asks for it. */
  readonly name: string
  readonly ask: string
  /** The name of what it knows: undefined where it is another map than the code was made for. */
  readonly known: string
  readonly place: number
}

/** Where a lazy map has a key: known where the map is a variable. */
function lazyPlace(writer: Writer, operand: Node, key: string): LazyPlace | undefined {
  const reference = writer.compilation.checked.references.get(operand)
  if (reference?.kind !== 'slot' || writer.locals.has(reference.slot)) return undefined
  const { name, ask, lazy } = writer.load(reference.slot)
  const place = lazy?.layout.places.get(key)
  return lazy === undefined || place === undefined ? undefined : { name, ask, known: lazy.name, place }
}

export function writePresence(writer: Writer, node: Node & { readonly kind: 'has' }): Operand {
  const { checked } = writer.compilation
  const key = presentKey(node, checked)
  const path = presentPath(node, checked)
  // `has` itself costs nothing.
  if (path !== undefined) cost(writer, path.length)
  const memory = path === undefined ? undefined : writer.remembered(path.root, path.text)
  const found = fresh(writer, 't')
  emit(writer, `let ${found} = true`)
  if (memory !== undefined) emit(writer, `if (${memory} === undefined) {`)
  const operand = path === undefined ? writer.write(node.operand) : writeOperand(writer, node.operand)
  if (!(key in Object.prototype)) {
    emit(writer, `if (${isData(operand)}) {`)
    if (memory === undefined) emit(writer, `${found} = ${operand.text}[${quoted(key)}] !== undefined`)
    else {
      emit(writer, `${memory} = ${operand.text}[${quoted(key)}]`, `${found} = ${memory} !== undefined`)
      emit(writer, `if (typeof ${memory} === 'number') ${memory} = h_fromRaw(${memory})`)
    }
    emit(writer, '} else {')
  } else emit(writer, '{')
  emit(writer, `${found} = h_presence(${operand.text}, ${quoted(key)})`)
  failIf(writer, `${found} instanceof h_CelError`, found)
  emit(writer, memory === undefined ? '}' : '}}')
  if (path !== undefined && memory !== undefined) writer.attempted.push(path.text)
  return bool(found)
}

export function writeIndex(writer: Writer, node: Node & { readonly kind: 'index' }): Operand {
  cost(writer, 1)
  const operand = writeValue(writer, node.operand)
  const at = settle(writer, writer.write(node.index))
  const general = `h_elementAt(${operand.text}, ${at.text}, ${node.optional})`
  const found = fresh(writer, 't')
  if (node.optional) {
    emit(writer, `const ${found} = ${general}`)
    return outcome(found)
  }
  const branches = [
    { when: every(isSurely(operand, 'list'), isSurely(at, 'number')), what: `${operand.text}[${at.text}]` },
    {
      when: every(
        operand.sure === undefined ? isPlain(operand.text) : 'false',
        isSurely(at, 'text'),
        `Object.hasOwn(${operand.text}, ${at.text})`,
      ),
      what: `${operand.text}[${at.text}]`,
    },
  ].filter(({ when }) => when !== 'false')
  emit(writer, `let ${found}`, ...branches.map(({ when, what }, index) => `${index === 0 ? '' : 'else '}if (${when}) ${found} = ${what}`))
  emit(writer, `if (typeof ${found} === 'number') ${found} = h_fromRaw(${found})`)
  // What is not found this way is asked for with more care, or is not there.
  emit(writer, `if (${found} === undefined) ${found} = ${general}`)
  return outcome(found)
}
