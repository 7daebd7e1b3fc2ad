import type { Comprehension, ComprehensionMacro, Node, Place } from './ast.ts'

/** What a macro call stands for, or what is wrong with its arguments. */
export type Expanded = Node | { readonly problem: string; readonly at: number }

export interface MacroCall {
  readonly name: string
  readonly target: Node | undefined
  readonly args: readonly Node[]
  /** The macros beyond those that every environment has. */
  readonly macros: ReadonlySet<string>
}

/** Reads `has(a.b)`, `list.all(x, p)`, `cel.bind(x, v, e)` and the like; undefined for an ordinary call. */
export function expandMacro({ name, target, args, macros }: MacroCall, place: Place): Expanded | undefined {
  if (target === undefined) return name === 'has' && args.length === 1 ? expandHas(args[0], place) : undefined
  if (name === 'bind' && macros.has('cel.bind') && args.length === 3 && target.kind === 'identifier' && target.name === 'cel')
    return expandBind(args, place)
  if (name === 'sortBy' && macros.has('sortBy') && args.length === 2) return expandSortBy(target, args, place)
  if ((name === 'optMap' || name === 'optFlatMap') && macros.has('optional'))
    return args.length === 2 ? expandOptionalMap(name, target, args, place) : undefined
  const form = comprehensions.find((candidate) => candidate.name === name && candidate.count === args.length)
  if (form?.variables === 2 && !macros.has('two-variable')) return undefined
  return form === undefined ? undefined : expandComprehension(form, target, args, place)
}

interface Form {
  readonly name: string
  readonly count: number
  readonly macro: ComprehensionMacro
  readonly variables: 1 | 2
  /** What the arguments after the variables are. */
  readonly rest: readonly ('predicate' | 'transform')[]
}

const comprehensions: readonly Form[] = [
  { name: 'all', count: 2, macro: 'all', variables: 1, rest: ['predicate'] },
  { name: 'exists', count: 2, macro: 'exists', variables: 1, rest: ['predicate'] },
  { name: 'exists_one', count: 2, macro: 'existsOne', variables: 1, rest: ['predicate'] },
  { name: 'map', count: 2, macro: 'map', variables: 1, rest: ['transform'] },
  { name: 'map', count: 3, macro: 'map', variables: 1, rest: ['predicate', 'transform'] },
  { name: 'filter', count: 2, macro: 'filter', variables: 1, rest: ['predicate'] },
  { name: 'all', count: 3, macro: 'all', variables: 2, rest: ['predicate'] },
  { name: 'exists', count: 3, macro: 'exists', variables: 2, rest: ['predicate'] },
  { name: 'existsOne', count: 3, macro: 'existsOne', variables: 2, rest: ['predicate'] },
  { name: 'exists_one', count: 3, macro: 'existsOne', variables: 2, rest: ['predicate'] },
  { name: 'transformList', count: 3, macro: 'transformList', variables: 2, rest: ['transform'] },
  { name: 'transformList', count: 4, macro: 'transformList', variables: 2, rest: ['predicate', 'transform'] },
  { name: 'transformMap', count: 3, macro: 'transformMap', variables: 2, rest: ['transform'] },
  { name: 'transformMap', count: 4, macro: 'transformMap', variables: 2, rest: ['predicate', 'transform'] },
  { name: 'transformMapEntry', count: 3, macro: 'transformMapEntry', variables: 2, rest: ['transform'] },
  { name: 'transformMapEntry', count: 4, macro: 'transformMapEntry', variables: 2, rest: ['predicate', 'transform'] },
]

function expandHas(argument: Node | undefined, place: Place): Expanded {
  if (argument?.kind !== 'select' || argument.optional) return { problem: 'invalid argument to has() macro', at: argument?.at ?? place.at }
  return { kind: 'has', operand: argument.operand, field: argument.field, ...place }
}

const simpleName = (node: Node | undefined): string | undefined =>
  node?.kind === 'identifier' && !node.name.startsWith('.') ? node.name : undefined

function expandBind([variable, value, body]: readonly Node[], place: Place): Expanded | undefined {
  const name = simpleName(variable)
  if (variable === undefined || value === undefined || body === undefined) return undefined
  if (name === undefined) return { problem: 'cel.bind() variable names must be simple identifiers', at: variable.at }
  return { kind: 'bind', name, value, body, ...place }
}

function expandOptionalMap(
  macro: 'optMap' | 'optFlatMap',
  operand: Node,
  [variable, body]: readonly Node[],
  place: Place,
): Expanded | undefined {
  const name = simpleName(variable)
  if (variable === undefined || body === undefined) return undefined
  if (name === undefined) return { problem: `${macro}() variable name must be a simple identifier`, at: variable.at }
  return { kind: 'optional-map', flat: macro === 'optFlatMap', operand, name, body, ...place }
}

const sorted = '@__sortBy_input__'

/** `list.sortBy(x, key)`: the list is sorted by the list of its keys. */
function expandSortBy(target: Node, [variable, key]: readonly Node[], place: Place): Expanded | undefined {
  const name = simpleName(variable)
  if (variable === undefined || key === undefined) return undefined
  if (name === undefined) return { problem: 'argument is not an identifier', at: variable.at }
  const input: Node = { kind: 'identifier', name: sorted, ...place }
  const keys: Node = {
    kind: 'comprehension',
    macro: 'map',
    range: input,
    first: name,
    second: undefined,
    predicate: undefined,
    transform: key,
    ...place,
  }
  const call: Node = { kind: 'call', name: '@sortByAssociatedKeys', target: input, args: [keys], ...place }
  return { kind: 'bind', name: sorted, value: target, body: call, ...place }
}

/** Upstream has two ways to say it. */
const notAName = ({ name, variables }: Form): string =>
  variables === 1 && (name === 'map' || name === 'filter') ? 'argument is not an identifier' : 'argument must be a simple name'

function expandComprehension(form: Form, range: Node, args: readonly Node[], place: Place): Expanded | undefined {
  const [first, second] = args
  if (first === undefined) return undefined
  const firstName = simpleName(first)
  const secondName = form.variables === 2 ? simpleName(second) : undefined
  if (firstName === undefined) return { problem: notAName(form), at: first.at }
  if (form.variables === 2 && secondName === undefined) return { problem: 'argument must be a simple name', at: second?.at ?? place.at }
  if (firstName === secondName) return { problem: `duplicate variable name: ${firstName}`, at: second?.at ?? place.at }
  for (const [name, node] of [
    [firstName, first],
    [secondName, second],
  ] as const) {
    if (name === '__result__' || name === '@result')
      return { problem: `iteration variable overwrites accumulator variable`, at: node?.at ?? place.at }
  }
  const rest = (role: 'predicate' | 'transform'): Node | undefined => {
    const index = form.rest.indexOf(role)
    return index < 0 ? undefined : args[form.variables + index]
  }
  const comprehension: Comprehension = {
    kind: 'comprehension',
    macro: form.macro,
    range,
    first: firstName,
    second: secondName,
    predicate: rest('predicate'),
    transform: rest('transform'),
    ...place,
  }
  return comprehension
}
