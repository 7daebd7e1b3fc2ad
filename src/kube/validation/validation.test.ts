import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { applyDefaults } from '../defaults/defaults.ts'
import { printFieldError } from '../field-error.ts'
import type { KubeObject } from '../object.ts'
import { kinds } from './kinds.ts'
import { validateCreate, validateUpdate } from './validation.ts'
import { warningsFor } from './warnings.ts'

const subdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"

const object = (apiVersion: string, kind: string, rest: JsonObject): KubeObject =>
  applyDefaults({ metadata: { name: 'x', namespace: 'n' }, ...rest, apiVersion, kind })
const cluster = (apiVersion: string, kind: string, rest: JsonObject): KubeObject =>
  object(apiVersion, kind, { metadata: { name: 'x' }, ...rest })
const container = (more: JsonObject = {}): JsonObject => ({ name: 'c', image: 'a:1', ...more })
const pod = (more: JsonObject = {}, spec: JsonObject = {}): KubeObject =>
  object('v1', 'Pod', { spec: { containers: [container(more)], ...spec } })
const template: JsonObject = { metadata: { labels: { app: 'a' } }, spec: { containers: [container()] } }
const deployment = (spec: JsonObject): KubeObject =>
  object('apps/v1', 'Deployment', { spec: { selector: { matchLabels: { app: 'a' } }, template, ...spec } })
const service = (spec: JsonObject): KubeObject => object('v1', 'Service', { spec: { ports: [{ port: 80 }], ...spec } })
const texts = (found: KubeObject): readonly string[] => validateCreate(found).map(printFieldError)

test('a bad Pod is refused for its name first', () => {
  const bad = object('v1', 'Pod', { metadata: { name: 'Bad_Name', namespace: 'n' }, spec: { containers: [{ name: '', image: '' }] } })
  expect(texts(bad)).toEqual([
    `metadata.name: Invalid value: "Bad_Name": ${subdomain}`,
    'spec.containers[0].name: Required value',
    'spec.containers[0].image: Required value',
  ])
})

