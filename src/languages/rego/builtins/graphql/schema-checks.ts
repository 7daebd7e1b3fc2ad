import { firstFound } from '../../../../core/first.ts'
import type { Node, Problem, Schema } from './node.ts'
import { field, isNonNull, kindOf, namedType, nodeOf, nodesOf, textOf, textsOf, typeName, valueKind } from './node.ts'

type Found = Problem | undefined

export function checkDirectiveDefinition(schema: Schema, node: Node): Found {
  return checkName(node) ?? checkArguments(schema, node, textOf(node, 'Name'))
}

export function checkDefinition(schema: Schema, node: Node): Found {
  return (
    firstFound(nodesOf(node, 'Fields'), (each) => checkField(schema, node, each)) ??
    firstFound(nodesOf(node, 'EnumValues'), (each) => checkDirectives(schema, each, 'ENUM_VALUE')) ??
    firstFound(textsOf(node, 'Interfaces'), (name) => checkInterface(schema, node, name)) ??
    checkInside(schema, node) ??
    checkName(node) ??
    checkDirectives(schema, node, textOf(node, 'Kind'))
  )
}

function checkName(node: Node): Found {
  const name = textOf(node, 'Name')
  if (!name.startsWith('__')) return undefined
  return { message: `Name "${name}" must not begin with "__", which is reserved by GraphQL introspection.`, node }
}

function checkField(schema: Schema, parent: Node, node: Node): Found {
  const name = textOf(node, 'Name')
  const first = nodesOf(parent, 'Fields').find((each) => textOf(each, 'Name') === name)
  if (first !== node) return { message: `Field ${textOf(parent, 'Name')}.${name} can only be defined once.`, node }
  const place = textOf(parent, 'Kind') === 'INPUT_OBJECT' ? 'INPUT_FIELD_DEFINITION' : 'FIELD_DEFINITION'
  return checkName(node) ?? checkType(schema, node) ?? checkArguments(schema, node) ?? checkDirectives(schema, node, place)
}

function checkType(schema: Schema, node: Node): Found {
  const type = nodeOf(node, 'Type')
  if (type === undefined) return { message: 'Undefined type .', node }
  return schema.types.has(namedType(type)) ? undefined : { message: `Undefined type ${namedType(type)}.`, node: innermost(type) }
}

const innermost = (type: Node): Node => {
  const elem = nodeOf(type, 'Elem')
  return elem === undefined ? type : innermost(elem)
}

const kindOfType = (schema: Schema, node: Node): string => textOf(schema.types.get(namedType(nodeOf(node, 'Type') ?? {})) ?? {}, 'Kind')

function checkArguments(schema: Schema, node: Node, directive?: string): Found {
  return firstFound(nodesOf(node, 'Arguments'), (arg) => {
    const wrong = checkName(arg) ?? checkType(schema, arg)
    if (wrong !== undefined) return wrong
    const kind = kindOfType(schema, arg)
    if (!inputKinds.has(kind)) {
      const type = namedType(nodeOf(arg, 'Type') ?? {})
      return { message: `cannot use ${type} as argument ${textOf(arg, 'Name')} because ${kind} is not a valid input type`, node: arg }
    }
    return checkDirectives(schema, arg, 'ARGUMENT_DEFINITION', directive)
  })
}

const inputKinds: ReadonlySet<string> = new Set(['SCALAR', 'ENUM', 'INPUT_OBJECT'])
const outputKinds: ReadonlySet<string> = new Set(['SCALAR', 'OBJECT', 'INTERFACE', 'UNION', 'ENUM'])

function checkDirectives(schema: Schema, node: Node, place: string, inside?: string): Found {
  return firstFound(nodesOf(node, 'Directives'), (use) => {
    const name = textOf(use, 'Name')
    const definition = schema.directives.get(name)
    if (name === inside) return { message: `Directive ${name} cannot refer to itself.`, node: use }
    if (definition === undefined) return { message: `Undefined directive ${name}.`, node: use }
    if (!textsOf(definition, 'Locations').includes(place)) return { message: `Directive ${name} is not applicable on ${place}.`, node: use }
    return checkDirectiveArguments(definition, use)
  })
}

function checkDirectiveArguments(definition: Node, use: Node): Found {
  const name = textOf(use, 'Name')
  const wanted = nodesOf(definition, 'Arguments')
  const given = nodesOf(use, 'Arguments')
  const unknown = given.find((arg) => !wanted.some((each) => textOf(each, 'Name') === textOf(arg, 'Name')))
  if (unknown !== undefined) return { message: `Undefined argument ${textOf(unknown, 'Name')} for directive ${name}.`, node: unknown }
  return firstFound(wanted, (arg) => {
    if (!isNonNull(nodeOf(arg, 'Type') ?? {}) || nodeOf(arg, 'DefaultValue') !== undefined) return undefined
    const found = given.find((each) => textOf(each, 'Name') === textOf(arg, 'Name'))
    if (found !== undefined && kindOf(nodeOf(found, 'Value') ?? {}) !== valueKind.null) return undefined
    return { message: `Argument ${textOf(arg, 'Name')} for directive ${name} cannot be null.`, node: use }
  })
}

