import type { Node } from '../ast.ts'
import { presentKey, selectionOf } from '../selection.ts'
import { writeNode, writeValue } from './node.ts'
import type { Operand, Writer } from './writer.ts'
import { bool, constant, cost, emit, every, failIf, fresh, isPlain, isSurely, outcome, quoted, settle, value } from './writer.ts'

export function writeSelect(writer: Writer, node: Node & { readonly kind: 'select' }): Operand {
  const selection = selectionOf(node, writer.compilation.checked)
  cost(writer, 1)
  const operand = writeNode(writer, node.operand)
  const select = (): string => `${constant(writer, selection.select)}(${operand.text})`
  const found = fresh(writer, 't')
  if (!selection.isPlain) {
    emit(writer, `const ${found} = ${select()}`)
    return outcome(found)
  }
  const lazy = lazyPlace(writer, node.operand, selection.key)
  if (lazy !== undefined) {
    const { known, place } = lazy
    emit(writer, `let ${found} = ${known} === undefined ? ${select()} : ${known}[${place}]`)
    emit(writer, `if (${found} === undefined) ${found} = ${operand.text}.make(${place})`)
    return outcome(found)
  }
  emit(writer, `let ${found}`, `if (${isPlain(operand.text)}) {`, `${found} = ${operand.text}[${quoted(selection.key)}]`)
  failIf(writer, `${found} === undefined`, constant(writer, selection.missing))
  emit(writer, `if (typeof ${found} === 'number') ${found} = h_fromRaw(${found})`, '} else {', `${found} = ${select()}`)
  failIf(writer, `${found} instanceof h_CelError`, found)
  emit(writer, '}')
  return value(found)
}

/** Where a lazy map has a key: known where the map is a variable. */
function lazyPlace(writer: Writer, operand: Node, key: string): { readonly known: string; readonly place: number } | undefined {
  const reference = writer.compilation.checked.references.get(operand)
  if (reference?.kind !== 'slot' || writer.locals.has(reference.slot)) return undefined
  const { lazy } = writer.load(reference.slot)
  const place = lazy?.layout.places.get(key)
  return lazy === undefined || place === undefined ? undefined : { known: lazy.name, place }
}

export function writePresence(writer: Writer, node: Node & { readonly kind: 'has' }): Operand {
  const key = presentKey(node, writer.compilation.checked)
  const operand = writeNode(writer, node.operand)
  const found = fresh(writer, 't')
  if (key in Object.prototype) {
    emit(writer, `const ${found} = h_presence(${operand.text}, ${quoted(key)})`)
    failIf(writer, `${found} instanceof h_CelError`, found)
    return bool(found)
  }
  emit(writer, `let ${found}`, `if (${isPlain(operand.text)}) ${found} = ${operand.text}[${quoted(key)}] !== undefined`, 'else {')
  emit(writer, `${found} = h_presence(${operand.text}, ${quoted(key)})`)
  failIf(writer, `${found} instanceof h_CelError`, found)
  emit(writer, '}')
  return bool(found)
}

export function writeIndex(writer: Writer, node: Node & { readonly kind: 'index' }): Operand {
  cost(writer, 1)
  const operand = writeValue(writer, node.operand)
  const at = settle(writer, writeNode(writer, node.index))
  const general = `h_elementAt(${operand.text}, ${at.text}, ${node.optional})`
  const found = fresh(writer, 't')
  if (node.optional) {
    emit(writer, `const ${found} = ${general}`)
    return outcome(found)
  }
  const branches = [
    { when: every(isSurely(operand, 'list'), isSurely(at, 'number')), what: `${operand.text}[${at.text}]` },
    {
      when: every(operand.sure === undefined ? isPlain(operand.text) : 'false', isSurely(at, 'text'), `Object.hasOwn(${operand.text}, ${at.text})`),
      what: `${operand.text}[${at.text}]`,
    },
  ].filter(({ when }) => when !== 'false')
  emit(writer, `let ${found}`, ...branches.map(({ when, what }, index) => `${index === 0 ? '' : 'else '}if (${when}) ${found} = ${what}`))
  emit(writer, `if (typeof ${found} === 'number') ${found} = h_fromRaw(${found})`)
  // What is not found this way is asked for with more care, or is not there.
  emit(writer, `if (${found} === undefined) ${found} = ${general}`)
  return outcome(found)
}
