import { formatValue } from '../../../core/go-format.ts'
import type { JsonObject } from '../../../core/json.ts'
import { isJsonObject, ownValue, setOwn } from '../../../core/json.ts'
import { objectField, stringField } from '../../../core/fields.ts'
import type { Manifest } from '../../../kube/manifest.ts'
import { nameOf } from '../../../kube/object.ts'
import { isExpansionTemplate } from '../expansion/kind.ts'
import { isMutator } from '../mutation/check.ts'
import { conversionProblem, decodingProblem } from './go-shape.ts'
import { expansionShape, mutatorShapes, namespaceShape, syncShapes, templateShape } from './go-shapes.ts'
import { kindIn } from './objects.ts'

/** gator has no API server before it: what the types of upstream cannot hold, and what a server would have filled in, is found by reading. */

const templateVersions: readonly string[] = ['v1', 'v1beta1', 'v1alpha1']

/** Why a ConstraintTemplate cannot be read; undefined where it can. */
export function templateProblem(template: JsonObject): string | undefined {
  const { group, version } = kindIn(template)
  if (!templateVersions.includes(version))
    return `adding template: no kind "ConstraintTemplate" is registered for version "${group}/${version}" in scheme "pkg/runtime/scheme.go:111"`
  const problem = decodingProblem(template, templateShape)
  return problem === undefined ? undefined : `adding template: ${problem}`
}

/** Why what says which kinds are synced cannot be read. */
export function syncProblem(objects: readonly JsonObject[]): string | undefined {
  for (const object of objects) {
    const { group, version, kind } = kindIn(object)
    const shape = Object.hasOwn(syncShapes, kind) ? syncShapes[kind] : undefined
    if (shape === undefined) continue
    const word = kind.toLowerCase()
    const unknown = `no kind "${kind}" is registered for version "${group}/${version}" in scheme "pkg/runtime/scheme.go:111"`
    const problem = version === 'v1alpha1' ? decodingProblem(object, shape) : unknown
    if (problem !== undefined) return `converting unstructured ${JSON.stringify(nameOf(object))} to ${word}: adding ${word}: ${problem}`
  }
  return undefined
}

/** Why an object cannot be kept as a Namespace; undefined for everything else. */
export function namespaceProblem(object: JsonObject): string | undefined {
  const { group, version, kind } = kindIn(object)
  if (kind !== 'Namespace' || group !== '' || version !== 'v1' || conversionProblem(object, namespaceShape) === undefined) return undefined
  return 'admission.k8s.gatekeeper.sh: cannot cache non-namespace type: cannot cache Namespace: nil\n'
}

/** Why the mutators and expansions among some manifests cannot be read. */
export function resourceProblem(manifests: readonly Manifest[]): string | undefined {
  for (const manifest of manifests) {
    const shape = isMutator(manifest) ? mutatorShapes[manifest.object.kind] : isExpansionTemplate(manifest) ? expansionShape : undefined
    const problem = shape === undefined ? undefined : conversionProblem(manifest.object, shape)
    if (problem !== undefined) return problem
  }
  return undefined
}

/** A mutator without the defaults of its CustomResourceDefinition: what they would replace is written as it is read. */
export function withoutDefaults(manifest: Manifest): Manifest {
  if (!isMutator(manifest)) return manifest
  const spec = objectField(manifest.object, 'spec')
  const parameters = objectField(spec, 'parameters')
  if (manifest.object.kind === 'ModifySet')
    return stringField(parameters, 'operation') === undefined ? withParameters(manifest, { ...parameters, operation: '' }) : manifest
  const assign = objectField(parameters, 'assign')
  const external = objectField(assign, 'externalData')
  if (external === undefined) return manifest
  return withParameters(manifest, { ...parameters, assign: { ...assign, externalData: lenient(external) } })
}

/** Words that are not known are not refused. */
function lenient(external: JsonObject): JsonObject {
  const [source, policy] = [stringField(external, 'dataSource'), stringField(external, 'failurePolicy')]
  const copy: { [key: string]: JsonObject[string] } = { ...external }
  if (source !== 'Username') setOwn(copy, 'dataSource', 'ValueAtLocation')
  if (policy !== 'UseDefault') setOwn(copy, 'failurePolicy', 'Fail')
  return copy
}

function withParameters(manifest: Manifest, parameters: JsonObject): Manifest {
  const spec = ownValue(manifest.object, 'spec')
  return { ...manifest, object: { ...manifest.object, spec: { ...(isJsonObject(spec) ? spec : {}), parameters } } }
}

/** What `gator test` and `gator expand` say of a number where something else is wanted: to them every number is a float. */
export const withFloatTypes = (message: string): string =>
  message.replaceAll(
    /accessor error: (-?\d+) is of the type int64/g,
    (_, written: string) => `accessor error: ${formatValue(Number(written))} is of the type float64`,
  )
