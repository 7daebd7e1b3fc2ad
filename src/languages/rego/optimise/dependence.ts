import type { Dependence, Expression, Group, Step } from '../ir/ir.ts'
import { clausesOf, innerSteps, partsOf, partsOfStep } from '../ir/visit.ts'

/** Parts of the input that stay the same from query to query: keys of the input. */
export type ConstantInput = ReadonlySet<string>

const order: readonly Dependence[] = ['nothing', 'constants', 'query']

/** Finds what groups and expressions depend on. Rules do not depend on themselves: recursion is refused before. */
export class Dependences {
  readonly #constants: ConstantInput
  readonly #groups = new Map<Group, Dependence>()

  constructor(constants: ConstantInput) {
    this.#constants = constants
  }

  ofGroup(group: Group): Dependence {
    const known = this.#groups.get(group)
    if (known !== undefined) return known
    // Nothing asks for this before it is known, unless it depends on itself.
    this.#groups.set(group, 'query')
    const found = this.#findGroup(group)
    this.#groups.set(group, found)
    return found
  }

  #findGroup(group: Group): Dependence {
    let most: Dependence = 'nothing'
    for (const clause of clausesOf(group)) {
      for (let at: typeof clause | undefined = clause; at !== undefined; at = at.otherwise) {
        most = later(most, this.ofSteps(at.body))
        for (const part of [...at.path, at.value]) most = later(most, this.ofExpression(part))
      }
    }
    return most
  }

  ofSteps(steps: readonly Step[]): Dependence {
    let most: Dependence = 'nothing'
    for (const step of steps) {
      if (step.kind === 'with' || step.kind === 'scan-document' || step.kind === 'traced') return 'query'
      if (step.kind === 'relation' && step.builtin.nondeterministic === true) return 'query'
      for (const part of partsOfStep(step)) most = later(most, this.ofExpression(part))
      most = later(most, this.ofSteps(innerSteps(step)))
    }
    return most
  }

  ofExpression(expression: Expression): Dependence {
    if (this.#isConstantInput(expression)) return 'constants'
    switch (expression.kind) {
      case 'input':
      case 'base':
      case 'document':
        return 'query'
      case 'rules':
        return this.ofGroup(expression.group)
      case 'entry':
      case 'function':
        return later(this.ofGroup(expression.group), this.#ofParts(expression))
      case 'builtin':
        return expression.builtin.nondeterministic === true ? 'query' : this.#ofParts(expression)
      case 'comprehension':
        return later(this.ofSteps(expression.body), this.#ofParts(expression))
      default:
        return this.#ofParts(expression)
    }
  }

  #ofParts(expression: Expression): Dependence {
    return partsOf(expression).reduce<Dependence>((most, part) => later(most, this.ofExpression(part)), 'nothing')
  }

  /** `input.parameters`, or `object.get(input, "parameters", …)`. */
  #isConstantInput(expression: Expression): boolean {
    if (expression.kind === 'index') return expression.of.kind === 'input' && this.#isConstantKey(expression.key)
    if (expression.kind !== 'builtin' || expression.builtin.name !== 'object.get') return false
    const [of, key, otherwise] = expression.args
    return (
      of?.kind === 'input' &&
      key !== undefined &&
      this.#isConstantKey(key) &&
      otherwise !== undefined &&
      this.ofExpression(otherwise) !== 'query'
    )
  }

  #isConstantKey(key: Expression): boolean {
    return key.kind === 'constant' && typeof key.value === 'string' && this.#constants.has(key.value)
  }
}

function later(a: Dependence, b: Dependence): Dependence {
  return order.indexOf(a) > order.indexOf(b) ? a : b
}