function checkInside(schema: Schema, node: Node): Found {
  const [kind, name] = [textOf(node, 'Kind'), textOf(node, 'Name')]
  const fields = nodesOf(node, 'Fields')
  switch (kind) {
    case 'OBJECT':
    case 'INTERFACE':
      if (fields.length === 0) return { message: `${kind} ${name}: must define one or more fields.`, node }
      return firstFound(fields, (each) => {
        if (outputKinds.has(kindOfType(schema, each))) return undefined
        return { message: `${kind} ${name}: field must be one of ${[...outputKinds].join(', ')}.`, node: each }
      })
    case 'INPUT_OBJECT':
      if (fields.length === 0) return { message: `${kind} ${name}: must define one or more input fields.`, node }
      return firstFound(fields, (each) => {
        const type = kindOfType(schema, each)
        if (inputKinds.has(type)) return undefined
        return { message: `${type} ${textOf(each, 'Name')}: field must be one of ${[...inputKinds].join(', ')}.`, node: each }
      })
    case 'UNION':
      return firstFound(textsOf(node, 'Types'), (type) => {
        const found = schema.types.get(type)
        if (found === undefined) return { message: `Undefined type "${type}".`, node }
        return textOf(found, 'Kind') === 'OBJECT' ? undefined : { message: `UNION type "${type}" must be OBJECT.`, node }
      })
    case 'ENUM':
      if (nodesOf(node, 'EnumValues').length === 0) return { message: `ENUM ${name}: must define one or more unique enum values.`, node }
      return firstFound(nodesOf(node, 'EnumValues'), (each) =>
        ['true', 'false', 'null'].includes(textOf(each, 'Name'))
          ? { message: `ENUM ${name}: non-enum value ${textOf(each, 'Name')}.`, node }
          : undefined,
      )
    default:
      return undefined
  }
}

function checkInterface(schema: Schema, node: Node, name: string): Found {
  const definition = schema.types.get(name)
  const own = textOf(node, 'Name')
  if (definition === undefined) return { message: `Undefined type "${name}".`, node }
  const kind = textOf(definition, 'Kind')
  if (kind !== 'INTERFACE') return { message: `"${name}" is a non interface type ${kind}.`, node }
  const further = textsOf(definition, 'Interfaces')
  if (further.includes(own)) return { message: `Type ${own} cannot implement ${name} because it would create a circular reference.`, node }
  const missing = further.find((each) => !textsOf(node, 'Interfaces').includes(each))
  if (missing !== undefined) return { message: `Type ${own} must implement ${missing} because it is implemented by ${name}.`, node }
  return firstFound(nodesOf(definition, 'Fields'), (wanted) => checkImplemented(schema, { node, name }, wanted))
}

function checkImplemented(schema: Schema, { node, name }: { readonly node: Node; readonly name: string }, wanted: Node): Found {
  const fieldName = textOf(wanted, 'Name')
  const goal = `For ${textOf(node, 'Name')} to implement ${name}`
  const found = nodesOf(node, 'Fields').find((each) => textOf(each, 'Name') === fieldName)
  if (found === undefined) return { message: `${goal} it must have a field called ${fieldName}.`, node }
  const [wantedType, foundType] = [nodeOf(wanted, 'Type') ?? {}, nodeOf(found, 'Type') ?? {}]
  if (!isCovariant(schema, wantedType, foundType))
    return { message: `${goal} the field ${fieldName} must have type ${typeName(wantedType)}.`, node: found }
  const args = nodesOf(found, 'Arguments')
  const same = `${goal} the field ${fieldName} must have the same arguments but`
  for (const arg of nodesOf(wanted, 'Arguments')) {
    const argName = textOf(arg, 'Name')
    const own = args.find((each) => textOf(each, 'Name') === argName)
    if (own === undefined) return { message: `${same} it is missing ${argName}.`, node: found }
    if (typeName(nodeOf(arg, 'Type') ?? {}) !== typeName(nodeOf(own, 'Type') ?? {}))
      return { message: `${same} ${argName} has the wrong type.`, node: own }
  }
  const extra = args.find(
    (each) =>
      !nodesOf(wanted, 'Arguments').some((arg) => textOf(arg, 'Name') === textOf(each, 'Name')) &&
      isNonNull(nodeOf(each, 'Type') ?? {}) &&
      field(each, 'DefaultValue') === undefined,
  )
  if (extra === undefined) return undefined
  const rule = `any additional arguments on ${fieldName} must be optional or have a default value but ${textOf(extra, 'Name')} is required.`
  return { message: `${goal} ${rule}`, node: extra }
}

/** Whether values of the second type may stand for the first. */
function isCovariant(schema: Schema, wanted: Node, found: Node): boolean {
  if (isNonNull(wanted) && !isNonNull(found)) return false
  const [wantedElem, foundElem] = [nodeOf(wanted, 'Elem'), nodeOf(found, 'Elem')]
  if (wantedElem !== undefined || foundElem !== undefined) {
    return wantedElem !== undefined && foundElem !== undefined && isCovariant(schema, wantedElem, foundElem)
  }
  const [name, other] = [textOf(wanted, 'NamedType'), textOf(found, 'NamedType')]
  return name === other || schema.possible.get(name)?.has(other) === true
}
