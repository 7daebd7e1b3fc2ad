import type { RegoModule } from '../../../languages/rego/rego.ts'

type Node = Readonly<Record<string, unknown>>

/** A use of `data`: the constant parts of the path after it, and where it stands in the source. */
export interface DataReference {
  readonly path: readonly string[]
  /** As written. */
  readonly text: string
  readonly start: number
  readonly end: number
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null

/** Every reference to `data` in the rules of a module, in order. Imports are told apart by `import`. */
export function dataReferences(module: RegoModule): readonly DataReference[] {
  if (!mentionsData(module)) return []
  const found: Found[] = []
  visit(module.rules, found)
  return found.map(({ path, start, end }) => ({ path, start, end, text: module.source.text.slice(start, end) }))
}

/** Whether the rules of a module may refer to `data`: most do not, and to read a text is much cheaper than to walk what it means. */
export function mentionsData({ source: { text }, imports, package: own }: RegoModule): boolean {
  const elsewhere = [own, ...imports].map(({ span }) => mentionsIn(text.slice(span.start, span.end)))
  return mentionsIn(text) > elsewhere.reduce((sum, count) => sum + count, 0)
}

const mentionsIn = (text: string): number => text.match(/\bdata\b/g)?.length ?? 0

type Found = Omit<DataReference, 'text'>

/** The parser bounds how deep modules nest, so recursion is bounded. */
function visit(value: unknown, found: Found[]): void {
  if (Array.isArray(value)) {
    for (const item of value) if (isNode(item)) visit(item, found)
    return
  }
  if (!isNode(value)) return
  if (value['kind'] === 'ref' && isData(value['head'])) {
    const path = Array.isArray(value['path']) ? (value['path'] as readonly unknown[]) : []
    found.push({ path: constantParts(path), ...spanOf(value) })
    for (const part of path) visit(part, found)
    return
  }
  if (isData(value)) found.push({ path: [], ...spanOf(value) })
  for (const [key, child] of Object.entries(value)) {
    if (isNode(child) && key !== 'span' && key !== 'source') visit(child, found)
  }
}

const isData = (value: unknown): boolean => isNode(value) && value['kind'] === 'var' && value['name'] === 'data'

function spanOf(value: Node): { readonly start: number; readonly end: number } {
  const span = value['span']
  if (!isNode(span) || typeof span['start'] !== 'number' || typeof span['end'] !== 'number') return { start: 0, end: 0 }
  return { start: span['start'], end: span['end'] }
}

function constantParts(path: readonly unknown[]): readonly string[] {
  const parts: string[] = []
  for (const part of path) {
    if (!isNode(part) || part['kind'] !== 'string' || typeof part['value'] !== 'string') break
    parts.push(part['value'])
  }
  return parts
}

/** Whether a module asks for the inventory: replicated objects. */
export const usesInventory = (module: RegoModule): boolean =>
  dataReferences(module).some(({ path }) => path.length === 0 || path[0] === 'inventory')
