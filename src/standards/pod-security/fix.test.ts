import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { withAdditionsAt } from '../../core/json-additions.ts'
import { evaluatePod } from './evaluate.ts'
import { planFixes } from './fix.ts'
import type { LevelVersion } from './level.ts'
import { latest, levels, minorVersion } from './level.ts'

const restricted: LevelVersion = { level: 'restricted', version: latest }
const plan = (spec: JsonObject, level = restricted): ReturnType<typeof planFixes> => planFixes(level, {}, spec)
const container = (securityContext?: JsonObject): JsonObject => ({
  name: 'main',
  ...(securityContext === undefined ? {} : { securityContext }),
})

function fixedSpec(spec: JsonObject, level = restricted): JsonObject {
  const fixed = plan(spec, level).additions.reduce((root, { path, add }) => withAdditionsAt(root, path, add), { spec } as Json)
  return isJsonObject(fixed) && isJsonObject(fixed['spec']) ? fixed['spec'] : {}
}

test('a Pod of which nothing is said gets all that restricted asks for', () => {
  expect(fixedSpec({ containers: [container()] })).toEqual({
    containers: [container({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } })],
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  })
  expect(plan({ containers: [container()] }).decisions).toEqual([])
})

test.each<readonly [string, JsonObject, readonly string[]]>([
  ['what is privileged', { containers: [container({ privileged: true })] }, ['privileged', 'allowPrivilegeEscalation']],
  ['who wants to escalate', { containers: [container({ allowPrivilegeEscalation: true })] }, ['allowPrivilegeEscalation']],
  ['more capabilities', { containers: [container({ capabilities: { add: ['NET_ADMIN'] } })] }, ['capabilities_restricted']],
  [
    'what needs SYS_ADMIN',
    { containers: [container({ capabilities: { add: ['SYS_ADMIN'] } })] },
    ['allowPrivilegeEscalation', 'capabilities_restricted'],
  ],
  ['who wants to be root', { containers: [container({ runAsNonRoot: false })] }, ['runAsNonRoot']],
  ['who is root', { containers: [container({ runAsUser: 0 })] }, ['runAsNonRoot', 'runAsUser']],
  ['no seccomp', { securityContext: { seccompProfile: { type: 'Unconfined' } }, containers: [container()] }, ['seccompProfile_restricted']],
  ['a volume of the host', { volumes: [{ name: 'v', hostPath: { path: '/' } }], containers: [container()] }, ['restrictedVolumes']],
  ['namespaces of the host', { hostPID: true, containers: [container()] }, ['hostNamespaces']],
])('a person decides on %s', (_, spec, checks) => {
  expect(plan(spec).decisions.map(({ check }) => check)).toEqual(checks)
})

test('a decision says where', () => {
  expect(plan({ hostPID: true, containers: [container()] }).decisions).toEqual([
    { check: 'hostNamespaces', message: 'host namespaces (hostPID=true)', at: [['spec', 'hostPID']] },
  ])
})

test('lower-case all is kept, and ALL added', () => {
  expect(fixedSpec({ containers: [container({ capabilities: { drop: ['all'] } })] })['containers']).toEqual([
    container({ capabilities: { drop: ['all', 'ALL'] }, allowPrivilegeEscalation: false }),
  ])
})

test('nothing is added that the version does not ask for', () => {
  expect(fixedSpec({ containers: [container()] }, { level: 'restricted', version: minorVersion(7) })).toEqual({
    containers: [container()],
    securityContext: { runAsNonRoot: true },
  })
  expect(plan({ os: { name: 'windows' }, containers: [container()] }).additions).toEqual([])
})

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })
const defined = (fields: Readonly<Record<string, Json | undefined>>): JsonObject =>
  Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, Json] => entry[1] !== undefined))
const capability = fc.constantFrom('ALL', 'all', 'NET_RAW', 'NET_BIND_SERVICE', 'SYS_ADMIN')
const seccompProfile = fc.constantFrom('RuntimeDefault', 'Localhost', 'Unconfined').map((type) => ({ type }))
const context = fc
  .record({
    privileged: maybe(fc.boolean()),
    allowPrivilegeEscalation: maybe(fc.boolean()),
    runAsNonRoot: maybe(fc.oneof(fc.boolean(), fc.constant(null))),
    runAsUser: maybe(fc.constantFrom(0, 1000)),
    seccompProfile: maybe(seccompProfile),
    capabilities: maybe(fc.record({ add: maybe(fc.array(capability)), drop: maybe(fc.array(capability)) }).map(defined)),
  })
  .map(defined)
const podSpec = fc
  .record({
    hostNetwork: maybe(fc.boolean()),
    hostUsers: maybe(fc.boolean()),
    securityContext: maybe(context),
    initContainers: maybe(fc.array(maybe(context).map(container), { maxLength: 2 })),
    containers: fc.array(maybe(context).map(container), { minLength: 1, maxLength: 3 }),
  })
  .map(defined)
const levelVersion = fc.record({ level: fc.constantFrom(...levels), version: fc.oneof(fc.constant(latest), fc.nat(37).map(minorVersion)) })

/** Whether all of `part` is in `whole`. */
function isWithin(part: Json, whole: Json | undefined): boolean {
  if (part === null) return true
  if (Array.isArray(part)) return Array.isArray(whole) && part.every((item: Json, index) => isWithin(item, whole[index] as Json))
  if (isJsonObject(part))
    return whole !== undefined && isJsonObject(whole) && Object.entries(part).every(([key, value]) => isWithin(value, whole[key]))
  return part === whole
}

test('what is fixed passes apart from the decisions, and all that was there is there', () => {
  fc.assert(
    fc.property(levelVersion, podSpec, (level, spec) => {
      const { decisions } = plan(spec, level)
      const fixed = fixedSpec(spec, level)
      expect(evaluatePod(level, {}, fixed).map(({ check }) => check)).toEqual(decisions.map(({ check }) => check))
      expect(isWithin(spec, fixed)).toBe(true)
      // Fixed once, there is nothing more to do.
      expect(plan(fixed, level).additions).toEqual([])
    }),
    { numRuns: 1000 },
  )
})

test('what passes is left alone', () => {
  fc.assert(
    fc.property(levelVersion, podSpec, (level, spec) => {
      if (evaluatePod(level, {}, spec).length === 0) expect(plan(spec, level)).toEqual({ additions: [], decisions: [] })
    }),
  )
})
