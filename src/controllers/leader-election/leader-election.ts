import type { JsonObject } from '../../core/json.ts'
import { isJsonObject, ownValue } from '../../core/json.ts'
import type { Api } from '../api.ts'
import { replacing } from '../api.ts'

export interface ElectionOptions {
  readonly api: Api
  readonly namespace: string
  readonly name: string
  /** Unique to this process. */
  readonly identity: string
  readonly now: () => Date
  readonly onChange: (leads: boolean) => void
}

export interface Election {
  readonly leads: boolean
  /** Gives the lease up, so that another need not wait for its end. */
  stop(): Promise<void>
}

/** Kyverno's times. */
const durationSeconds = 12
const renewSeconds = 10
const retryMilliseconds = 2_000

const microTime = (date: Date): string => `${date.toISOString().slice(0, -1)}000Z`

const specOf = (lease: JsonObject): JsonObject => {
  const spec = ownValue(lease, 'spec')
  return isJsonObject(spec) ? spec : {}
}

/** Whether another holds the lease still. */
export function isHeldByOther(lease: JsonObject, identity: string, now: Date): boolean {
  const { holderIdentity, renewTime, leaseDurationSeconds } = specOf(lease)
  if (typeof holderIdentity !== 'string' || holderIdentity === '' || holderIdentity === identity) return false
  const renewed = typeof renewTime === 'string' ? Date.parse(renewTime) : Number.NaN
  const seconds = typeof leaseDurationSeconds === 'number' ? leaseDurationSeconds : durationSeconds
  return Number.isFinite(renewed) && renewed + seconds * 1000 > now.getTime()
}

/** Elects one of several processes by a Lease. One that cannot renew in time stops leading by itself. */
export function startElection({ api, namespace, name, identity, now, onChange }: ElectionOptions): Election {
  const collection = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`
  const path = `${collection}/${name}`
  let [leads, stopped, lastRenewal] = [false, false, 0]
  let timer: NodeJS.Timeout | undefined

  const set = (value: boolean): void => {
    if (leads === value) return
    leads = value
    onChange(value)
  }
  const leaseFor = (before: JsonObject | undefined): JsonObject => {
    const spec = before === undefined ? {} : specOf(before)
    const same = spec['holderIdentity'] === identity
    const transitions = typeof spec['leaseTransitions'] === 'number' ? spec['leaseTransitions'] : 0
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, namespace },
      spec: {
        holderIdentity: identity,
        leaseDurationSeconds: durationSeconds,
        acquireTime: same ? (spec['acquireTime'] ?? microTime(now())) : microTime(now()),
        renewTime: microTime(now()),
        leaseTransitions: same ? transitions : transitions + (before === undefined ? 0 : 1),
      },
    }
  }
  const tryOnce = async (): Promise<void> => {
    const current = await api.call({ method: 'GET', path })
    if (current.ok && isHeldByOther(current.value, identity, now())) return set(false)
    const done = current.ok
      ? await api.call({ method: 'PUT', path, body: replacing(leaseFor(current.value), current.value) })
      : current.error.code === 404
        ? await api.call({ method: 'POST', path: collection, body: leaseFor(undefined) })
        : current
    if (stopped) return
    if (done.ok) {
      lastRenewal = now().getTime()
      set(true)
    } else if (done.error.code === 409 || now().getTime() - lastRenewal > renewSeconds * 1000) set(false)
  }
  const loop = async (): Promise<void> => {
    await tryOnce()
    if (!stopped) timer = setTimeout(() => void loop(), retryMilliseconds)
  }
  void loop()

  return {
    get leads() {
      return leads
    },
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      if (!leads) return
      set(false)
      const current = await api.call({ method: 'GET', path })
      if (!current.ok || specOf(current.value)['holderIdentity'] !== identity) return
      const released = { ...current.value, spec: { ...specOf(current.value), holderIdentity: '', leaseDurationSeconds: 1 } }
      await api.call({ method: 'PUT', path, body: released })
    },
  }
}
