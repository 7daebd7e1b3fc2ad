import type { Json } from '../core/json.ts'
import type { GroupVersionKind } from '../kube/object.ts'

/**
 * What a policy may ask of the world while it runs. Plain data with a canonical key, so that an answer can be cached, recorded and replayed.
 * `object` asks for one object (answer: the object, or null where there is none); `objects` for a list (names may hold wildcards).
 */
export type Question =
  | { readonly ask: 'object'; readonly apiVersion: string; readonly kind: string; readonly namespace: string; readonly name: string }
  | {
      readonly ask: 'objects'
      readonly apiVersion: string
      readonly kind: string
      readonly namespace: string
      readonly name: string
      readonly selector: Json
    }
  | { readonly ask: 'namespaceLabels'; readonly name: string }
  | { readonly ask: 'apiCall'; readonly method: string; readonly urlPath: string; readonly body: Json }
  | {
      readonly ask: 'service'
      readonly method: string
      readonly url: string
      readonly headers: Json
      readonly body: Json
      readonly caBundle: string
    }
  | { readonly ask: 'image'; readonly reference: string }
  | { readonly ask: 'globalContext'; readonly name: string }
  | { readonly ask: 'hostAddresses'; readonly host: string }
  /** Every object of the kinds. A source that has a set of objects of its own (files) answers with all of them, whatever the kinds. */
  | { readonly ask: 'inventory'; readonly kinds: readonly GroupVersionKind[] }

export type Answer = { readonly known: true; readonly value: Json } | { readonly known: false; readonly reason: string }

/**
 * The facts of one evaluation. `read` is synchronous: a question whose answer is not here yet returns undefined and is
 * remembered in `missing`. An evaluation that leaves `missing` non-empty is void, whatever it returned: the driver fetches
 * the answers and evaluates again.
 */
export interface Facts {
  read(question: Question): Answer | undefined
  readonly missing: readonly Question[]
}

/** Where answers come from: files and mocks, informer caches, the API server. Never rejects: what cannot be had is `known: false` with the reason. */
export interface FactSource {
  fetch(question: Question): Promise<Answer>
}

/** Equal questions have equal keys, whatever order their properties were written in. */
export function questionKey(question: Question): string {
  const known = keys.get(question)
  if (known !== undefined) return known
  const key = canonical(question)
  keys.set(question, key)
  return key
}

/** Some ask the same question of every request. */
const keys = new WeakMap<Question, string>()

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`
}
