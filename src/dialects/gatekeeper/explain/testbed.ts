import { loadDocuments, toManifests } from '../../../kube/yaml/yaml.ts'
import type { Manifest } from '../../../kube/manifest.ts'
import type { ExplainedStep } from '../../../policy/explain.ts'
import { lineAndColumn } from '../../../core/source.ts'

/** What tests of explanations are written with. */
export function manifestsOf(text: string): readonly Manifest[] {
  const { documents, diagnostics } = loadDocuments({ name: 'policies.yaml', text })
  if (diagnostics[0] !== undefined) throw new Error(diagnostics[0].message)
  return toManifests(documents).manifests
}

const marks = { holds: '+', fails: '-', error: '!', 'not-reached': '/', note: '.' } as const

/** The steps as indented lines. */
export function linesOf(steps: readonly ExplainedStep[], depth = 0): readonly string[] {
  return steps.flatMap(({ text, outcome, detail, values, children }) => [
    `${' '.repeat(depth)}${marks[outcome]} ${text}${detail === undefined ? '' : `: ${detail}`}`,
    ...values.map(({ name, value }) => `${' '.repeat(depth + 1)}${name}=${JSON.stringify(value) ?? 'undefined'}`),
    ...linesOf(children, depth + 1),
  ])
}

/** The line of a step, and what is written there. */
export function placeOf({ place }: ExplainedStep): string {
  if (place === undefined) return 'nowhere'
  return `${lineAndColumn(place.source, place.span.start).line}: ${place.source.text.slice(place.span.start, place.span.end)}`
}

export const allSteps = (steps: readonly ExplainedStep[]): readonly ExplainedStep[] =>
  steps.flatMap((step) => [step, ...allSteps(step.children)])
