import { isJsonArray, isJsonObject, ownValue } from '../../core/json.ts'
import type { Json } from '../../core/json.ts'
import type { Document, Manifest } from '../manifest.ts'
import { isKubeObject } from '../object.ts'

/** Lists in lists are not Kubernetes, but nothing forbids a file to have them. */
const listDepth = 8

/** The Kubernetes objects among documents, those in lists included, and everything else. */
export function toManifests(documents: readonly Document[]): { manifests: readonly Manifest[]; others: readonly Document[] } {
  const manifests: Manifest[] = []
  const others: Document[] = []
  for (const document of documents) sort(document, listDepth, { manifests, others })
  return { manifests, others }
}

function sort(document: Document, depth: number, into: { manifests: Manifest[]; others: Document[] }): void {
  const { value } = document
  const items = depth > 0 ? itemsOf(value) : undefined
  if (items !== undefined) {
    items.forEach((item, index) => sort({ ...document, base: [...document.base, 'items', index], value: item }, depth - 1, into))
  } else if (isKubeObject(value)) into.manifests.push({ object: value, document })
  else into.others.push(document)
}

/** The items of a `List`, or of any kind that ends so and has a list of items: `PodList`, `ConfigMapList`. */
function itemsOf(value: Json): readonly Json[] | undefined {
  if (!isJsonObject(value) || !isKubeObject(value) || !value.kind.endsWith('List')) return undefined
  const items = ownValue(value, 'items')
  return isJsonArray(items) ? items : undefined
}
