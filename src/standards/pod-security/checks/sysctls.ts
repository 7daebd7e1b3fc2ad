import type { Json } from '../../../core/json.ts'
import { isJsonObject } from '../../../core/json.ts'
import type { Check, Demand, Revision } from '../check.ts'
import { forbidden } from '../check.ts'
import { asList, asText, contextPath } from '../pod-view.ts'

/** Sysctls that are of the Pod alone, by the version that allowed them. */
const additions: readonly { readonly since: number; readonly names: readonly string[] }[] = [
  {
    since: 0,
    names: [
      'kernel.shm_rmid_forced',
      'net.ipv4.ip_local_port_range',
      'net.ipv4.tcp_syncookies',
      'net.ipv4.ping_group_range',
      'net.ipv4.ip_unprivileged_port_start',
    ],
  },
  { since: 27, names: ['net.ipv4.ip_local_reserved_ports'] },
  {
    since: 29,
    names: ['net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes'],
  },
  { since: 32, names: ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'] },
  { since: 37, names: ['net.ipv4.tcp_slow_start_after_idle', 'net.ipv4.tcp_notsent_lowat'] },
]

/** Sysctls can turn off protections or reach all containers of a node; those that cannot are allowed. */
export const sysctls: Check = {
  id: 'sysctls',
  level: 'baseline',
  restrictedFields: ['spec.securityContext.sysctls[*].name'],
  allowedValues: `undefined, ${additions.flatMap(({ names }) => names).join(', ')}`,
  revisions: additions.map(({ since }): Revision => ({ since, ...allowOnly(allowedAt(since)) })),
}

function allowedAt(minor: number): ReadonlySet<string> {
  return new Set(additions.filter(({ since }) => since <= minor).flatMap(({ names }) => names))
}

const nameOf = (sysctl: Json): string => (isJsonObject(sysctl) ? (asText(sysctl['name']) ?? '') : '')

function allowOnly(allowed: ReadonlySet<string>): Demand {
  const isForbidden = (sysctl: Json): boolean => !allowed.has(nameOf(sysctl))
  return {
    test: ({ securityContext }) => {
      const all = asList(securityContext['sysctls'])
      if (!all.some(isForbidden)) return undefined
      return { reason: 'forbidden sysctls', detail: all.filter(isForbidden).map(nameOf).join(', ') }
    },
    faults: (pod) =>
      asList(pod.securityContext['sysctls']).flatMap((sysctl, index) =>
        isForbidden(sysctl) ? [forbidden([...contextPath(pod, 'sysctls'), index, 'name'], nameOf(sysctl))] : [],
      ),
  }
}
