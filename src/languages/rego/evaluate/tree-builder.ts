import type { RegoValue } from '../values/value.ts'
import { equalValues, ObjectBuilder, SetBuilder, ValueMap } from '../values/value.ts'

type Entry = { readonly kind: 'value'; readonly value: RegoValue } | { readonly kind: 'set'; readonly set: SetBuilder } | TreeBuilder

/** Builds what rules with paths make: nested objects with values and sets at their ends. */
export class TreeBuilder {
  readonly kind = 'tree'
  readonly #entries = new ValueMap<Entry>()

  /** Puts a value at a path, or an element into the set at a path; false where something else is there. */
  insert(path: readonly RegoValue[], value: RegoValue, kind: 'value' | 'set' | 'default'): boolean {
    const [key, ...rest] = path
    if (key === undefined) return false
    const known = this.#entries.get(key)
    if (known !== undefined && kind === 'default' && (rest.length === 0 || known.kind !== 'tree')) return true
    if (rest.length === 0) return kind === 'set' ? this.#addElement(key, known, value) : this.#setValue(key, known, value)
    if (known === undefined) {
      const tree = new TreeBuilder()
      this.#entries.set(key, tree)
      return tree.insert(rest, value, kind)
    }
    return known.kind === 'tree' && known.insert(rest, value, kind)
  }

  build(): RegoValue {
    const builder = new ObjectBuilder()
    for (const [key, entry] of this.#entries.entries()) builder.set(key, built(entry))
    return builder.build()
  }

  #addElement(key: RegoValue, known: Entry | undefined, value: RegoValue): boolean {
    if (known !== undefined && known.kind !== 'set') return false
    const set = known?.set ?? new SetBuilder()
    if (known === undefined) this.#entries.set(key, { kind: 'set', set })
    set.add(value)
    return true
  }

  #setValue(key: RegoValue, known: Entry | undefined, value: RegoValue): boolean {
    if (known !== undefined) return known.kind === 'value' && equalValues(known.value, value)
    this.#entries.set(key, { kind: 'value', value })
    return true
  }
}

function built(entry: Entry): RegoValue {
  switch (entry.kind) {
    case 'value':
      return entry.value
    case 'set':
      return entry.set.build()
    case 'tree':
      return entry.build()
  }
}
