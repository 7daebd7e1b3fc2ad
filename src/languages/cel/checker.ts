import type { CelProblem, Comprehension, Node } from './ast.ts'
import type { CelFunction, CelFunctions } from './function.ts'
import { Inference } from './inference.ts'
import type { CelType } from './types.ts'
import { celType, formatType, isDyn } from './types.ts'
import type { CelValue } from './values.ts'
import { CelBoxed, CelTypeValue, kindOf } from './values.ts'

/*
 * Gradual typing as in cel-go: overloads are chosen by the types of arguments, parameters are inferred, and `dyn` fits everything. Messages are
 * cel-go's.
 */

/** What a name stands for: a place in the frame, or a value known now. */
export type Reference = { readonly kind: 'slot'; readonly slot: number } | { readonly kind: 'constant'; readonly value: CelValue }

export interface Call {
  /** The overloads that fit the types of the arguments. */
  readonly overloads: readonly CelFunction[]
  /** The arguments with the receiver first; without it where the receiver is a namespace. */
  readonly args: readonly Node[]
}

export interface Variable {
  readonly name: string
  readonly slot: number
  readonly type: CelType
}

export interface Checked {
  readonly type: CelType
  readonly typeOf: (node: Node) => CelType
  readonly references: ReadonlyMap<Node, Reference>
  readonly calls: ReadonlyMap<Node, Call>
  /** The slots of the variables that a macro brings. */
  readonly locals: ReadonlyMap<Node, readonly number[]>
  /** The declared variables that the expression mentions. */
  readonly variables: readonly Variable[]
  readonly slots: number
  readonly problems: readonly CelProblem[]
}

export interface CheckOptions {
  readonly variables: Readonly<Record<string, CelType>>
  readonly functions: CelFunctions
}

export function check(root: Node, options: CheckOptions): Checked {
  const checker = new Checker(options)
  const type = checker.check(root)
  return checker.result(type)
}

interface Scope {
  readonly name: string
  readonly type: CelType
  readonly slot: number
  readonly outer: Scope | undefined
}

const maximumProblems = 100

const languageTypes: ReadonlyMap<string, CelType> = new Map<string, CelType>([
  ['bool', celType.bool],
  ['int', celType.int],
  ['uint', celType.uint],
  ['double', celType.double],
  ['string', celType.string],
  ['bytes', celType.bytes],
  ['list', celType.list(celType.dyn)],
  ['map', celType.map(celType.dyn, celType.dyn)],
  ['null_type', celType.null],
  ['type', celType.type()],
  ['google.protobuf.Timestamp', celType.timestamp],
  ['google.protobuf.Duration', celType.duration],
  ['optional_type', celType.optional(celType.dyn)],
])

class Checker {
  readonly #options: CheckOptions
  readonly #inference = new Inference()
  readonly #types = new Map<Node, CelType>()
  readonly #references = new Map<Node, Reference>()
  readonly #calls = new Map<Node, Call>()
  readonly #locals = new Map<Node, readonly number[]>()
  readonly #variables = new Map<string, Variable>()
  readonly #problems: CelProblem[] = []
  #slots = 0
  #scope: Scope | undefined

  constructor(options: CheckOptions) {
    this.#options = options
  }

  result(type: CelType): Checked {
    return {
      type: this.#inference.resolve(type, 'dyn'),
      typeOf: (node) => this.#inference.resolve(this.#types.get(node) ?? celType.dyn, 'dyn'),
      references: this.#references,
      calls: this.#calls,
      locals: this.#locals,
      variables: [...this.#variables.values()],
      slots: this.#slots,
      problems: this.#problems.toSorted((a, b) => a.at - b.at),
    }
  }

  check(node: Node): CelType {
    const type = this.#typeOf(node)
    this.#types.set(node, type)
    return type
  }

  #report(code: CelProblem['code'], message: string, at: number): CelType {
    if (this.#problems.length < maximumProblems) this.#problems.push({ code, message, at })
    return celType.error
  }

  #known(type: CelType): CelType {
    return this.#inference.resolve(type, 'keep')
  }

