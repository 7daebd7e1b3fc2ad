import type { Comprehension, Node } from './ast.ts'
import { formatDouble } from './libraries/conversions.ts'
import type { CelValue } from './values.ts'
import { CelBytes, CelDouble, CelUint } from './values.ts'

/** An expression as text that is read as the same expression again: every operator has its parentheses. */
export function printNode(node: Node): string {
  switch (node.kind) {
    case 'literal':
      return literal(node.value)
    case 'identifier':
      return node.name
    case 'select':
      return `${printNode(node.operand)}.${node.optional ? '?' : ''}${node.field}`
    case 'has':
      return `has(${printNode(node.operand)}.${node.field})`
    case 'index':
      return `${printNode(node.operand)}[${node.optional ? '?' : ''}${printNode(node.index)}]`
    case 'call':
      return call(node)
    case 'and':
      return `(${node.operands.map(printNode).join(' && ')})`
    case 'or':
      return `(${node.operands.map(printNode).join(' || ')})`
    case 'conditional':
      return `(${printNode(node.condition)} ? ${printNode(node.consequent)} : ${printNode(node.otherwise)})`
    case 'list':
      return `[${node.items.map(({ value, optional }) => maybe(optional) + printNode(value)).join(', ')}]`
    case 'map':
      return `{${node.entries.map(({ key, value, optional }) => `${maybe(optional)}${printNode(key)}: ${printNode(value)}`).join(', ')}}`
    case 'struct':
      return `${node.name}{${node.fields.map(({ name, value, optional }) => `${maybe(optional)}${name}: ${printNode(value)}`).join(', ')}}`
    case 'comprehension':
      return comprehension(node)
    case 'bind':
      return `cel.bind(${node.name}, ${printNode(node.value)}, ${printNode(node.body)})`
    case 'optional-map':
      return `${printNode(node.operand)}.${node.flat ? 'optFlatMap' : 'optMap'}(${node.name}, ${printNode(node.body)})`
  }
}

const maybe = (optional: boolean): string => (optional ? '?' : '')

function literal(value: CelValue): string {
  if (value instanceof CelUint) return `${value.value}u`
  if (value instanceof CelDouble) {
    const text = formatDouble(value.value)
    return parenthesized(/[.e]/.test(text) ? text : `${text}.0`)
  }
  if (value instanceof CelBytes) return `b"${Array.from(value.value, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}"`
  if (typeof value === 'string') return JSON.stringify(value)
  return parenthesized(String(value))
}

/** A sign belongs to its number, whatever follows. */
const parenthesized = (text: string): string => (text.startsWith('-') ? `(${text})` : text)

function call({ name, target, args }: Node & { readonly kind: 'call' }): string {
  const printed = args.map(printNode)
  const [first = '', second = ''] = printed
  if (name === '!_' || name === '-_') return `(${name.charAt(0)}(${first}))`
  if (name === '@in') return `(${first} in ${second})`
  const operator = /^_(.*)_$/.exec(name)?.[1]
  if (operator !== undefined && target === undefined && args.length === 2) return `(${first} ${operator} ${second})`
  return `${target === undefined ? '' : `${printNode(target)}.`}${name}(${printed.join(', ')})`
}

function comprehension({ macro, range, first, second, predicate, transform }: Comprehension): string {
  const name = macro === 'existsOne' && second === undefined ? 'exists_one' : macro
  const args = [
    first,
    second,
    predicate === undefined ? undefined : printNode(predicate),
    transform === undefined ? undefined : printNode(transform),
  ]
  return `${printNode(range)}.${name}(${args.filter((arg) => arg !== undefined).join(', ')})`
}
