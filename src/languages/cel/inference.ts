import type { CelType } from './types.ts'
import { celType, isDyn, sameType } from './types.ts'

/** Works out what type parameters stand for while an expression is checked. */
export class Inference {
  #known = new Map<string, CelType>()
  #fresh = 0

  /** A parameter that nothing else mentions. */
  fresh(): CelType {
    const type = celType.parameter(`_var${this.#fresh}`)
    this.#fresh += 1
    return type
  }

  /** A copy of a signature's types in which every parameter is fresh. */
  instantiate(types: readonly CelType[]): readonly CelType[] {
    const names = new Map<string, CelType>()
    return types.map((type) => this.#renamed(type, names))
  }

  #renamed(type: CelType, names: Map<string, CelType>): CelType {
    return mapType(type, (name) => {
      const known = names.get(name) ?? this.fresh()
      names.set(name, known)
      return known
    })
  }

  /** The type with what is known of its parameters. What is not known stays a parameter, or becomes dyn. */
  resolve(type: CelType, unknown: 'keep' | 'dyn'): CelType {
    return mapType(type, (name, parameter) => {
      const known = this.#known.get(name)
      if (known !== undefined) return this.resolve(known, unknown)
      return unknown === 'dyn' ? celType.dyn : parameter
    })
  }

  /** Whether `from` may be used where `to` is wanted, for all of them; what that says of parameters is remembered only if it is so. */
  assignable(to: readonly CelType[], from: readonly CelType[]): boolean {
    if (to.length !== from.length) return false
    const before = new Map(this.#known)
    const fits = to.every((type, index) => this.#fits(type, from[index] ?? celType.dyn))
    if (!fits) this.#known = before
    return fits
  }

  #fits(to: CelType, from: CelType): boolean {
    if (from.kind === 'parameter') {
      const [fits, isKnown] = this.#substitutes(to, from)
      if (fits) return true
      if (isKnown) return false
    }
    if (to.kind === 'parameter') return this.#substitutes(from, to)[0]
    if (isDyn(to) || isDyn(from)) return true
    if (from.kind === 'null') return to.kind === 'null' || isNullable(to)
    if (to.kind === 'null') return isNullable(from)
    return this.#fitsKind(to, from)
  }

  #fitsKind(to: CelType, from: CelType): boolean {
    switch (to.kind) {
      case 'wrapper':
        return this.#fits(to.of, from.kind === 'wrapper' ? from.of : from)
      case 'list':
        return from.kind === 'list' && this.#fits(to.element, from.element)
      case 'map':
        return from.kind === 'map' && this.#fits(to.key, from.key) && this.#fits(to.value, from.value)
      case 'optional':
        return from.kind === 'optional' && this.#fits(to.of, from.of)
      case 'type':
        return from.kind === 'type'
      case 'object':
      case 'opaque':
        return from.kind === to.kind && from.name === to.name
      default:
        return from.kind === 'wrapper' ? from.of.kind === to.kind : from.kind === to.kind
    }
  }

  /** Whether the parameter may stand for the type, and whether it already stands for something. */
  #substitutes(type: CelType, parameter: CelType & { readonly kind: 'parameter' }): readonly [fits: boolean, isKnown: boolean] {
    if (sameType(type, parameter)) return [true, true]
    const known = this.#known.get(parameter.name)
    if (known === undefined) {
      if (this.#mentions(type, parameter.name)) return [false, false]
      this.#known.set(parameter.name, type)
      return [true, false]
    }
    if (sameType(type, known)) return [true, true]
    if (!this.#fits(type, known)) return [false, true]
    const general = this.moreGeneral(type, known)
    if (!this.#mentions(general, parameter.name)) this.#known.set(parameter.name, general)
    return [true, true]
  }

  #mentions(type: CelType, name: string): boolean {
    let found = false
    mapType(type, (other, parameter) => {
      const known = this.#known.get(other)
      found ||= other === name || (known !== undefined && this.#mentions(known, name))
      return parameter
    })
    return found
  }

  /** Of two types that fit, the one that says less. */
  moreGeneral(a: CelType, b: CelType): CelType {
    return this.#isLessSpecific(a, b) ? a : b
  }

  #isLessSpecific(a: CelType, b: CelType): boolean {
    if (isDyn(a) || a.kind === 'parameter') return true
    if (isDyn(b) || b.kind === 'parameter') return false
    // Of a null and what may be null, the later one is taken.
    if (a.kind === 'null' || b.kind === 'null') return a.kind === b.kind
    if (a.kind === 'wrapper' && b.kind !== 'wrapper') return true
    if (a.kind === 'list' && b.kind === 'list') return this.#isLessSpecific(a.element, b.element)
    if (a.kind === 'map' && b.kind === 'map') return this.#isLessSpecific(a.key, b.key) && this.#isLessSpecific(a.value, b.value)
    if (a.kind === 'optional' && b.kind === 'optional') return this.#isLessSpecific(a.of, b.of)
    return sameType(a, b)
  }
}

const nullable: ReadonlySet<CelType['kind']> = new Set(['object', 'opaque', 'wrapper', 'timestamp', 'duration', 'optional'])
const isNullable = (type: CelType): boolean => nullable.has(type.kind)

/** The type with its parameters replaced. */
function mapType(type: CelType, replace: (name: string, parameter: CelType) => CelType): CelType {
  switch (type.kind) {
    case 'parameter':
      return replace(type.name, type)
    case 'list': {
      const element = mapType(type.element, replace)
      return element === type.element ? type : { ...type, element }
    }
    case 'map': {
      const key = mapType(type.key, replace)
      const value = mapType(type.value, replace)
      return key === type.key && value === type.value ? type : { kind: 'map', key, value }
    }
    case 'optional':
    case 'wrapper': {
      const of = mapType(type.of, replace)
      return of === type.of ? type : { kind: type.kind, of }
    }
    case 'type':
      return type.of === undefined ? type : celType.type(mapType(type.of, replace))
    default:
      return type
  }
}
