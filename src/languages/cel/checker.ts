import type { Node } from './ast.ts'
import type { Checking } from './check-macros.ts'
import { comprehensionType, optionalMapType } from './check-macros.ts'
import { CheckState } from './check-state.ts'
import type { Checked, CheckOptions } from './checked.ts'
import type { CelFunction } from './function.ts'
import type { CelType } from './types.ts'
import { celType, formatType, isDyn } from './types.ts'
import type { CelValue } from './values.ts'
import { CelBoxed, kindOf } from './values.ts'

/*
 * Gradual typing as in cel-go: overloads are chosen by the types of arguments, parameters are inferred, and `dyn` fits everything. Messages are
 * cel-go's.
 */

export function check(root: Node, options: CheckOptions): Checked {
  const state = new CheckState(options)
  const type = new Checker(state).check(root)
  return state.result(type)
}

class Checker implements Checking {
  readonly state: CheckState

  constructor(state: CheckState) {
    this.state = state
  }

  check(node: Node): CelType {
    const type = this.#typeOf(node)
    this.state.types.set(node, type)
    return type
  }

  #typeOf(node: Node): CelType {
    switch (node.kind) {
      case 'literal':
        return literalType(node.value)
      case 'identifier':
        return this.state.name(node, node.name) ?? this.state.undeclared(node.name.replace(/^\./, ''), node.at)
      case 'select':
        return this.#select(node)
      case 'has': {
        const operand = this.state.known(this.check(node.operand))
        this.#field(operand, node.field, node.at)
        return celType.bool
      }
      case 'index':
        return this.#index(node)
      case 'call':
        return this.#call(node)
      case 'and':
      case 'or':
        for (const operand of node.operands) this.state.expect(celType.bool, this.check(operand), operand.at)
        return celType.bool
      case 'conditional':
        return this.#conditional(node)
      case 'list':
        return this.#list(node)
      case 'map':
        return this.#map(node)
      case 'struct':
        return this.#struct(node)
      case 'comprehension':
        return comprehensionType(this, node)
      case 'bind': {
        const value = this.check(node.value)
        return this.state.within(node, [[node.name, value]], () => this.check(node.body))
      }
      case 'optional-map':
        return optionalMapType(this, node)
    }
  }

  #select(node: Node & { readonly kind: 'select' }): CelType {
    const qualified = node.optional ? undefined : this.state.qualifiedName(node)
    if (qualified !== undefined) {
      const type = this.state.name(node, qualified)
      if (type !== undefined) return type
    }
    const operand = this.state.known(this.check(node.operand))
    const field = this.#field(operand, node.field, node.at)
    if (!node.optional) return field
    return field.kind === 'optional' ? field : celType.optional(field)
  }

  #field(operand: CelType, field: string, at: number): CelType {
    switch (operand.kind) {
      case 'map':
        return operand.value
      case 'object': {
        const type = operand.field(field)?.type
        return type ?? this.state.report('type', `undefined field '${field}'`, at)
      }
      case 'optional': {
        const inner = this.#field(this.state.known(operand.of), field, at)
        return inner.kind === 'optional' ? inner : celType.optional(inner)
      }
      case 'parameter':
        this.state.inference.assignable([celType.dyn], [operand])
        return celType.dyn
      default:
        if (isDyn(operand)) return celType.dyn
        return this.state.report('type', `type '${formatType(operand)}' does not support field selection`, at)
    }
  }

  #index(node: Node & { readonly kind: 'index' }): CelType {
    const operand = this.state.known(this.check(node.operand))
    const index = this.check(node.index)
    const inner = operand.kind === 'optional' ? this.state.known(operand.of) : operand
    const element = this.#element(inner, index)
    if (element === undefined) return this.state.noOverload(node.optional ? '_[?_]' : '_[_]', [operand, index], false, node.at)
    // Upstream does not know which of its overloads is meant.
    if (node.optional && isDyn(operand)) return celType.dyn
    if (!node.optional && operand.kind !== 'optional') return element
    return celType.optional(element)
  }

  #element(container: CelType, index: CelType): CelType | undefined {
    if (container.kind === 'list') return this.state.inference.assignable([celType.int], [index]) ? container.element : undefined
    if (container.kind === 'map') return this.state.inference.assignable([container.key], [index]) ? container.value : undefined
    if (isDyn(container)) return celType.dyn
    if (container.kind !== 'parameter') return undefined
    const element = this.state.inference.fresh()
    return this.state.inference.assignable([celType.list(element)], [container]) ? element : undefined
  }

  #call(node: Node & { readonly kind: 'call' }): CelType {
    const { overloads } = this.state.options.functions
    const name = node.name.replace(/^\./, '')
    if (node.target === undefined) {
      const types = node.args.map((arg) => this.check(arg))
      const candidates = overloads.get(name)
      if (candidates === undefined) return this.state.undeclared(name, node.at)
      return this.#resolve(node, { candidates, args: node.args, types, member: false })
    }
    const namespace = this.state.qualifiedName(node.target)?.replace(/^\./, '')
    const inNamespace = namespace === undefined ? undefined : overloads.get(`${namespace}.${name}`)
    if (inNamespace !== undefined) {
      const types = node.args.map((arg) => this.check(arg))
      return this.#resolve(node, { candidates: inNamespace, args: node.args, types, member: false })
    }
    const args = [node.target, ...node.args]
    const types = args.map((arg) => this.check(arg))
    const candidates = overloads.get(name)
    if (candidates === undefined) return this.state.undeclared(name, node.at)
    return this.#resolve(node, { candidates, args, types, member: true })
  }

  #resolve(
    node: Node,
    call: {
      readonly candidates: readonly CelFunction[]
      readonly args: readonly Node[]
      readonly types: readonly CelType[]
      readonly member: boolean
    },
  ): CelType {
    const fitting: CelFunction[] = []
    let result: CelType | undefined
    for (const candidate of call.candidates) {
      if (candidate.member !== call.member || candidate.parameters.length !== call.types.length) continue
      const [returned = celType.dyn, ...parameters] = this.state.inference.instantiate([candidate.result, ...candidate.parameters])
      if (!this.state.inference.assignable(parameters, call.types)) continue
      fitting.push(candidate)
      const type = this.state.known(returned)
      if (result === undefined) result = type
      else if (formatType(result) !== formatType(type)) result = celType.dyn
    }
    this.state.calls.set(node, { overloads: fitting, args: call.args })
    const [first] = call.candidates
    if (result === undefined) return this.state.noOverload(first?.name ?? '', call.types, call.member, node.at)
    return this.#withIdentity(node, call.types, result)
  }

  /** `+` keeps the list type of its left side: that of a set is a set. */
  #withIdentity(node: Node, [left]: readonly CelType[], result: CelType): CelType {
    if (node.kind !== 'call' || node.name !== '_+_' || left?.kind !== 'list' || left.identity === undefined || result.kind !== 'list')
      return result
    return { ...result, identity: left.identity }
  }

  #conditional(node: Node & { readonly kind: 'conditional' }): CelType {
    const types = [node.condition, node.consequent, node.otherwise].map((part) => this.check(part))
    const result = this.state.inference.fresh()
    if (!this.state.inference.assignable([celType.bool, result, result], types))
      return this.state.noOverload('_?_:_', types, false, node.at)
    return this.state.known(result)
  }

  /** The one type of several items: the more general of two that fit, else dyn. */
  #join(known: CelType | undefined, next: CelType): CelType {
    if (known === undefined) return next
    if (this.state.inference.assignable([known], [next])) return this.state.inference.moreGeneral(known, next)
    return celType.dyn
  }

  #optionalItem(value: Node, optional: boolean): CelType {
    const type = this.check(value)
    if (!optional) return type
    const inner = this.state.inference.fresh()
    if (this.state.inference.assignable([celType.optional(inner)], [type])) return this.state.known(inner)
    this.state.mismatch(celType.optional(type), type, value.at)
    return type
  }

  #list(node: Node & { readonly kind: 'list' }): CelType {
    let element: CelType | undefined
    for (const { value, optional } of node.items) element = this.#join(element, this.#optionalItem(value, optional))
    return celType.list(element ?? this.state.inference.fresh())
  }

  #map(node: Node & { readonly kind: 'map' }): CelType {
    let key: CelType | undefined
    let value: CelType | undefined
    for (const entry of node.entries) {
      key = this.#join(key, this.check(entry.key))
      value = this.#join(value, this.#optionalItem(entry.value, entry.optional))
    }
    return celType.map(key ?? this.state.inference.fresh(), value ?? this.state.inference.fresh())
  }

  #struct(node: Node & { readonly kind: 'struct' }): CelType {
    const name = node.name.replace(/^\./, '')
    const type = this.state.options.functions.typeNamed(name)
    if (type === undefined) return this.state.undeclared(name, node.at)
    for (const field of node.fields) {
      const found = this.#optionalItem(field.value, field.optional)
      const declared = type?.kind === 'object' ? type.field(field.name)?.type : undefined
      if (type?.kind === 'object' && declared === undefined) this.state.report('type', `undefined field '${field.name}'`, field.at)
      if (declared !== undefined && !this.state.inference.assignable([declared], [found])) {
        this.state.report(
          'type',
          `expected type of field '${field.name}' is '${formatType(declared)}' but provided type is '${formatType(this.state.known(found))}'`,
          field.at,
        )
      }
    }
    return type.kind === 'object' ? type : this.state.report('type', `'${name}' is not a message type`, node.at)
  }
}

function literalType(value: CelValue): CelType {
  const kind = kindOf(value)
  if (value instanceof CelBoxed && kind === 'double') return celType.double
  switch (kind) {
    case 'null':
    case 'bool':
    case 'int':
    case 'uint':
    case 'double':
    case 'string':
    case 'bytes':
      return celType[kind]
    default:
      return celType.dyn
  }
}
