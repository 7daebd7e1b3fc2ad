import { booleanField, numberField, objectField, objectsField, stringField } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Manifest } from '../../kube/manifest.ts'
import type { PolicyState } from '../../policy/dialect.ts'

/** Columns of `kubectl get constraints`. */
export const constraintColumns: readonly JsonObject[] = [
  {
    name: 'enforcement-action',
    type: 'string',
    jsonPath: '.spec.enforcementAction',
    description: 'Type of enforcement action',
  },
  { name: 'total-violations', type: 'integer', jsonPath: '.status.totalViolations', description: 'Total number of violations' },
]

/** What the one who enforces is called where upstream names its Pods. */
const pod = 'kanon'
const operations = ['audit', 'mutation-webhook', 'webhook']

function podStatus({ object }: Manifest, uidField: string): JsonObject {
  const metadata = objectField(object, 'metadata')
  return {
    id: pod,
    observedGeneration: numberField(metadata, 'generation') ?? 1,
    operations,
    [uidField]: stringField(metadata, 'uid') ?? '',
  }
}

/** `status` of a template: whether its kind exists, and what is wrong with it. */
export function templateStatus(manifest: Manifest, state: PolicyState): JsonObject {
  const own = { ...podStatus(manifest, 'templateUID'), ...policyGeneration(manifest) }
  if (state.ready) return { created: true, byPod: [own] }
  const code = state.message.includes('rego_parse_error') ? 'ingest_error' : 'create_error'
  return { created: false, byPod: [{ ...own, errors: [{ code, message: state.message }] }] }
}

/** A template may ask to become a ValidatingAdmissionPolicy of the API server. */
function policyGeneration({ object }: Manifest): JsonObject {
  const [target] = objectsField(objectField(object, 'spec'), 'targets') ?? []
  const native = objectsField(target, 'code')?.find((entry) => stringField(entry, 'engine') === 'K8sNativeValidation')
  if (booleanField(objectField(native, 'source'), 'generateVAP') !== true) return {}
  const observedGeneration = numberField(objectField(object, 'metadata'), 'generation') ?? 1
  const warning = 'ValidatingAdmissionPolicy is not generated: the webhook enforces the template'
  return { vapGenerationStatus: { state: 'error', observedGeneration, warning } }
}

/** `status` of a constraint; what scans have found in it stays. */
export function constraintStatus(manifest: Manifest, state: PolicyState): JsonObject {
  const own = podStatus(manifest, 'constraintUID')
  const byPod = state.ready ? [{ ...own, enforced: true }] : [{ ...own, enforced: false, errors: [{ message: state.message }] }]
  const known = objectField(manifest.object, 'status')
  const total = numberField(known, 'totalViolations')
  const violations = objectsField(known, 'violations')
  return { byPod, ...(total === undefined ? {} : { totalViolations: total }), ...(violations === undefined ? {} : { violations }) }
}