test.each<readonly [string, KubeObject, readonly string[]]>([
  ['a good Pod', pod(), []],
  ['a good Deployment', deployment({}), []],
  ['a good Service', service({}), []],
  [
    'an object without a name',
    object('v1', 'ConfigMap', { metadata: { namespace: 'n' } }),
    ['metadata.name: Required value: name or generateName is required'],
  ],
  [
    'a namespace where there is none',
    object('v1', 'Node', { metadata: { name: 'x', namespace: 'n' } }),
    ['metadata.namespace: Forbidden: not allowed on this type'],
  ],
  [
    'annotations that are too long',
    object('v1', 'ConfigMap', { metadata: { name: 'x', namespace: 'n', annotations: { a: 'a'.repeat(262_144) } } }),
    ['metadata.annotations: Too long: may not be more than 262144 bytes'],
  ],
  [
    'a Namespace with dots',
    cluster('v1', 'Namespace', { metadata: { name: 'a.b' } }),
    ['metadata.name: Invalid value: "a.b": must not contain dots'],
  ],
  [
    'a mount without a volume',
    pod({ volumeMounts: [{ name: 'v', mountPath: '/a' }] }),
    ['spec.containers[0].volumeMounts[0].name: Not found: "v"'],
  ],
  ['two containers of one name', pod({}, { containers: [container(), container()] }), ['spec.containers[1].name: Duplicate value: "c"']],
  [
    'more requested than allowed',
    pod({ resources: { limits: { cpu: '1' }, requests: { cpu: '2' } } }),
    ['spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1'],
  ],
  [
    'an unknown resource',
    pod({ resources: { requests: { foo: '1' } } }),
    [
      'spec.containers[0].resources.requests[foo]: Invalid value: "foo": must be a standard resource type or fully qualified',
      'spec.containers[0].resources.requests[foo]: Invalid value: "foo": must be a standard resource for containers',
    ],
  ],
  [
    'no escalation for the privileged',
    pod({ securityContext: { privileged: true, allowPrivilegeEscalation: false } }),
    [
      'spec.containers[0].securityContext: Invalid value: {"Capabilities":null,"Privileged":true,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,"AllowPrivilegeEscalation":false,"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
    ],
  ],
  [
    'a host port that is another',
    pod({ ports: [{ containerPort: 1, hostPort: 2 }] }, { hostNetwork: true }),
    ['spec.containers[0].ports[0].hostPort: Invalid value: 2: must match `containerPort` when `hostNetwork` is true'],
  ],
  [
    'an AppArmor annotation for nobody',
    object('v1', 'Pod', {
      metadata: { name: 'x', namespace: 'n', annotations: { 'container.apparmor.security.beta.kubernetes.io/q': 'unconfined' } },
      spec: { containers: [container()] },
    }),
    ['metadata.annotations[container.apparmor.security.beta.kubernetes.io/q]: Invalid value: "q": container not found'],
  ],
  [
    'a selector that selects other Pods',
    deployment({ selector: { matchLabels: { app: 'b' } } }),
    ['spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`'],
  ],
  [
    'a Deployment of no replicas and less',
    deployment({ replicas: -1 }),
    ['spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
  ],
  [
    'a template that does not restart',
    deployment({ template: { ...template, spec: { containers: [container()], restartPolicy: 'Never' } } }),
    ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
  ],
  [
    'a Job whose Pods always restart',
    object('batch/v1', 'Job', { spec: { manualSelector: true, selector: { matchLabels: { app: 'a' } }, template } }),
    ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
  ],
  ['a Service without ports', service({ ports: [] }), ['spec.ports: Required value']],
  [
    'a key with a slash',
    object('v1', 'ConfigMap', { data: { 'a/b': 'c' } }),
    [
      `data[a/b]: Invalid value: "a/b": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`,
    ],
  ],
  [
    'a rule without verbs',
    object('rbac.authorization.k8s.io/v1', 'Role', { rules: [{ apiGroups: [''], resources: ['pods'] }] }),
    ['rules[0].verbs: Required value: verbs must contain at least one value'],
  ],
  [
    'a webhook of two parts',
    cluster('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', {
      webhooks: [{ name: 'a.b', clientConfig: { url: 'https://a' }, sideEffects: 'None', admissionReviewVersions: ['v1'] }],
    }),
    ['webhooks[0].name: Invalid value: "a.b": should be a domain with at least three segments separated by dots'],
  ],
  [
    'a definition of another name',
    cluster('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {
      spec: {
        group: 'example.com',
        scope: 'Cluster',
        names: { plural: 'as', kind: 'A' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
      },
    }),
    ['metadata.name: Invalid value: "x": must be spec.names.plural+"."+spec.group'],
  ],
])('%s', (_, found, expected) => {
  expect(texts(found)).toEqual(expected)
})

const updated = (found: KubeObject, old: KubeObject): readonly string[] => validateUpdate(found, old).map(printFieldError)

test('what a Pod runs cannot change, but for its image', () => {
  expect(updated(pod({ image: 'b:2' }), pod())).toEqual([])
  expect(updated(pod({ command: ['x'] }), pod())).toEqual([
    'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n' +
      '@@ -5,7 +5,9 @@\n   {\n    "Name": "c",\n    "Image": "a:1",\n-   "Command": null,\n+   "Command": [\n+    "x"\n+   ],\n    "Args": null,\n    "WorkingDir": "",\n    "Ports": null,\n',
  ])
})

test.each<readonly [string, KubeObject, KubeObject, readonly string[]]>([
  [
    'a selector is for ever',
    deployment({ selector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] } }),
    deployment({}),
    ['spec.selector: Invalid value: {"matchExpressions":[{"key":"app","operator":"Exists"}]}: field is immutable'],
  ],
  [
    'a ConfigMap that was frozen',
    object('v1', 'ConfigMap', { data: { a: 'c' }, immutable: true }),
    object('v1', 'ConfigMap', { data: { a: 'b' }, immutable: true }),
    ['data: Forbidden: field is immutable when `immutable` is set'],
  ],
  [
    'a binding keeps its role',
    object('rbac.authorization.k8s.io/v1', 'RoleBinding', { roleRef: { kind: 'Role', name: 'b' } }),
    object('rbac.authorization.k8s.io/v1', 'RoleBinding', { roleRef: { kind: 'Role', name: 'a' } }),
    ['roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"Role","Name":"b"}: cannot change roleRef'],
  ],
  [
    'an address stays',
    service({ clusterIP: '10.0.0.2', clusterIPs: ['10.0.0.1'] }),
    service({ clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'] }),
    ['spec.clusterIPs[0]: Invalid value: ["10.0.0.2"]: may not change once set'],
  ],
])('%s', (_, found, old, expected) => {
  expect(updated(found, old)).toEqual(expected)
})

const appArmor = { 'container.apparmor.security.beta.kubernetes.io/c': 'unconfined' }

test.each<readonly [string, KubeObject, readonly string[]]>([
  [
    'an old annotation in a template',
    deployment({ template: { metadata: { labels: { app: 'a' }, annotations: appArmor }, spec: { containers: [container()] } } }),
    [
      'spec.template.metadata.annotations[container.apparmor.security.beta.kubernetes.io/c]: deprecated since v1.30; use the "appArmorProfile" field instead',
    ],
  ],
  [
    'an old label in a template',
    deployment({ template: { ...template, spec: { containers: [container()], nodeSelector: { 'beta.kubernetes.io/os': 'linux' } } } }),
    ['spec.template.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead'],
  ],
  [
    'a variable twice',
    pod({
      env: [
        { name: 'a', value: '1' },
        { name: 'a', value: '2' },
      ],
    }),
    ['spec.containers[0].env[1]: hides previous definition of "a", which may be dropped when using apply'],
  ],
  [
    'part of a byte',
    pod({ resources: { requests: { memory: '100m' } } }),
    ['spec.containers[0].resources.requests[memory]: fractional byte value "100m" is invalid, must be an integer'],
  ],
  ['nothing', pod(), []],
])('warns of %s', (_, found, expected) => {
  expect(warningsFor(found)).toEqual(expected)
})

test('an update is warned of only when it changes what runs', () => {
  const old = deployment({ template: { ...template, spec: { containers: [container()], nodeSelector: { 'beta.kubernetes.io/os': 'a' } } } })
  expect(warningsFor(old, old)).toEqual([])
  expect(warningsFor({ ...old, spec: { ...(old['spec'] as JsonObject), replicas: 5 } }, old)).toHaveLength(1)
})

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>
const keys = [
  'containers',
  'initContainers',
  'volumes',
  'template',
  'spec',
  'selector',
  'ports',
  'rules',
  'resources',
  'limits',
  'requests',
  'securityContext',
  'metadata',
  'labels',
  'name',
  'env',
  'affinity',
  'tolerations',
  'matchLabels',
  'type',
  'hard',
  'versions',
  'names',
  'clusterIP',
  'clusterIPs',
  'schedule',
  'data',
  'path',
  'storage',
  'capacity',
]
const nested = fc.letrec<{ node: Json }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    json,
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...keys), tie('node'), { maxKeys: 5 }),
  ),
})).node

test.each([...kinds.keys()])('nothing makes the validation of %s throw', (kind) => {
  const slash = kind.lastIndexOf('/')
  const made = (rest: Json): KubeObject => {
    const fields = isJsonObject(rest) ? rest : { spec: rest }
    return { ...fields, apiVersion: kind.slice(0, slash), kind: kind.slice(slash + 1) }
  }
  fc.assert(
    fc.property(nested, nested, (a, b) => {
      const [one, other] = [made(a), applyDefaults(made(b))]
      for (const found of [one, applyDefaults(one)]) {
        expect(validateCreate(found)).toBeInstanceOf(Array)
        validateUpdate(found, other)
        warningsFor(found, other)
        warningsFor(found)
      }
    }),
    { numRuns: 25 },
  )
})
