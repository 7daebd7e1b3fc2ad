import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json, JsonObject, JsonPath } from '../core/json.ts'
import { isJsonArray, isJsonObject } from '../core/json.ts'
import { typeMistake } from '../dialects/podsecurity/pod-types.ts'
import { decodeObject } from '../kube/decode/decode.ts'
import type { KubeObject } from '../kube/object.ts'
import { groupVersionKind } from '../kube/object.ts'
import { readRelease } from './sandbox.ts'

/** The small table of types that the command line carries says what the whole description of Kubernetes says. */
const dist = join(import.meta.dirname, '../../dist')
const release = existsSync(join(dist, 'kubernetes.json')) ? readRelease(dist) : undefined

function mismatchOfRelease(object: KubeObject): string | undefined {
  const of = groupVersionKind(object)
  const resource = release?.resources.find(({ group, version, kind }) => group === of.group && version === of.version && kind === of.kind)
  if (release === undefined || resource === undefined) return undefined
  const { mismatch } = decodeObject(object, resource.definition, release)
  return mismatch === undefined ? undefined : `${of.kind} in version "v1" cannot be handled as a ${of.kind}: ${mismatch}`
}

const probe = { httpGet: { host: 'a' }, tcpSocket: { host: 'a' } }
const securityContext = {
  runAsNonRoot: true,
  runAsUser: 1,
  seLinuxOptions: { user: 'a', role: 'a', type: 'a', level: 'a' },
  seccompProfile: { type: 'Localhost', localhostProfile: 'a' },
  appArmorProfile: { type: 'Localhost', localhostProfile: 'a' },
  windowsOptions: { hostProcess: false },
}
const container = {
  name: 'a',
  image: 'a',
  ports: [{ hostPort: 1, containerPort: 1 }],
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe,
  lifecycle: { postStart: probe, preStop: probe },
  securityContext: {
    ...securityContext,
    privileged: false,
    allowPrivilegeEscalation: false,
    procMount: 'Default',
    capabilities: { add: ['A'], drop: ['ALL'] },
  },
}
const spec: JsonObject = {
  hostNetwork: false,
  hostPID: false,
  hostIPC: false,
  hostUsers: true,
  runtimeClassName: 'a',
  os: { name: 'linux' },
  securityContext: { ...securityContext, sysctls: [{ name: 'a', value: 'b' }] },
  initContainers: [container],
  containers: [container],
  ephemeralContainers: [container],
  volumes: [
    { name: 'a', emptyDir: {} },
    { name: 'b', hostPath: {} },
    { name: 'c', gcePersistentDisk: {} },
    { name: 'd', vsphereVolume: {} },
    { name: 'e', storageos: {} },
    { name: 'f', csi: {} },
    { name: 'g', nfs: {} },
    { name: 'h', fc: {} },
    { name: 'i', image: {} },
    { name: 'j', rbd: {} },
    { name: 'k', scaleIO: {} },
    { name: 'l', flexVolume: {} },
  ],
}
const metadata = { name: 'a', labels: { a: 'b' }, annotations: { a: 'b' } }
const template = { metadata, spec }
const workload = (apiVersion: string, kind: string): KubeObject => ({ apiVersion, kind, metadata, spec: { template } })
const objects: readonly KubeObject[] = [
  { apiVersion: 'v1', kind: 'Pod', metadata, spec },
  { apiVersion: 'v1', kind: 'PodTemplate', metadata, template },
  { apiVersion: 'v1', kind: 'Namespace', metadata },
  workload('v1', 'ReplicationController'),
  ...['ReplicaSet', 'Deployment', 'StatefulSet', 'DaemonSet'].map((kind) => workload('apps/v1', kind)),
  workload('batch/v1', 'Job'),
  { apiVersion: 'batch/v1', kind: 'CronJob', metadata, spec: { jobTemplate: { spec: { template } } } },
]

const pathsIn = (value: Json, path: JsonPath = []): readonly JsonPath[] => [
  ...(path.length === 0 || path[0] === 'apiVersion' || path[0] === 'kind' ? [] : [path]),
  ...(isJsonArray(value) ? value.flatMap((item, index) => pathsIn(item, [...path, index])) : []),
  ...(isJsonObject(value) ? Object.entries(value).flatMap(([key, item]) => pathsIn(item, [...path, key])) : []),
]

function replaced(value: Json, [step, ...rest]: JsonPath, by: Json): Json {
  if (step === undefined) return by
  if (isJsonArray(value)) return value.map((item, index) => (index === step ? replaced(item, rest, by) : item))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, key === step ? replaced(item, rest, by) : item]))
}

test.skipIf(release === undefined)('a field of a wrong type is told as the whole description of Kubernetes tells it', () => {
  for (const object of objects) {
    expect(typeMistake(object)).toBe(undefined)
    expect(mismatchOfRelease({ ...object, metadata: 1 })).toMatch(/cannot be handled as a /)
  }
  fc.assert(
    fc.property(
      fc.constantFrom(...objects.flatMap((object) => pathsIn(object).map((path) => ({ object, path })))),
      fc.constantFrom<Json>('text', 1, 1.5, true, null, {}, [], { a: 1 }, ['a'], [1]),
      ({ object, path }, wrong) => {
        const changed = { ...(replaced(object, path, wrong) as JsonObject), apiVersion: object.apiVersion, kind: object.kind }
        expect(typeMistake(changed)).toBe(mismatchOfRelease(changed))
      },
    ),
    { numRuns: 1500 },
  )
})
