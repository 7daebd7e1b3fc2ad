/** Names that have values. */
export interface Names {
  readonly has: (name: string) => boolean
}

/** Names that have values, and those that get one; the former are not copied. */
export class Overlay implements Names {
  readonly #below: Names
  readonly added = new Set<string>()

  constructor(below: Names, added: Iterable<string>) {
    this.#below = below
    for (const name of added) this.add(name)
  }

  has(name: string): boolean {
    return this.added.has(name) || this.#below.has(name)
  }

  add(name: string): void {
    if (!this.#below.has(name)) this.added.add(name)
  }
}
