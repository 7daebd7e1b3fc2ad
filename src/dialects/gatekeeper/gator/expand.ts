import { compareText } from '../../../core/go-format.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { Manifest } from '../../../kube/manifest.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { nameOf } from '../../../kube/object.ts'
import type { Compilation } from '../../../policy/dialect.ts'
import type { GatorInput } from '../../../policy/gator.ts'
import { readConfiguration } from '../config.ts'
import type { Expander } from '../expansion/expand.ts'
import { compileExpansions } from '../expansion/kind.ts'
import { createFileExpander } from '../expansion/request.ts'
import { compileMutators } from '../mutation/policies.ts'
import type { MutationSystem } from '../mutation/system.ts'
import { objectRequest } from '../test-suite/requests.ts'
import { factsOf } from './facts.ts'
import { resourceProblem, withFloatTypes, withoutDefaults } from './decode.ts'
import { isConstraintObject, isTemplateObject, manifestOf } from './objects.ts'

export interface Expansions {
  readonly expander: Expander
  readonly mutations: MutationSystem
}

/** The expansions among some manifests, with the mutators that change what they make. */
export function expansionsIn(manifests: readonly Manifest[]): Result<Expansions, string> {
  const problem = resourceProblem(manifests)
  if (problem !== undefined) return err(`error parsing resources: ${problem}`)
  const mutators = compileMutators(manifests.map(withoutDefaults), { configuration: readConfiguration([]), providers: null })
  const [wrong] = mutators.rejected
  if (wrong !== undefined) return err(`${whileDoing(wrong)}: ${textOf(wrong)}`)
  const { expander, rejected } = compileExpansions(manifests)
  // Of templates that make each other it is the last one that closes the circle.
  const refused = rejected.at(-1)
  if (refused !== undefined) return err(`error upserting template ${nameOf(refused.manifest.object)}: ${textOf(refused)}`)
  return ok({ expander, mutations: mutators.system })
}

/** Mutators that are at odds are found when they are put together. */
const whileDoing = (wrong: Rejected): string =>
  wrong.diagnostics.some(({ message }) => message.startsWith('the following mutators'))
    ? 'error upserting mutator'
    : 'error parsing resources'

type Rejected = Compilation['rejected'][number]

const textOf = ({ diagnostics }: Rejected): string => diagnostics.map(({ message }) => message).join('; ')

const sortKey = (object: KubeObject): string => `${nameOf(object)}${object.apiVersion}${object.kind}`

/** What all objects would make, from the last name with version and kind to the first, as upstream orders it. */
export function expandAll(inputs: readonly GatorInput[], now: Date): Result<readonly KubeObject[], string> {
  const manifests: Manifest[] = []
  for (const input of inputs) {
    const manifest = manifestOf(input)
    if (manifest.ok) manifests.push(manifest.value)
  }
  const expansions = expansionsIn(manifests)
  if (!expansions.ok) return expansions
  const expand = createFileExpander(expansions.value.expander, expansions.value.mutations)
  const facts = factsOf(manifests.map(({ object }) => object))
  const made: KubeObject[] = []
  for (const { object } of manifests) {
    if (isTemplateObject(object) || isConstraintObject(object)) continue
    const expanded = expand(objectRequest(object, now), facts)
    if (!expanded.ok) return err(withFloatTypes(expanded.error))
    for (const one of expanded.value) made.push(one.object)
  }
  return ok(made.sort((a, b) => compareText(sortKey(b), sortKey(a))))
}
