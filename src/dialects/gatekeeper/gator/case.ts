import { marshalJson } from '../../../core/go-format.ts'
import type { Json } from '../../../core/json.ts'
import { isJsonObject } from '../../../core/json.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { Document } from '../../../kube/manifest.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { isKubeObject, nameOf, namespaceOf } from '../../../kube/object.ts'
import { reviewFailure } from '../../../policy/gator.ts'
import type { GatorFile, GatorSuiteHost } from '../../../policy/gator.ts'
import { createRequestExpander } from '../expansion/request.ts'
import { stringField } from '../../../core/fields.ts'
import { namespaceProblem } from './decode.ts'
import { kindIn, printKind } from './objects.ts'
import { judge } from '../test-suite/assertions.ts'
import { requestOf } from '../test-suite/requests.ts'
import type { Case } from '../test-suite/suite-file.ts'
import { factsOf } from './facts.ts'
import { createReviewer } from './review.ts'
import type { Prepared } from './verify.ts'

/** Whether the violations of a case are what it asserts. The error is upstream's. */
export function runCase(one: Case, { reviewer, expansions }: Omit<Prepared, 'prints'>, host: GatorSuiteHost): Result<undefined, string> {
  if (one.object === '') return err('invalid Case: must define object')
  if (one.assertions.length === 0) return err('invalid Case: assertions must be non-empty')
  const object = onlyObject(host.read(one.object))
  if (!object.ok) return object
  const inventory: KubeObject[] = []
  for (const path of one.inventory) {
    const file = host.read(path)
    const objects = objectsIn(file)
    if (!objects.ok) return objects
    if (objects.value.length === 0) return err(noObjects(file))
    for (const object of objects.value.map(complete)) {
      const problem = namespaceProblem(object)
      if (problem !== undefined) return err(`unable to add object to data.inventory: ${describe(object)}: ${problem}`)
      inventory.push(object)
    }
  }
  const whole = complete(object.value)
  const request = requestOf(whole, host.now())
  if (!request.ok) return request
  const review = createReviewer([reviewer], {
    facts: factsOf(inventory),
    expand: createRequestExpander(expansions.expander, expansions.mutations),
    clock: host.clock,
  })
  const answer = review(request.value)
  if (!answer.ok) return err(reviewFailure(request.value.object ?? request.value.oldObject ?? whole, answer.error))
  const messages = answer.value.results.map(({ message }) => message)
  for (const assertion of one.assertions) {
    const verdict = judge(assertion, messages)
    if (!verdict.holds) return err(verdict.reason)
  }
  return ok(undefined)
}

const describe = (object: KubeObject): string => `${printKind(kindIn(object))} ${namespaceOf(object)}/${nameOf(object)}`

function onlyObject(file: GatorFile): Result<Document, string> {
  const objects = objectsIn(file)
  if (!objects.ok) return objects
  const [first] = objects.value
  if (first === undefined) return err(noObjects(file))
  if (objects.value.length > 1)
    return err(`object file must contain exactly one object: "${file.name}" defines ${objects.value.length} objects`)
  return ok(first)
}

const noObjects = ({ name }: GatorFile): string => `missing objects: path "${name}" defines no YAML objects`

export function objectsIn({ name, content }: GatorFile): Result<readonly Document[], string> {
  if (content.kind === 'unreadable') return err(content.message)
  if (content.kind === 'malformed') return err(`reading "${name}": invalid yaml: ${content.message}`)
  for (const { value } of content.documents) {
    const why = notAnObject(value)
    if (why !== undefined) return err(`reading "${name}": invalid yaml: ${why}`)
  }
  return ok(content.documents)
}

/** Why a document is no object; undefined where it is one. */
export function notAnObject(value: Json): string | undefined {
  if (!isJsonObject(value)) return notAMap(value)
  return (stringField(value, 'kind') ?? '') === '' ? `Object 'Kind' is missing in '${marshalJson(value)}'` : undefined
}

/** As Go's YAML says it. */
function notAMap(value: Document['value']): string {
  const tag = Array.isArray(value) ? 'seq' : typeof value === 'string' ? 'str' : typeof value === 'boolean' ? 'bool' : 'int'
  const shown = tag === 'seq' ? '' : ` \`${String(value)}\``
  return `yaml: unmarshal errors:\n  line 1: cannot unmarshal !!${tag}${shown} into map[string]interface {}`
}

/** What lacks a version is reviewed as it is. */
export function complete({ value }: Document): KubeObject {
  if (isKubeObject(value)) return value
  const written = isJsonObject(value) ? value : {}
  return { ...written, apiVersion: '', kind: stringField(written, 'kind') ?? '' }
}
