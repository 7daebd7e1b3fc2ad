import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, setOwn } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { isKubeObject, nameOf, namespaceOf } from '../../kube/object.ts'
import type { Facts, Question } from '../../policy/facts.ts'

type Tree = { [key: string]: Json }

/** What of the inventory a policy may see. */
export interface InventoryScope {
  readonly question: Question
  /** Namespaces that are not replicated. */
  readonly isExcluded: (namespace: string) => boolean
}

/** An answer is kept by whoever fetched it, and read by many constraints. */
const trees = new WeakMap<object, JsonObject>()

/** `data.inventory`. Nothing while (or because) it is not known. */
export function inventoryFrom(facts: Facts, { question, isExcluded }: InventoryScope): JsonObject {
  const answer = facts.read(question)
  if (answer === undefined || !answer.known || !isJsonArray(answer.value)) return {}
  const known = trees.get(answer.value)
  if (known !== undefined) return known
  const tree = inventoryOf(answer.value.filter(isKubeObject).filter((object) => !isExcluded(namespaceOf(object))))
  trees.set(answer.value, tree)
  return tree
}

/** `cluster[groupVersion][kind][name]` and `namespace[namespace][groupVersion][kind][name]`. */
export function inventoryOf(objects: readonly KubeObject[]): JsonObject {
  const root: Tree = {}
  for (const object of objects) {
    const namespace = namespaceOf(object)
    const scope = namespace === '' ? branch(root, ['cluster']) : branch(root, ['namespace', namespace])
    setOwn(branch(scope, [object.apiVersion, object.kind]), nameOf(object), object)
  }
  return root
}

/** The tree at a path, made where it is missing. */
function branch(root: Tree, path: readonly string[]): Tree {
  let tree = root
  for (const key of path) {
    let next = Object.hasOwn(tree, key) ? (tree[key] as Tree) : undefined
    if (next === undefined) {
      next = {}
      setOwn(tree, key, next)
    }
    tree = next
  }
  return tree
}
