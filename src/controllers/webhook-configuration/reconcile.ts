import type { JsonObject } from '../../core/json.ts'
import { ownValue } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf } from '../../kube/object.ts'
import type { Status } from '../../kube/status.ts'
import type { Api } from '../api.ts'
import { covers, replacing } from '../api.ts'

const plurals: Readonly<Record<string, string>> = {
  ValidatingWebhookConfiguration: 'validatingwebhookconfigurations',
  MutatingWebhookConfiguration: 'mutatingwebhookconfigurations',
}

const collection = (kind: string): string => `/apis/admissionregistration.k8s.io/v1/${plurals[kind] ?? ''}`
const pathOf = (object: KubeObject): string => `${collection(object.kind)}/${nameOf(object)}`

/** Brings each configuration to what it should be: made if it is missing, put back if somebody changed it. The errors are those of the API server. */
export async function reconcileWebhooks(api: Api, wanted: readonly KubeObject[]): Promise<readonly Status[]> {
  const failed: Status[] = []
  for (const configuration of wanted) {
    const actual = await api.call({ method: 'GET', path: pathOf(configuration) })
    if (!actual.ok && actual.error.code !== 404) {
      failed.push(actual.error)
      continue
    }
    if (actual.ok && isAsWanted(actual.value, configuration)) continue
    const done = actual.ok
      ? await api.call({ method: 'PUT', path: pathOf(configuration), body: replacing(configuration, actual.value) })
      : await api.call({ method: 'POST', path: collection(configuration.kind), body: configuration })
    if (!done.ok) failed.push(done.error)
  }
  return failed
}

/** A configuration that wants no webhooks must have none left. */
function isAsWanted(actual: JsonObject, wanted: KubeObject): boolean {
  return covers(actual, wanted) && (Object.hasOwn(wanted, 'webhooks') || (ownValue(actual, 'webhooks') ?? null) === null)
}

/** Takes the configurations away, so that a cluster without Kanon is not held up by it. */
export async function removeWebhooks(api: Api, configurations: readonly KubeObject[]): Promise<void> {
  await Promise.all(configurations.map((configuration) => api.call({ method: 'DELETE', path: pathOf(configuration) })))
}
