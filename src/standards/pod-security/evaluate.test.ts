import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import type { EvaluationMode } from './evaluate.ts'
import { checks } from './checks.ts'
import { detailsText, evaluatePod, newestMinor, reasonsText } from './evaluate.ts'
import { minorVersion, parseLevel, parseVersion } from './level.ts'
import { podView } from './pod-view.ts'

function reasons(levelVersion: string, spec: JsonObject, mode: EvaluationMode = 'overrides'): string {
  const [levelText = '', versionText = ''] = levelVersion.split(':')
  const level = parseLevel(levelText)
  const version = parseVersion(versionText)
  if (!level.ok || !version.ok) return 'no level and version'
  return reasonsText(evaluatePod({ level: level.value, version: version.value }, {}, spec, mode))
}

const nginx: JsonObject = { containers: [{ name: 'nginx' }] }
const kindnet: JsonObject = {
  hostNetwork: true,
  volumes: [{ name: 'v', hostPath: {} }],
  containers: [{ name: 'c', securityContext: { privileged: false, capabilities: { add: ['NET_RAW', 'NET_ADMIN'] } } }],
}

test.each([
  ['privileged demands nothing', 'privileged:latest', kindnet, ''],
  ['a plain Pod meets baseline', 'baseline:latest', nginx, ''],
  [
    'and not restricted',
    'restricted:latest',
    nginx,
    'allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile',
  ],
  ['which asked for less at 1.0', 'restricted:v1.0', nginx, 'runAsNonRoot != true'],
  ['for more at 1.8', 'restricted:v1.8', nginx, 'allowPrivilegeEscalation != false, runAsNonRoot != true'],
  ['and at 1.19', 'restricted:v1.19', nginx, 'allowPrivilegeEscalation != false, runAsNonRoot != true, seccompProfile'],
  [
    'a version that is to come is the newest',
    'restricted:v1.999',
    nginx,
    'allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile',
  ],
  ['baseline names its own', 'baseline:latest', kindnet, 'non-default capabilities, host namespaces, hostPath volumes'],
  [
    'restricted checks stand for those they sharpen',
    'restricted:latest',
    kindnet,
    'host namespaces, allowPrivilegeEscalation != false, unrestricted capabilities, restricted volume types, runAsNonRoot != true, seccompProfile',
  ],
  [
    'not before they exist',
    'restricted:v1.21',
    kindnet,
    'non-default capabilities, host namespaces, allowPrivilegeEscalation != false, restricted volume types, runAsNonRoot != true, seccompProfile',
  ],
])('%s', (_, levelVersion, spec, expected) => {
  expect(reasons(levelVersion, spec)).toBe(expected)
})

test('1.22 and 1.23 told every fault of restricted, also the one that another check tells', () => {
  expect(reasons('restricted:v1.23', kindnet, 'legacy')).toBe(
    'non-default capabilities, host namespaces, hostPath volumes, allowPrivilegeEscalation != false, unrestricted capabilities, restricted volume types, runAsNonRoot != true, seccompProfile',
  )
})

test('details stand in brackets, and a fault without a reason is an unknown one', () => {
  const violations = [
    { reason: 'a', detail: 'b' },
    { reason: '', detail: 'c' },
    { reason: 'd', detail: '' },
  ]
  expect(detailsText(violations)).toBe('a (b), unknown forbidden reason (c), d')
  expect(reasonsText(violations)).toBe('a, unknown forbidden reason, d')
})

const names = [
  'containers',
  'initContainers',
  'volumes',
  'securityContext',
  'annotations',
  'ports',
  'hostPort',
  'capabilities',
  'add',
  'drop',
  'name',
  '__proto__',
  'type',
  'seccompProfile',
  'appArmorProfile',
  'sysctls',
  'lifecycle',
  'httpGet',
  'container.apparmor.security.beta.kubernetes.io/a',
] as const
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, true, false, 0, 80, '', 'ALL', 'x'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 6 }),
  ),
})).value
const objects = fc
  .dictionary(fc.constantFrom(...names), json, { maxKeys: 8 })
  .map((value): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject)
const minors = fc.integer({ min: 0, max: newestMinor })

test('no Pod, however malformed, makes a check throw', () => {
  fc.assert(
    fc.property(objects, objects, minors, fc.constantFrom<EvaluationMode>('overrides', 'legacy'), (metadata, spec, minor, mode) => {
      detailsText(evaluatePod({ level: 'restricted', version: minorVersion(minor) }, metadata, spec, mode))
    }),
  )
})

test('what meets restricted meets baseline, and the modes agree on whether there is a fault', () => {
  fc.assert(
    fc.property(objects, objects, minors, (metadata, spec, minor) => {
      const version = minorVersion(minor)
      const restricted = evaluatePod({ level: 'restricted', version }, metadata, spec, 'overrides')
      const legacy = evaluatePod({ level: 'restricted', version }, metadata, spec, 'legacy')
      expect(restricted.length > 0).toBe(legacy.length > 0)
      if (restricted.length === 0) expect(evaluatePod({ level: 'baseline', version }, metadata, spec)).toEqual([])
    }),
  )
})

test('a check names fields exactly where it finds a violation', () => {
  fc.assert(
    fc.property(objects, objects, (metadata, spec) => {
      const pod = podView(metadata, spec)
      for (const { id, revisions } of checks) {
        for (const { since, test: find, faults } of revisions) {
          expect([id, since, faults(pod).length > 0]).toEqual([id, since, find(pod) !== undefined])
        }
      }
    }),
  )
})
