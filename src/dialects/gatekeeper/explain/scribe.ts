import type { Json } from '../../../core/json.ts'
import type { Span } from '../../../core/source.ts'
import type { Manifest } from '../../../kube/manifest.ts'
import { locate, locateInside } from '../../../kube/yaml/yaml.ts'
import type { TraceNode } from '../../../languages/rego/rego.ts'
import type { ExplainedStep, ExplainedValue } from '../../../policy/explain.ts'
import { sourceNamed } from '../template/modules.ts'
import type { PlacedSource } from '../template/template.ts'

/** Turns the search of one template into steps: it knows where the Rego is written, and what it has said. */
export interface RegoScribe {
  readonly manifest: Manifest
  readonly rego: PlacedSource
  /** Steps that may still be made. */
  left: number
  /** Calls of rules that have been shown, with their arguments. */
  readonly calls: Set<string>
  /** Large values that have been shown, with their names. */
  readonly values: Set<string>
}

const mostSteps = 400

export const newScribe = (manifest: Manifest, rego: PlacedSource): RegoScribe => ({
  manifest,
  rego,
  left: mostSteps,
  calls: new Set(),
  values: new Set(),
})

/** Where a rule or expression is written in the manifest. Quotes may hide it: then it is the field that holds the Rego. */
export function placeOfNode({ manifest, rego }: RegoScribe, { source, span }: TraceNode): NonNullable<ExplainedStep['place']> {
  const of = sourceNamed(source.name, rego.source.libs)
  const path = of === 'rego' ? [...rego.path, 'rego'] : [...rego.path, 'libs', of]
  const { document } = manifest
  const found = locateInside(document, path, source.text, firstLine(source.text, span))
  return { source: document.source, span: found.start === locate(document, path, 'value').start ? locate(document, path, 'key') : found }
}

/** Lines are indented in a manifest: only within a line texts are the same. */
function firstLine(text: string, { start, end }: Span): Span {
  const line = text.indexOf('\n', start)
  return { start, end: line < 0 || line > end ? end : line }
}

/** Whether a rule has been tried with the same arguments before; notes that it has been now. */
export function isSaidBefore({ calls }: RegoScribe, { source, span }: TraceNode, args: readonly ExplainedValue[]): boolean {
  const key = `${source.name}:${span.start} ${JSON.stringify(args)}`
  const isKnown = calls.has(key)
  calls.add(key)
  return isKnown
}

/** Small values are always shown, large ones once for each name. */
const small = 40

export function isNews({ values }: RegoScribe, name: string, value: Json | undefined): boolean {
  if (typeof value !== 'object' || value === null) return true
  const text = JSON.stringify(value)
  if (text.length <= small) return true
  const key = `${name} ${text}`
  const isNew = !values.has(key)
  values.add(key)
  return isNew
}
