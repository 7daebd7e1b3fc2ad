import { any, choice, list, object, string, stringMap, strings } from './shape.ts'

/** What policies and exceptions share: label selectors, match blocks, conditions, Pod Security exclusions. */

export const labelSelector = object({
  matchExpressions: list(
    object({ key: string, operator: choice('In', 'NotIn', 'Exists', 'DoesNotExist'), values: strings }, ['key', 'operator']),
  ),
  matchLabels: stringMap,
})

const filterFields = {
  clusterRoles: strings,
  resources: object({
    annotations: stringMap,
    kinds: strings,
    name: string,
    names: strings,
    namespaceSelector: labelSelector,
    namespaces: strings,
    operations: list(choice('CREATE', 'CONNECT', 'UPDATE', 'DELETE')),
    selector: labelSelector,
  }),
  roles: strings,
  subjects: list(object({ apiGroup: string, kind: string, name: string, namespace: string }, ['kind', 'name'])),
}

const filters = list(object(filterFields))

export const match = object({ all: filters, any: filters })

/** The older form, with the filter written directly, is kept by `kyverno.io/v1` alone. */
export const matchOrFilter = object({ all: filters, any: filters, ...filterFields })

export const operators = [
  'Equals',
  'NotEquals',
  'Equal',
  'NotEqual',
  'AnyIn',
  'AllIn',
  'AnyNotIn',
  'AllNotIn',
  'In',
  'NotIn',
  'GreaterThan',
  'GreaterThanOrEquals',
  'LessThan',
  'LessThanOrEquals',
  'DurationGreaterThan',
  'DurationGreaterThanOrEquals',
  'DurationLessThan',
  'DurationLessThanOrEquals',
] as const

const conditions = list(object({ key: any, message: string, operator: choice(...operators), value: any }))
export const anyAllConditions = object({ all: conditions, any: conditions })

/** Each control and where it is looked for: exclusions of container-level ones name images, of Pod-level ones must not. */
export const podSecurityControls = {
  AppArmor: 'either',
  Capabilities: 'container',
  'Host Namespaces': 'pod',
  'Host Ports': 'container',
  'HostPath Volumes': 'pod',
  HostProcess: 'either',
  'Privilege Escalation': 'container',
  'Privileged Containers': 'container',
  'Running as Non-root': 'either',
  'Running as Non-root user': 'either',
  SELinux: 'either',
  Seccomp: 'either',
  Sysctls: 'pod',
  'Volume Types': 'pod',
  '/proc Mount Type': 'container',
} as const satisfies Readonly<Record<string, 'container' | 'pod' | 'either'>>

export const podSecurityExclusion = object(
  { controlName: choice(...Object.keys(podSecurityControls)), images: strings, restrictedField: string, values: strings },
  ['controlName'],
)
