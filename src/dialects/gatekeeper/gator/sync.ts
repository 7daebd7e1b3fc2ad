import { compareText } from '../../../core/go-format.ts'
import type { Json, JsonObject } from '../../../core/json.ts'
import { isJsonArray, isJsonObject } from '../../../core/json.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import { annotationsOf, nameOf } from '../../../kube/object.ts'
import type { GatorInput, GatorSync } from '../../../policy/gator.ts'
import { objectField, objectsField, stringField, stringsField } from '../../../core/fields.ts'
import { syncProblem, templateProblem } from './decode.ts'
import { decodingProblem } from './go-shape.ts'
import { clauseFields, requirementsShape } from './go-shapes.ts'
import { isTemplateObject, kindIn } from './objects.ts'

const annotation = 'metadata.gatekeeper.sh/requires-sync-data'

/** Any of these kinds will do; texts are `group/version:kind`. */
type Requirement = readonly string[]

/** Whether what templates say they need is synced and, where that is known, supported by the cluster. */
export function checkSync(inputs: readonly GatorInput[], omitManifest: boolean): GatorSync {
  const values = inputs.map(({ value }) => value)
  const isOf = (group: string, kind: string) => (value: JsonObject) => kindIn(value).group === group && kindIn(value).kind === kind
  const [isSyncSet, isConfig] = [isOf('syncset.gatekeeper.sh', 'SyncSet'), isOf('config.gatekeeper.sh', 'Config')]
  const isManifest = isOf('gvkmanifest.gatekeeper.sh', 'GVKManifest')
  const known = [isSyncSet, isConfig, isManifest, isTemplateObject]
  const skipped = values.filter((value) => !known.some((is) => is(value))).map(nameOf)
  const manifests = values.filter(isManifest)
  const answer = (problem: string | undefined): GatorSync => ({ skipped, assumesAll: omitManifest && manifests.length === 0, problem })
  const misread = syncProblem(values.filter((value) => [isSyncSet, isConfig, isManifest].some((is) => is(value))))
  if (misread !== undefined) return { ...answer(`checking: ${misread}`), assumesAll: false }
  if (manifests.length > 1) return answer(`checking: multiple GVK manifests found; please provide one ${enumerating}`)
  const [manifest] = manifests
  const supported = omitManifest ? undefined : manifest === undefined ? 'missing' : supportedIn(manifest)
  const synced = new Set([
    ...values.filter(isSyncSet).flatMap((value) => kindsIn(objectsField(objectField(value, 'spec'), 'gvks'))),
    ...values.filter(isConfig).flatMap((value) => kindsIn(objectsField(objectField(objectField(value, 'spec'), 'sync'), 'syncOnly'))),
  ])
  const read = values.filter(isTemplateObject).map((template) => ({ name: nameOf(template), requirements: requirementsOf(template) }))
  const wrong = read.flatMap(({ name, requirements }) => (requirements.ok ? [] : [`${name}:\n${requirements.error}\n`]))
  if (wrong.length > 0) return { ...answer(`encountered errors parsing the following templates: \n${wrong.join('')}`), assumesAll: false }
  if (supported === 'missing') return answer(`checking: no GVK manifest found; please provide a ${enumerating}`)
  const isMet = (kinds: Requirement): boolean => kinds.some((kind) => synced.has(kind) && (supported === undefined || supported.has(kind)))
  const unmet = read
    .map(({ name, requirements }) => ({ name, kinds: (requirements.ok ? requirements.value : []).filter((kinds) => !isMet(kinds)) }))
    .filter(({ kinds }) => kinds.length > 0)
    .sort((a, b) => compareText(a.name, b.name))
    .map(({ name, kinds }) => `${name}:\n${kinds.map((each) => `- ${each.join(' OR ')}\n`).join('')}`)
  return answer(unmet.length === 0 ? undefined : `the following requirements were not met: \n${unmet.join('')}`)
}

const enumerating = 'manifest enumerating the GVKs supported by the cluster'

const kindText = (group: string, version: string, kind: string): string => `${group}/${version}:${kind}`

const kindsIn = (entries: readonly JsonObject[] | undefined): readonly string[] =>
  (entries ?? []).map((entry) =>
    kindText(stringField(entry, 'group') ?? '', stringField(entry, 'version') ?? '', stringField(entry, 'kind') ?? ''),
  )

/** `spec.groups` leads from groups over versions to kinds. */
function supportedIn(manifest: JsonObject): ReadonlySet<string> {
  const groups = objectField(objectField(manifest, 'spec'), 'groups') ?? {}
  const kinds = Object.keys(groups).flatMap((group) => {
    const versions = objectField(groups, group) ?? {}
    return Object.keys(versions).flatMap((version) => (stringsField(versions, version) ?? []).map((kind) => kindText(group, version, kind)))
  })
  return new Set(kinds)
}

/** A list of requirements in JSON, that may be quoted once more; each is a list of clauses, any of which will do. */
function requirementsOf(template: JsonObject): Result<readonly Requirement[], string> {
  const problem = templateProblem(template)
  if (problem !== undefined) return err(problem)
  const written = annotationsOf(template)[annotation]
  if (written === undefined) return ok([])
  const text = written.trim().replace(/^"/, '').replace(/"$/, '').trim()
  if (text === '') return err('EOF')
  if (!/^[[{\d-]/.test(text)) return err(`invalid character '${text.charAt(0)}' looking for beginning of value`)
  const value = parseJson(text)
  if (!value.ok) return err(value.error)
  const misread = decodingProblem(value.value, requirementsShape)
  if (misread !== undefined) return err(misread)
  const clauses = listsIn(value.value).map((clause) => listsIn(clause).filter(isJsonObject))
  const unknown = clauses.flat().flatMap((clause) => Object.keys(clause).filter((key) => !clauseFields.has(key)))
  if (unknown[0] !== undefined) return err(`json: unknown field ${JSON.stringify(unknown[0])}`)
  return ok(clauses.map((any) => [...new Set(any.flatMap(clauseKinds))].sort(compareText)))
}

function parseJson(text: string): Result<Json, string> {
  try {
    return ok(JSON.parse(text) as Json)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return err(reason.startsWith('Unexpected end') ? 'unexpected EOF' : reason)
  }
}

const listsIn = (value: Json): readonly Json[] => (isJsonArray(value) ? value : [])

/** Each of the groups with each of the versions and kinds. */
function clauseKinds(clause: JsonObject): readonly string[] {
  const [groups, versions, kinds] = [stringsField(clause, 'groups'), stringsField(clause, 'versions'), stringsField(clause, 'kinds')]
  return (groups ?? []).flatMap((group) =>
    (versions ?? []).flatMap((version) => (kinds ?? []).map((kind) => kindText(group, version, kind))),
  )
}
