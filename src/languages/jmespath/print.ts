import type { Node } from './ast.ts'

/** The nodes directly inside a node, in reading order. */
export function children(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'current':
    case 'field':
    case 'literal':
      return []
    case 'subexpression':
    case 'pipe':
    case 'or':
    case 'and':
    case 'comparison':
    case 'slice':
    case 'list-projection':
    case 'flatten':
    case 'value-projection':
      return [node.left, node.right]
    case 'index':
      return [node.left]
    case 'filter':
      return [node.left, node.condition, node.right]
    case 'not':
    case 'expression-reference':
      return [node.operand]
    case 'list':
      return node.items
    case 'hash':
      return node.entries.map(({ value }) => value)
    case 'call':
      return node.args
  }
}

/** An expression that parses to the same tree. Operators are parenthesised, which changes nothing but says how they bind. */
export function printJmespath(node: Node): string {
  switch (node.kind) {
    case 'current':
      return '@'
    case 'field':
      return printName(node.name)
    case 'literal':
      return `\`${JSON.stringify(node.value).replaceAll('`', '\\`')}\``
    case 'subexpression':
      return `${printLeft(node.left)}.${printJmespath(node.right)}`
    case 'index':
      return `${printLeft(node.left)}[${node.index}]`
    case 'slice':
      return `${printLeft(node.left)}[${node.start ?? ''}:${node.stop ?? ''}${node.step === undefined ? '' : `:${node.step}`}]${printRight(node.right)}`
    case 'list-projection':
      return `${printLeft(node.left)}[*]${printRight(node.right)}`
    case 'flatten':
      return `${printLeft(node.left)}[]${printRight(node.right)}`
    case 'value-projection':
      return `${printLeft(node.left)}.*${printRight(node.right)}`
    case 'filter':
      return `${printLeft(node.left)}[?${printJmespath(node.condition)}]${printRight(node.right)}`
    case 'pipe':
      return `(${printJmespath(node.left)} | ${printJmespath(node.right)})`
    case 'or':
      return `(${printJmespath(node.left)} || ${printJmespath(node.right)})`
    case 'and':
      return `(${printJmespath(node.left)} && ${printJmespath(node.right)})`
    case 'not':
      return `!(${printJmespath(node.operand)})`
    case 'comparison':
      return `(${printJmespath(node.left)} ${node.operator} ${printJmespath(node.right)})`
    case 'list':
      return `[${node.items.map(printJmespath).join(', ')}]`
    case 'hash':
      return `{${node.entries.map(({ key, value }) => `${printName(key)}: ${printJmespath(value)}`).join(', ')}}`
    case 'call':
      return `${node.name}(${node.args.map(printJmespath).join(', ')})`
    case 'expression-reference':
      return `&${printJmespath(node.operand)}`
  }
}

const projections: ReadonlySet<Node['kind']> = new Set(['slice', 'list-projection', 'flatten', 'value-projection', 'filter'])

const printName = (name: string): string => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : JSON.stringify(name))

/** A projection on the left must not swallow what follows it. */
const printLeft = (node: Node): string => (endsInProjection(node) || node.kind === 'not' ? `(${printJmespath(node)})` : printJmespath(node))

const endsInProjection = (node: Node): boolean =>
  projections.has(node.kind) || (node.kind === 'subexpression' && endsInProjection(node.right))

/** What a projection applies to each element, as it stands after the bracket. */
function printRight(node: Node): string {
  if (node.kind === 'current') return ''
  const printed = printJmespath(node)
  if (printed.startsWith('@[')) return printed.slice(1)
  return `.${printed.startsWith('@.') ? printed.slice(2) : printed}`
}

/** The tree, a node a line, for people who want to see how an expression was understood. */
export function formatAst(node: Node, indent = 0): string {
  const line = `${'  '.repeat(indent)}${describe(node)}`
  return [line, ...children(node).map((child) => formatAst(child, indent + 1))].join('\n')
}

function describe(node: Node): string {
  switch (node.kind) {
    case 'field':
    case 'call':
      return `${node.kind} ${node.name}`
    case 'literal':
      return `literal ${JSON.stringify(node.value)}`
    case 'index':
      return `index ${node.index}`
    case 'comparison':
      return `comparison ${node.operator}`
    case 'slice':
      return `slice ${node.start ?? ''}:${node.stop ?? ''}:${node.step ?? ''}`
    case 'hash':
      return `hash ${node.entries.map(({ key }) => key).join(', ')}`
    default:
      return node.kind
  }
}
