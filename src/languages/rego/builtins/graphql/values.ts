import type { Node, Problem, Schema } from './node.ts'
import { isNonNull, kindOf, nodeOf, nodesOf, textOf, typeName, valueKind, valueText } from './node.ts'
import { didYouMean, suggestions } from './suggest.ts'

/** What takes problems and uses of variables while a value is looked at. */
export interface ValueVisitor {
  readonly schema: Schema
  readonly problem: (problem: Problem) => void
  readonly variable: (value: Node, type: Node, hasDefault: boolean) => void
}

/** Whether a value may stand where TYPE is expected. */
export function checkValue(visitor: ValueVisitor, value: Node, type: Node, hasDefault = false): void {
  const kind = kindOf(value)
  if (kind === valueKind.variable) return visitor.variable(value, type, hasDefault)
  if (kind === valueKind.null) {
    if (isNonNull(type)) visitor.problem({ message: `Expected value of type "${typeName(type)}", found null.`, node: value })
    return
  }
  const elem = nodeOf(type, 'Elem')
  if (elem === undefined) return checkNamed(visitor, value, textOf(type, 'NamedType'))
  if (kind !== valueKind.list) return checkValue(visitor, value, elem)
  for (const child of nodesOf(value, 'Children')) checkValue(visitor, nodeOf(child, 'Value') ?? {}, elem)
}

function checkNamed(visitor: ValueVisitor, value: Node, name: string): void {
  const definition = visitor.schema.types.get(name)
  switch (definition === undefined ? '' : textOf(definition, 'Kind')) {
    case 'SCALAR': {
      const message = scalarProblem(name, value)
      if (message !== undefined) visitor.problem({ message, node: value })
      return
    }
    case 'ENUM': {
      const message = enumProblem(definition ?? {}, value)
      if (message !== undefined) visitor.problem({ message, node: value })
      return
    }
    case 'INPUT_OBJECT':
      return checkInput(visitor, definition ?? {}, value)
    default:
  }
}

const { int, float, string, block, boolean } = valueKind
const scalars: Readonly<Record<string, { readonly kinds: readonly number[]; readonly words: string }>> = {
  Int: { kinds: [int], words: 'non-integer value' },
  Float: { kinds: [int, float], words: 'non numeric value' },
  String: { kinds: [string, block], words: 'a non string value' },
  Boolean: { kinds: [boolean], words: 'a non boolean value' },
  ID: { kinds: [int, string, block], words: 'a non-string and non-integer value' },
}

function scalarProblem(name: string, value: Node): string | undefined {
  const scalar = Object.hasOwn(scalars, name) ? scalars[name] : undefined
  if (scalar === undefined || scalar.kinds.includes(kindOf(value))) return undefined
  return `${name} cannot represent ${scalar.words}: ${valueText(value)}`
}

function enumProblem(definition: Node, value: Node): string | undefined {
  const names = nodesOf(definition, 'EnumValues').map((each) => textOf(each, 'Name'))
  const name = textOf(definition, 'Name')
  const raw = textOf(value, 'Raw')
  const near = didYouMean(suggestions(raw, names), 'the enum value ')
  if (kindOf(value) !== valueKind.enum)
    return `Enum "${name}" cannot represent non-enum value: ${valueText(value)}.${raw === '' ? '' : near}`
  return names.includes(raw) ? undefined : `Value "${raw}" does not exist in "${name}" enum.${near}`
}

function checkInput(visitor: ValueVisitor, definition: Node, value: Node): void {
  const name = textOf(definition, 'Name')
  if (kindOf(value) !== valueKind.object) {
    return visitor.problem({ message: `Expected value of type "${name}", found ${valueText(value)}.`, node: value })
  }
  const children = nodesOf(value, 'Children')
  const fields = nodesOf(definition, 'Fields')
  for (const each of fields) {
    const type = nodeOf(each, 'Type') ?? {}
    if (
      !isNonNull(type) ||
      nodeOf(each, 'DefaultValue') !== undefined ||
      children.some((child) => textOf(child, 'Name') === textOf(each, 'Name'))
    )
      continue
    visitor.problem({
      message: `Field "${name}.${textOf(each, 'Name')}" of required type "${typeName(type)}" was not provided.`,
      node: value,
    })
  }
  const seen = new Set<string>()
  for (const child of children) {
    const own = textOf(child, 'Name')
    const wanted = fields.find((each) => textOf(each, 'Name') === own)
    if (seen.has(own)) visitor.problem({ message: `There can be only one input field named "${own}".`, node: child })
    seen.add(own)
    if (wanted === undefined) {
      const near = suggestions(
        own,
        fields.map((each) => textOf(each, 'Name')),
      )
      visitor.problem({ message: `Field "${own}" is not defined by type "${name}".${didYouMean(near)}`, node: child })
    } else checkValue(visitor, nodeOf(child, 'Value') ?? {}, nodeOf(wanted, 'Type') ?? {}, nodeOf(wanted, 'DefaultValue') !== undefined)
  }
}
