import type { JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../core/json.ts'
import type { Api } from '../api.ts'
import { replacing } from '../api.ts'

export interface MembershipOptions {
  readonly api: Api
  readonly namespace: string
  /** Unique to this process, and a name for an object. */
  readonly identity: string
  readonly now: () => Date
}

export interface Membership {
  /** Leaves; true if nobody else is there. */
  leave(): Promise<boolean>
}

const label = 'kanon.dev/replica'
const durationSeconds = 15
const renewMilliseconds = 5_000

const specOf = (lease: JsonObject): JsonObject => {
  const spec = ownValue(lease, 'spec')
  return isJsonObject(spec) ? spec : {}
}

function isAlive(lease: JsonObject, now: Date): boolean {
  const { renewTime } = specOf(lease)
  return typeof renewTime === 'string' && Date.parse(renewTime) + durationSeconds * 1000 > now.getTime()
}

/** Every replica keeps a Lease of its own, so that the last one to end knows that it is. */
export function join({ api, namespace, identity, now }: MembershipOptions): Membership {
  const collection = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`
  const name = `kanon-replica-${identity.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-')}`.slice(0, 63).replace(/-+$/, '')
  const path = `${collection}/${name}`
  const lease = (): JsonObject => ({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace, labels: { [label]: 'true' } },
    spec: { holderIdentity: identity, leaseDurationSeconds: durationSeconds, renewTime: `${now().toISOString().slice(0, -1)}000Z` },
  })
  const renew = async (): Promise<void> => {
    const current = await api.call({ method: 'GET', path })
    if (current.ok) await api.call({ method: 'PUT', path, body: replacing(lease(), current.value) })
    else if (current.error.code === 404) await api.call({ method: 'POST', path: collection, body: lease() })
  }
  void renew()
  const timer = setInterval(() => void renew(), renewMilliseconds)
  return {
    leave: async () => {
      clearInterval(timer)
      await api.call({ method: 'DELETE', path })
      const others = await api.call({ method: 'GET', path: `${collection}?labelSelector=${encodeURIComponent(`${label}=true`)}` })
      if (!others.ok) return false
      const { items } = others.value
      const leases = isJsonArray(items) ? items.filter(isJsonObject) : []
      return !leases.some((other) => specOf(other)['holderIdentity'] !== identity && isAlive(other, now()))
    },
  }
}