  #undeclared(name: string, at: number): CelType {
    return this.#report('undeclared', `undeclared reference to '${name}' (in container '')`, at)
  }

  #assert(node: Node, expected: CelType): void {
    const found = this.check(node)
    if (this.#inference.assignable([expected], [found])) return
    this.#mismatch(expected, found, node.at)
  }

  #mismatch(expected: CelType, found: CelType, at: number): void {
    const [wanted, given] = [expected, found].map((type) => formatType(this.#inference.resolve(type, 'dyn')))
    this.#report('type', `expected type '${wanted}' but found '${given}'`, at)
  }

  #typeOf(node: Node): CelType {
    switch (node.kind) {
      case 'literal':
        return literalType(node.value)
      case 'identifier':
        return this.#name(node, node.name) ?? this.#undeclared(node.name.replace(/^\./, ''), node.at)
      case 'select':
        return this.#select(node)
      case 'has': {
        const operand = this.#known(this.check(node.operand))
        this.#field(operand, node.field, node.at)
        return celType.bool
      }
      case 'index':
        return this.#index(node)
      case 'call':
        return this.#call(node)
      case 'and':
      case 'or':
        for (const operand of node.operands) this.#assert(operand, celType.bool)
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
        return this.#comprehension(node)
      case 'bind': {
        const value = this.check(node.value)
        return this.#within(node, [[node.name, value]], () => this.check(node.body))
      }
      case 'optional-map':
        return this.#optionalMap(node)
    }
  }

  /** The type of a variable or a type's name; undefined where there is none. */
  #name(node: Node, written: string): CelType | undefined {
    const name = written.replace(/^\./, '')
    if (name === written) {
      for (let scope = this.#scope; scope !== undefined; scope = scope.outer) {
        if (scope.name !== name) continue
        this.#references.set(node, { kind: 'slot', slot: scope.slot })
        return scope.type
      }
    }
    const { variables, functions } = this.#options
    const declared = Object.hasOwn(variables, name) ? variables[name] : undefined
    if (declared !== undefined) {
      const variable = this.#variables.get(name) ?? { name, slot: this.#newSlot(), type: declared }
      this.#variables.set(name, variable)
      this.#references.set(node, { kind: 'slot', slot: variable.slot })
      return declared
    }
    const type = languageTypes.get(name) ?? functions.typeNamed(name)
    if (type === undefined) return undefined
    this.#references.set(node, { kind: 'constant', value: new CelTypeValue(name) })
    return celType.type(type)
  }

  #newSlot(): number {
    this.#slots += 1
    return this.#slots - 1
  }

  /** Checks something inside the scope of variables that `node` brings. */
  #within(node: Node, variables: readonly (readonly [name: string, type: CelType])[], body: () => CelType): CelType {
    const outer = this.#scope
    const slots: number[] = []
    for (const [name, type] of variables) {
      const slot = this.#newSlot()
      slots.push(slot)
      this.#scope = { name, type, slot, outer: this.#scope }
    }
    this.#locals.set(node, slots)
    const type = body()
    this.#scope = outer
    return type
  }

  #select(node: Node & { readonly kind: 'select' }): CelType {
    const qualified = node.optional ? undefined : this.#qualifiedName(node)
    if (qualified !== undefined) {
      const type = this.#name(node, qualified)
      if (type !== undefined) return type
    }
    const operand = this.#known(this.check(node.operand))
    const field = this.#field(operand, node.field, node.at)
    if (!node.optional) return field
    return field.kind === 'optional' ? field : celType.optional(field)
  }

  /** `a.b.c` as one name, unless `a` is a variable of a macro. */
  #qualifiedName(node: Node): string | undefined {
    if (node.kind === 'identifier') {
      for (let scope = this.#scope; scope !== undefined; scope = scope.outer) if (scope.name === node.name) return undefined
      return node.name
    }
    if (node.kind !== 'select' || node.optional) return undefined
    const operand = this.#qualifiedName(node.operand)
    return operand === undefined ? undefined : `${operand}.${node.field}`
  }

  #field(operand: CelType, field: string, at: number): CelType {
    switch (operand.kind) {
      case 'map':
        return operand.value
      case 'object': {
        const type = operand.field(field)?.type
        return type ?? this.#report('type', `undefined field '${field}'`, at)
      }
      case 'optional': {
        const inner = this.#field(this.#known(operand.of), field, at)
        return inner.kind === 'optional' ? inner : celType.optional(inner)
      }
      case 'parameter':
        this.#inference.assignable([celType.dyn], [operand])
        return celType.dyn
      default:
        if (isDyn(operand)) return celType.dyn
        return this.#report('type', `type '${formatType(operand)}' does not support field selection`, at)
    }
  }

  #index(node: Node & { readonly kind: 'index' }): CelType {
    const operand = this.#known(this.check(node.operand))
    const index = this.check(node.index)
    const inner = operand.kind === 'optional' ? this.#known(operand.of) : operand
    const element = this.#element(inner, index)
    if (element === undefined) return this.#noOverload(node.optional ? '_[?_]' : '_[_]', [operand, index], false, node.at)
    // Upstream does not know which of its overloads is meant.
    if (node.optional && isDyn(operand)) return celType.dyn
    if (!node.optional && operand.kind !== 'optional') return element
    return celType.optional(element)
  }

  #element(container: CelType, index: CelType): CelType | undefined {
    if (container.kind === 'list') return this.#inference.assignable([celType.int], [index]) ? container.element : undefined
    if (container.kind === 'map') return this.#inference.assignable([container.key], [index]) ? container.value : undefined
    if (isDyn(container)) return celType.dyn
    if (container.kind !== 'parameter') return undefined
    const element = this.#inference.fresh()
    return this.#inference.assignable([celType.list(element)], [container]) ? element : undefined
  }

  #call(node: Node & { readonly kind: 'call' }): CelType {
    const { overloads } = this.#options.functions
    const name = node.name.replace(/^\./, '')
    if (node.target === undefined) {
      const types = node.args.map((arg) => this.check(arg))
      const candidates = overloads.get(name)
      if (candidates === undefined) return this.#undeclared(name, node.at)
      return this.#resolve(node, { candidates, args: node.args, types, member: false })
    }
    const namespace = this.#qualifiedName(node.target)?.replace(/^\./, '')
    const inNamespace = namespace === undefined ? undefined : overloads.get(`${namespace}.${name}`)
    if (inNamespace !== undefined) {
      const types = node.args.map((arg) => this.check(arg))
      return this.#resolve(node, { candidates: inNamespace, args: node.args, types, member: false })
    }
    const args = [node.target, ...node.args]
    const types = args.map((arg) => this.check(arg))
    const candidates = overloads.get(name)
    if (candidates === undefined) return this.#undeclared(name, node.at)
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
      const [returned = celType.dyn, ...parameters] = this.#inference.instantiate([candidate.result, ...candidate.parameters])
      if (!this.#inference.assignable(parameters, call.types)) continue
      fitting.push(candidate)
      const type = this.#known(returned)
      if (result === undefined) result = type
      else if (formatType(result) !== formatType(type)) result = celType.dyn
    }
    this.#calls.set(node, { overloads: fitting, args: call.args })
    const [first] = call.candidates
    if (result === undefined) return this.#noOverload(first?.name ?? '', call.types, call.member, node.at)
    return this.#withIdentity(node, call.types, result)
  }

  /** `+` keeps the list type of its left side: that of a set is a set. */
  #withIdentity(node: Node, [left]: readonly CelType[], result: CelType): CelType {
    if (node.kind !== 'call' || node.name !== '_+_' || left?.kind !== 'list' || left.identity === undefined || result.kind !== 'list')
      return result
    return { ...result, identity: left.identity }
  }

  #noOverload(name: string, types: readonly CelType[], member: boolean, at: number): CelType {
    const shown = types.map((type) => formatType(this.#inference.resolve(type, 'dyn')))
    const signature = member ? `${shown[0] ?? ''}.(${shown.slice(1).join(', ')})` : `(${shown.join(', ')})`
    return this.#report('type', `found no matching overload for '${name}' applied to '${signature}'`, at)
  }

  #conditional(node: Node & { readonly kind: 'conditional' }): CelType {
    const types = [node.condition, node.consequent, node.otherwise].map((part) => this.check(part))
    const result = this.#inference.fresh()
    if (!this.#inference.assignable([celType.bool, result, result], types)) return this.#noOverload('_?_:_', types, false, node.at)
    return this.#known(result)
  }

  /** The one type of several items: the more general of two that fit, else dyn. */
  #join(known: CelType | undefined, next: CelType): CelType {
    if (known === undefined) return next
    if (this.#inference.assignable([known], [next])) return this.#inference.moreGeneral(known, next)
    return celType.dyn
  }

  #optionalItem(value: Node, optional: boolean): CelType {
    const type = this.check(value)
    if (!optional) return type
    const inner = this.#inference.fresh()
    if (this.#inference.assignable([celType.optional(inner)], [type])) return this.#known(inner)
    this.#mismatch(celType.optional(type), type, value.at)
    return type
  }

  #list(node: Node & { readonly kind: 'list' }): CelType {
    let element: CelType | undefined
    for (const { value, optional } of node.items) element = this.#join(element, this.#optionalItem(value, optional))
    return celType.list(element ?? this.#inference.fresh())
  }

  #map(node: Node & { readonly kind: 'map' }): CelType {
    let key: CelType | undefined
    let value: CelType | undefined
    for (const entry of node.entries) {
      key = this.#join(key, this.check(entry.key))
      value = this.#join(value, this.#optionalItem(entry.value, entry.optional))
    }
    return celType.map(key ?? this.#inference.fresh(), value ?? this.#inference.fresh())
  }

  #struct(node: Node & { readonly kind: 'struct' }): CelType {
    const name = node.name.replace(/^\./, '')
    const type = this.#options.functions.typeNamed(name)
    if (type === undefined) return this.#undeclared(name, node.at)
    for (const field of node.fields) {
      const found = this.#optionalItem(field.value, field.optional)
      const declared = type?.kind === 'object' ? type.field(field.name)?.type : undefined
      if (type?.kind === 'object' && declared === undefined) this.#report('type', `undefined field '${field.name}'`, field.at)
      if (declared !== undefined && !this.#inference.assignable([declared], [found])) {
        this.#report(
          'type',
          `expected type of field '${field.name}' is '${formatType(declared)}' but provided type is '${formatType(this.#known(found))}'`,
          field.at,
        )
      }
    }
    return type.kind === 'object' ? type : this.#report('type', `'${name}' is not a message type`, node.at)
  }

  #comprehension(node: Comprehension): CelType {
    const range = this.#known(this.check(node.range))
    const [first, second] = this.#iterated(range, node)
    const variables: (readonly [string, CelType])[] =
      node.second === undefined
        ? [[node.first, first]]
        : [
            [node.first, range.kind === 'list' ? celType.int : first],
            [node.second, second],
          ]
    return this.#within(node, variables, () => this.#comprehensionResult(node, node.second === undefined ? first : second, range))
  }

  /** What a macro walks over: items of a list, or the keys and values of a map. */
  #iterated(range: CelType, node: Comprehension): readonly [CelType, CelType] {
    switch (range.kind) {
      case 'list':
        return [range.element, range.element]
      case 'map':
        return [range.key, range.value]
      case 'parameter':
        this.#inference.assignable([celType.dyn], [range])
        return [celType.dyn, celType.dyn]
      default:
        if (isDyn(range)) return [celType.dyn, celType.dyn]
        this.#report(
          'type',
          `expression of type '${formatType(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`,
          node.range.at,
        )
        return [celType.error, celType.error]
    }
  }

  #comprehensionResult(node: Comprehension, item: CelType, range: CelType): CelType {
    const { predicate, transform } = node
    switch (node.macro) {
      case 'all':
      case 'exists':
        if (predicate !== undefined) this.#assert(predicate, celType.bool)
        return celType.bool
      case 'existsOne':
        this.#condition(predicate, celType.int, node)
        return celType.bool
      case 'filter':
        this.#condition(predicate, celType.list(item), node)
        return celType.list(item)
      case 'map':
      case 'transformList': {
        const condition = predicate === undefined ? undefined : this.check(predicate)
        const result = celType.list(transform === undefined ? celType.dyn : this.check(transform))
        this.#conditionFits(condition, result, node)
        return result
      }
      case 'transformMap': {
        const condition = predicate === undefined ? undefined : this.check(predicate)
        const key = range.kind === 'map' ? range.key : range.kind === 'list' ? celType.int : celType.dyn
        const result = celType.map(key, transform === undefined ? celType.dyn : this.check(transform))
        this.#conditionFits(condition, result, node)
        return result
      }
      case 'transformMapEntry': {
        const condition = predicate === undefined ? undefined : this.check(predicate)
        const result = transform === undefined ? celType.dyn : this.check(transform)
        const expected = celType.map(this.#inference.fresh(), this.#inference.fresh())
        if (!this.#inference.assignable([expected], [result])) {
          return this.#noOverload('cel.@mapInsert', [celType.map(celType.dyn, celType.dyn), result], false, node.at)
        }
        this.#conditionFits(condition, result, node)
        return this.#known(expected)
      }
    }
  }

  #condition(predicate: Node | undefined, result: CelType, node: Node): void {
    this.#conditionFits(predicate === undefined ? undefined : this.check(predicate), result, node)
  }

  /** A macro's condition is that of a conditional: so is the message. */
  #conditionFits(condition: CelType | undefined, result: CelType, node: Node): void {
    if (condition === undefined || this.#inference.assignable([celType.bool], [condition])) return
    this.#noOverload('_?_:_', [condition, result, result], false, node.at)
  }

  #optionalMap(node: Node & { readonly kind: 'optional-map' }): CelType {
    const operand = this.check(node.operand)
    const inner = this.#inference.fresh()
    if (!this.#inference.assignable([celType.optional(inner)], [operand])) {
      this.#noOverload('hasValue', [operand], true, node.at)
      this.#noOverload('value', [operand], true, node.at)
    }
    const body = this.#within(node, [[node.name, this.#known(inner)]], () => this.check(node.body))
    if (!node.flat) return celType.optional(body)
    const flat = this.#inference.fresh()
    if (this.#inference.assignable([celType.optional(flat)], [body])) return celType.optional(this.#known(flat))
    return this.#noOverload('_?_:_', [celType.bool, body, celType.optional(celType.parameter('_var0'))], false, node.at)
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
