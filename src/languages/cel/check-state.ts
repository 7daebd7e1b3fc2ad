import type { CelProblem, Node } from './ast.ts'
import type { Call, Checked, CheckOptions, Reference, Variable } from './checked.ts'
import { Inference } from './inference.ts'
import type { CelType } from './types.ts'
import { celType, formatType } from './types.ts'
import { CelTypeValue } from './values.ts'

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

/** What is known while an expression is checked: names, types and what is wrong. Messages are cel-go's. */
export class CheckState {
  readonly options: CheckOptions
  readonly inference = new Inference()
  readonly types = new Map<Node, CelType>()
  readonly calls = new Map<Node, Call>()
  readonly #references = new Map<Node, Reference>()
  readonly #locals = new Map<Node, readonly number[]>()
  readonly #variables = new Map<string, Variable>()
  readonly #problems: CelProblem[] = []
  #slots = 0
  #scope: Scope | undefined

  constructor(options: CheckOptions) {
    this.options = options
  }

  result(type: CelType): Checked {
    return {
      type: this.inference.resolve(type, 'dyn'),
      typeOf: (node) => this.inference.resolve(this.types.get(node) ?? celType.dyn, 'dyn'),
      references: this.#references,
      calls: this.calls,
      locals: this.#locals,
      variables: [...this.#variables.values()],
      slots: this.#slots,
      problems: this.#problems.toSorted((a, b) => a.at - b.at),
    }
  }

  /** Notes what is wrong; the type of what is. */
  report(code: CelProblem['code'], message: string, at: number): CelType {
    if (this.#problems.length < maximumProblems) this.#problems.push({ code, message, at })
    return celType.error
  }

  /** The type as far as it is known by now. */
  known(type: CelType): CelType {
    return this.inference.resolve(type, 'keep')
  }

  undeclared(name: string, at: number): CelType {
    return this.report('undeclared', `undeclared reference to '${name}' (in container '')`, at)
  }

  /** Reports what is not of the type that it must be. */
  expect(expected: CelType, found: CelType, at: number): void {
    if (!this.inference.assignable([expected], [found])) this.mismatch(expected, found, at)
  }

  mismatch(expected: CelType, found: CelType, at: number): void {
    const [wanted, given] = [expected, found].map((type) => formatType(this.inference.resolve(type, 'dyn')))
    this.report('type', `expected type '${wanted}' but found '${given}'`, at)
  }

  /** The type of a variable or a type's name; undefined where there is none. */
  name(node: Node, written: string): CelType | undefined {
    const name = written.replace(/^\./, '')
    if (name === written) {
      for (let scope = this.#scope; scope !== undefined; scope = scope.outer) {
        if (scope.name !== name) continue
        this.#references.set(node, { kind: 'slot', slot: scope.slot })
        return scope.type
      }
    }
    const { variables, functions } = this.options
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
  within(node: Node, variables: readonly (readonly [name: string, type: CelType])[], body: () => CelType): CelType {
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

  /** `a.b.c` as one name, unless `a` is a variable of a macro. */
  qualifiedName(node: Node): string | undefined {
    if (node.kind === 'identifier') {
      for (let scope = this.#scope; scope !== undefined; scope = scope.outer) if (scope.name === node.name) return undefined
      return node.name
    }
    if (node.kind !== 'select' || node.optional) return undefined
    const operand = this.qualifiedName(node.operand)
    return operand === undefined ? undefined : `${operand}.${node.field}`
  }

  /** Reports a call that no overload fits; of a member call the receiver comes first. */
  noOverload(name: string, types: readonly CelType[], member: boolean, at: number): CelType {
    const shown = types.map((type) => formatType(this.inference.resolve(type, 'dyn')))
    const signature = member ? `${shown[0] ?? ''}.(${shown.slice(1).join(', ')})` : `(${shown.join(', ')})`
    return this.report('type', `found no matching overload for '${name}' applied to '${signature}'`, at)
  }
}
