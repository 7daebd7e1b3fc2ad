import type { Json, JsonPath } from '../core/json.ts'
import type { Source } from '../core/source.ts'
import type { KubeObject } from './object.ts'

/**
 * One YAML or JSON document of a file, with what is needed to point back into it.
 * `start` and `end` are offsets of the document's text in `source.text`; `base` is where `value` stands inside
 * that document (an item of a `List` has `['items', 3]`).
 */
export interface Document {
  readonly source: Source
  readonly start: number
  readonly end: number
  readonly base: JsonPath
  readonly value: Json
}

/** A document that is a Kubernetes object: what a user wrote, before anything is compiled from it. */
export interface Manifest {
  readonly object: KubeObject
  readonly document: Document
}
