import type { Comprehension, Node } from './ast.ts'
import type { CheckState } from './check-state.ts'
import type { CelType } from './types.ts'
import { celType, formatType, isDyn } from './types.ts'

/** What the checks of macros need of the others. */
export interface Checking {
  readonly state: CheckState
  check(node: Node): CelType
}

/** The type of what a macro over a list or a map gives. */
export function comprehensionType(checking: Checking, node: Comprehension): CelType {
  const { state } = checking
  const range = state.known(checking.check(node.range))
  const [first, second] = iterated(checking, range, node)
  const variables: (readonly [string, CelType])[] =
    node.second === undefined
      ? [[node.first, first]]
      : [
          [node.first, range.kind === 'list' ? celType.int : first],
          [node.second, second],
        ]
  return state.within(node, variables, () => resultType(checking, node, { item: node.second === undefined ? first : second, range }))
}

/** What a macro walks over: items of a list, or the keys and values of a map. */
function iterated({ state }: Checking, range: CelType, node: Comprehension): readonly [CelType, CelType] {
  switch (range.kind) {
    case 'list':
      return [range.element, range.element]
    case 'map':
      return [range.key, range.value]
    case 'parameter':
      state.inference.assignable([celType.dyn], [range])
      return [celType.dyn, celType.dyn]
    default:
      if (isDyn(range)) return [celType.dyn, celType.dyn]
      state.report(
        'type',
        `expression of type '${formatType(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`,
        node.range.at,
      )
      return [celType.error, celType.error]
  }
}

interface Walked {
  readonly item: CelType
  readonly range: CelType
}

function resultType(checking: Checking, node: Comprehension, { item, range }: Walked): CelType {
  const { state } = checking
  const { predicate, transform } = node
  switch (node.macro) {
    case 'all':
    case 'exists':
      if (predicate !== undefined) state.expect(celType.bool, checking.check(predicate), predicate.at)
      return celType.bool
    case 'existsOne':
      checkCondition(checking, predicate, celType.int, node)
      return celType.bool
    case 'filter':
      checkCondition(checking, predicate, celType.list(item), node)
      return celType.list(item)
    case 'map':
    case 'transformList': {
      const condition = predicate === undefined ? undefined : checking.check(predicate)
      const result = celType.list(transform === undefined ? celType.dyn : checking.check(transform))
      conditionFits(checking, condition, result, node)
      return result
    }
    case 'transformMap': {
      const condition = predicate === undefined ? undefined : checking.check(predicate)
      const key = range.kind === 'map' ? range.key : range.kind === 'list' ? celType.int : celType.dyn
      const result = celType.map(key, transform === undefined ? celType.dyn : checking.check(transform))
      conditionFits(checking, condition, result, node)
      return result
    }
    case 'transformMapEntry': {
      const condition = predicate === undefined ? undefined : checking.check(predicate)
      const result = transform === undefined ? celType.dyn : checking.check(transform)
      const expected = celType.map(state.inference.fresh(), state.inference.fresh())
      if (!state.inference.assignable([expected], [result])) {
        return state.noOverload('cel.@mapInsert', [celType.map(celType.dyn, celType.dyn), result], false, node.at)
      }
      conditionFits(checking, condition, result, node)
      return state.known(expected)
    }
  }
}

function checkCondition(checking: Checking, predicate: Node | undefined, result: CelType, node: Node): void {
  conditionFits(checking, predicate === undefined ? undefined : checking.check(predicate), result, node)
}

/** A macro's condition is that of a conditional: so is the message. */
function conditionFits({ state }: Checking, condition: CelType | undefined, result: CelType, node: Node): void {
  if (condition === undefined || state.inference.assignable([celType.bool], [condition])) return
  state.noOverload('_?_:_', [condition, result, result], false, node.at)
}

/** The type of what `optMap` and `optFlatMap` give. */
export function optionalMapType(checking: Checking, node: Node & { readonly kind: 'optional-map' }): CelType {
  const { state } = checking
  const operand = checking.check(node.operand)
  const inner = state.inference.fresh()
  if (!state.inference.assignable([celType.optional(inner)], [operand])) {
    state.noOverload('hasValue', [operand], true, node.at)
    state.noOverload('value', [operand], true, node.at)
  }
  const body = state.within(node, [[node.name, state.known(inner)]], () => checking.check(node.body))
  if (!node.flat) return celType.optional(body)
  const flat = state.inference.fresh()
  if (state.inference.assignable([celType.optional(flat)], [body])) return celType.optional(state.known(flat))
  return state.noOverload('_?_:_', [celType.bool, body, celType.optional(celType.parameter('_var0'))], false, node.at)
}
