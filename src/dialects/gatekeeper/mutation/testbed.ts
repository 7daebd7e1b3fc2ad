import type { Json, JsonObject } from '../../../core/json.ts'
import { isJsonObject } from '../../../core/json.ts'
import type { Manifest } from '../../../kube/manifest.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { isKubeObject, namespaceOf } from '../../../kube/object.ts'
import { loadDocuments, loadValue, toManifests } from '../../../kube/yaml/yaml.ts'
import type { Facts, Question } from '../../../policy/facts.ts'
import { compileMutator } from './compile.ts'
import type { MutationTarget, Mutator } from './mutator.ts'
import { createMutationSystem } from './system.ts'

/** What the tests of mutation and expansion share. */

/** A world in which everything is known: what `answers` says, and that there is nothing else. */
export const factsOf = (answers: (question: Question) => Json | undefined = () => undefined): Facts => ({
  read: (question) => {
    const value = answers(question)
    return value === undefined ? { known: false, reason: 'there is none' } : { known: true, value }
  },
  missing: [],
})

export function valueOf(yaml: string): Json {
  const value = loadValue(yaml)
  if (!value.ok) throw new Error(value.error)
  return value.value
}

export function manifestsOf(text: string): readonly Manifest[] {
  const { documents, diagnostics } = loadDocuments({ name: 'mutators.yaml', text })
  if (diagnostics[0] !== undefined) throw new Error(diagnostics[0].message)
  return toManifests(documents).manifests
}

export function manifestOf(text: string): Manifest {
  const [manifest] = manifestsOf(text)
  if (manifest === undefined) throw new Error(`no manifest: ${text}`)
  return manifest
}

const pods = 'applyTo: [{groups: [""], versions: [v1], kinds: [Pod]}]'

/** The text of a mutator of Pods. `rest` is parts of its spec beside `applyTo` and `location`, in flow style. */
export function mutatorText(kind: string, location: string, rest: string, name = 'm'): string {
  const version = kind === 'AssignImage' ? 'v1alpha1' : 'v1'
  const applyTo = kind === 'AssignMetadata' || rest.includes('applyTo') ? '' : `${pods}, `
  return `apiVersion: mutations.gatekeeper.sh/${version}\nkind: ${kind}\nmetadata: {name: '${name}'}\nspec: {${applyTo}location: ${JSON.stringify(location)}, ${rest}}\n`
}

export const assignText = (location: string, value: string, rest = '', name = 'm'): string =>
  mutatorText('Assign', location, `parameters: {assign: {value: ${value}}, ${rest}}`, name)

export function mutatorsOf(text: string): readonly Mutator[] {
  return manifestsOf(text).map((manifest) => {
    const mutator = compileMutator(manifest)
    if (!mutator.ok) throw new Error(mutator.error.message)
    return mutator.value
  })
}

/** The message with which a mutator is refused. */
export function refusalOf(text: string): string | undefined {
  const mutator = compileMutator(manifestOf(text))
  return mutator.ok ? undefined : mutator.error.message
}

/** A Pod called `p` in namespace `nn` with this spec. */
export function podOf(spec: string, metadata = ''): KubeObject {
  const value = valueOf(`{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: nn, ${metadata}}, spec: ${spec}}`)
  if (!isKubeObject(value)) throw new Error('no object')
  return value
}

export const targetFor = (object: KubeObject, more: Partial<MutationTarget> = {}): MutationTarget => ({
  id: 'UUID',
  object,
  namespace: namespaceOf(object),
  namespaceLabels: () => ({ team: 'a' }),
  source: 'Original',
  operation: 'CREATE',
  username: 'alice',
  ...more,
})

/** What mutators make of a Pod with this spec: its spec, or the error. */
export function mutated(mutators: string, spec: string, facts: Facts = factsOf()): Json {
  const outcome = createMutationSystem(mutatorsOf(mutators)).mutate(targetFor(podOf(spec)), facts)
  return outcome.ok ? specOf(outcome.value.object) : outcome.error
}

export const specOf = (object: JsonObject): Json => {
  const spec = object['spec'] ?? null
  return isJsonObject(spec) ? spec : null
}
