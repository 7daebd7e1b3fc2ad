import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue, valueAt } from '../../core/json.ts'
import type { KubeObject } from '../object.ts'
import type { Schema, SchemaSet } from '../schema.ts'
import { fieldsOf } from './compare.ts'
import { metadataOf } from './entries.ts'
import { decodeFields, difference, pathsOf, printPath } from './field-set.ts'
import type { ApplyChange, Change } from './managed-fields.ts'
import { serverSideApply, trackUpdate } from './managed-fields.ts'
import { applyScale } from './scale.ts'
import { objectType } from './shape.ts'

const text: Schema = { type: 'string' }
const sub: Schema = { type: 'object', required: ['k'], properties: { k: text, v: text } }
const element: Schema = {
  type: 'object',
  properties: {
    name: text,
    c: { type: 'integer', default: 5 },
    v: text,
    sub: { type: 'array', items: sub, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] },
  },
}
const thing: Schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        replicas: { type: 'integer' },
        name: text,
        on: { type: 'boolean' },
        any: { 'x-kubernetes-preserve-unknown-fields': true },
        m: { type: 'object', additionalProperties: text },
        mm: { type: 'object', additionalProperties: { type: 'object', properties: { x: text } } },
        am: { type: 'object', 'x-kubernetes-map-type': 'atomic', properties: { x: text } },
        set: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
        lm: { type: 'array', items: element, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name', 'c'] },
        al: { type: 'array', items: { type: 'object', properties: { x: text } } },
      },
    },
    status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
}

const change = (manager: string, more: Partial<ApplyChange> = {}): ApplyChange => ({
  manager,
  apiVersion: 'example.com/v1',
  subresource: '',
  time: '2026-01-01T00:00:00Z',
  type: { schema: thing, definitions: {} },
  hasStatus: true,
  force: false,
  ...more,
})
const object = (spec: Json | undefined, more: JsonObject = {}): KubeObject => ({
  apiVersion: 'example.com/v1',
  kind: 'Thing',
  metadata: { name: 't', namespace: 'demo' },
  ...(spec === undefined ? {} : { spec }),
  ...more,
})

const entriesOf = (of: KubeObject): readonly JsonObject[] => {
  const list = ownValue(metadataOf(of), 'managedFields')
  return isJsonArray(list) ? list.filter(isJsonObject) : []
}
/** `m1 Apply: .spec.a .spec.b` */
const ownersOf = (of: KubeObject): readonly string[] =>
  entriesOf(of).map(({ manager, operation, subresource, fieldsV1 }) => {
    const paths = pathsOf(decodeFields(fieldsV1 ?? {}) ?? new Map()).map(printPath)
    return `${String(manager)} ${String(operation)}${subresource === undefined ? '' : ` ${String(subresource)}`}: ${paths.join(' ')}`
  })

function apply(live: KubeObject | undefined, spec: Json, manager: string, more: Partial<ApplyChange> = {}): KubeObject {
  const result = serverSideApply(live, object(spec), change(manager, more))
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}
const applyError = (live: KubeObject | undefined, spec: Json, manager = 'm', more: Partial<ApplyChange> = {}): string | undefined => {
  const result = serverSideApply(live, object(spec), change(manager, more))
  return result.ok ? undefined : result.error.message
}
const update = (live: KubeObject | undefined, spec: Json, manager: string, more: Partial<Change> = {}): KubeObject => {
  const kept = live === undefined ? undefined : ownValue(metadataOf(live), 'managedFields')
  const after = object(spec, kept === undefined ? {} : { metadata: { name: 't', namespace: 'demo', managedFields: kept } })
  return trackUpdate(live, after, change(manager, more))
}

test.each([
  [{ m: { a: 'b' }, name: 'x' }, 'm Apply: .spec.name .spec.m.a'],
  [{ m: {}, set: [], al: [], lm: [], am: {} }, 'm Apply: .spec.al .spec.am .spec.m'],
  [{ mm: { q: { x: 'y' }, r: {} } }, 'm Apply: .spec.mm.q .spec.mm.r .spec.mm.q.x'],
  [{ am: { x: 'y' }, al: [{ x: 'y' }], name: null }, 'm Apply: .spec.al .spec.am .spec.name'],
  [{ set: ['b', 'a'] }, 'm Apply: .spec.set[="a"] .spec.set[="b"]'],
  [{ lm: [{ name: 'a', v: 'x' }] }, 'm Apply: .spec.lm[c=5,name="a"] .spec.lm[c=5,name="a"].name .spec.lm[c=5,name="a"].v'],
  [{ any: { a: { b: 1 }, l: [1] } }, 'm Apply: .spec.any.a .spec.any.l .spec.any.a.b'],
  [{}, 'm Apply: .spec'],
])('who applies %j owns it', (spec, owner) => {
  expect(ownersOf(apply(undefined, spec, 'm'))).toEqual([owner])
})

test.each([
  [{ m: { a: 'b' }, name: 'x' }, 'u Update: .spec .spec.m .spec.name .spec.m.a'],
  [
    { set: ['a'], lm: [{ name: 'a', c: 1 }] },
    'u Update: .spec .spec.lm .spec.set .spec.lm[c=1,name="a"] .spec.lm[c=1,name="a"].c .spec.lm[c=1,name="a"].name .spec.set[="a"]',
  ],
])('who creates with %j owns every level of it', (spec, owner) => {
  expect(ownersOf(update(undefined, spec, 'u'))).toEqual([owner])
})

test.each([
  ['new elements come after the live ones that they follow', ['b', 'a'], ['c', 'a'], ['b', 'c', 'a']],
  ['the applied order wins', ['b', 'c', 'a'], ['c', 'x', 'a', 'y', 'b', 'd'], ['c', 'x', 'a', 'y', 'b', 'd']],
  ['what only the live list has stays', ['a', 'b', 'c'], ['c', 'a'], ['b', 'c', 'a']],
  ['new elements come last', ['a', 'b'], ['z'], ['a', 'b', 'z']],
  ['nothing is applied', ['a', 'b'], [], ['a', 'b']],
])('sets merge: %s', (_, live, applied, merged) => {
  expect(valueAt(apply(object({ set: live }), { set: applied }, 'm', { force: true }), ['spec', 'set'])).toEqual(merged)
})

test('elements merge by their keys, defaults of keys included', () => {
  const live = object({
    lm: [
      { name: 'a', c: 5, v: 'x', sub: [{ k: 'k' }] },
      { name: 'a', c: 7 },
    ],
  })
  const merged = apply(
    live,
    {
      lm: [
        { name: 'a', c: 7, v: 'q' },
        { name: 'a', sub: [{ k: 'l' }] },
      ],
    },
    'm',
  )
  expect(valueAt(merged, ['spec', 'lm'])).toEqual([
    { name: 'a', c: 7, v: 'q' },
    { name: 'a', c: 5, v: 'x', sub: [{ k: 'k' }, { k: 'l' }] },
  ])
})

test('what its only manager applies no more goes, with what nobody owns inside', () => {
  const first = apply(
    undefined,
    { mm: { q: { x: '1' } }, m: { a: 'b', c: 'd' }, lm: [{ name: 'a' }, { name: 'b' }], set: ['a', 'b'] },
    'm1',
  )
  const defaulted = object(
    { ...(first['spec'] as JsonObject), lm: [{ name: 'a', v: 'def' }, { name: 'b' }] },
    { metadata: metadataOf(first) },
  )
  const second = apply(defaulted, { m: { c: 'd' }, lm: [{ name: 'b' }], set: ['b'] }, 'm1')
  expect(second['spec']).toEqual({ m: { c: 'd' }, lm: [{ name: 'b' }], set: ['b'] })
})

test('what another manager owns stays, and the map it is in', () => {
  const first = apply(undefined, { m: { a: 'b' } }, 'm1')
  const second = apply(first, { m: { c: 'd' } }, 'm2')
  const third = apply(second, {}, 'm1')
  expect(third['spec']).toEqual({ m: { c: 'd' } })
  expect(apply(apply(first, { m: {} }, 'm2'), {}, 'm1')['spec']).toEqual({ m: {} })
})

test('an entry of a map whose keys are free goes with its last owner, whatever is owned inside', () => {
  const first = apply(undefined, { mm: { b: {} } }, 'm1')
  const second = update(first, { mm: { b: { x: '2' } } }, 'u')
  expect(ownersOf(second)).toEqual(['m1 Apply: .spec.mm.b', 'u Update: .spec.mm.b.x'])
  expect(valueAt(apply(second, {}, 'm1'), ['spec', 'mm'])).toEqual({})
})

test.each([
  [{ name: 'y' }, 'Apply failed with 1 conflict: conflict with "m1": .spec.name'],
  [
    { name: 'y', m: { a: 'z' }, set: ['q'], am: { x: 'q' } },
    'Apply failed with 3 conflicts: conflicts with "m1":\n- .spec.am\n- .spec.name\nconflicts with "u" using example.com/v1:\n- .spec.m.a',
  ],
  [{ name: 'x', m: { b: 'z' } }, undefined],
])('applying %j conflicts: %s', (spec, message) => {
  const live = update(apply(undefined, { name: 'x', am: { x: 'x' } }, 'm1'), { name: 'x', am: { x: 'x' }, m: { a: 'b' } }, 'u')
  expect(applyError(live, spec, 'm2')).toBe(message)
})

test('conflicts are a status with a cause for each field', () => {
  const live = update(undefined, { name: 'x' }, 'u', { subresource: 'scale' })
  expect(serverSideApply(live, object({ name: 'y' }), change('m'))).toEqual({
    ok: false,
    error: {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'Apply failed with 1 conflict: conflict with "u" with subresource "scale" using example.com/v1: .spec.name',
      reason: 'Conflict',
      details: {
        causes: [
          {
            reason: 'FieldManagerConflict',
            message: 'conflict with "u" with subresource "scale" using example.com/v1',
            field: '.spec.name',
          },
        ],
      },
      code: 409,
    },
  })
})

test('force takes, equal values are shared', () => {
  const live = apply(undefined, { name: 'x', on: true }, 'm1')
  expect(ownersOf(apply(live, { name: 'x' }, 'm2'))).toEqual(['m2 Apply: .spec.name', 'm1 Apply: .spec.name .spec.on'])
  expect(ownersOf(apply(live, { name: 'y' }, 'm2', { force: true }))).toEqual(['m1 Apply: .spec.on', 'm2 Apply: .spec.name'])
})

test('an apply that changes nothing keeps times; who comes to own by it has none', () => {
  const live = apply(undefined, { name: 'x' }, 'm1')
  expect(apply(live, { name: 'x' }, 'm1', { time: '2027-01-01T00:00:00Z' })).toEqual(live)
  const shared = apply(live, { name: 'x' }, 'm2', { time: '2027-01-01T00:00:00Z' })
  expect(entriesOf(shared).map(({ manager, time }) => [manager, time])).toEqual([
    ['m2', undefined],
    ['m1', '2026-01-01T00:00:00Z'],
  ])
})

test.each([
  [{ foo: 1 }, '.spec.foo: field not declared in schema'],
  [{ lm: [{ v: 'x', c: 1 }, { c: 1 }] }, '.spec.lm: duplicate entries for key [c=1]'],
  [{ lm: [{ name: 'a' }, { name: 'a', c: 5 }] }, '.spec.lm: duplicate entries for key [c=5,name="a"]'],
  [
    { lm: [{ name: 'a', sub: [{ v: 'x' }] }] },
    '.spec.lm[c=5,name="a"].sub: element 0: associative list with keys has an element that omits all key fields ["k"] (and doesn\'t have default values for any key fields)',
  ],
  [{ lm: ['a'] }, '.spec.lm: element 0: associative list with keys may not have non-map elements'],
  [{ lm: [null] }, '.spec.lm: element 0: associative list with keys may not have a null element'],
  [{ set: ['a', 'a'] }, '.spec.set: duplicate entries for key [="a"]'],
  [{ set: [null] }, ".spec.set: element 0: associative list without keys has an element that's an explicit null"],
  [{ set: [{ a: 'b' }] }, ".spec.set: element 0: associative list without keys has an element that's a map type"],
  [{ set: [['a']] }, '.spec.set: element 0: not supported: associative list with lists as elements'],
  [{ set: [1] }, '.spec.set[=1]: expected string, got &value.valueUnstructured{Value:1}'],
  [{ set: 'x' }, '.spec.set: expected list, got &{x}'],
  [{ m: ['x'] }, '.spec.m: expected map, got &{[x]}'],
  [{ replicas: '2' }, '.spec.replicas: expected numeric (int or float), got string'],
  [{ replicas: { a: 1 } }, '.spec.replicas: expected numeric (int or float), got map[string]interface {}'],
  [{ on: 1.5 }, '.spec.on: expected boolean, got &{1.5}'],
  [
    { name: { a: [1.5, null, true, 'q"x'] } },
    '.spec.name: expected string, got &value.valueUnstructured{Value:map[string]interface {}{"a":[]interface {}{1.5, interface {}(nil), true, "q\\"x"}}}',
  ],
  [{ al: [{ y: 1 }] }, '.spec.al[0].y: field not declared in schema'],
  [
    { on: 'x', name: 1 },
    'errors:\n  .spec.on: expected boolean, got &{x}\n  .spec.name: expected string, got &value.valueUnstructured{Value:1}',
  ],
])('%j is no configuration', (spec, message) => {
  expect(applyError(undefined, spec)).toBe(`failed to create typed patch object (demo/t; example.com/v1, Kind=Thing): ${message}`)
})

test('managed fields are not applied', () => {
  const result = serverSideApply(undefined, object({}, { metadata: { name: 't', managedFields: [] } }), change('m'))
  expect(result.ok ? undefined : [result.error.code, result.error.message]).toEqual([400, 'metadata.managedFields must be nil'])
})

test('an update takes what it changes from all others', () => {
  const live = apply(undefined, { name: 'x', m: { a: 'b', c: 'd' }, on: true }, 'm1')
  expect(ownersOf(update(live, { name: 'y', m: { a: 'b' }, on: true }, 'u'))).toEqual([
    'm1 Apply: .spec.on .spec.m.a',
    'u Update: .spec.name',
  ])
})

test('an update that changes nothing leaves entries and times', () => {
  const live = update(undefined, { name: 'x' }, 'u')
  expect(update(live, { name: 'x' }, 'u', { time: '2027-01-01T00:00:00Z' })).toEqual(live)
  expect(update(live, { name: 'x' }, 'v', { time: '2027-01-01T00:00:00Z' })).toEqual(live)
})

test('a new value moves the time of an entry, even where the fields are the same', () => {
  const live = update(undefined, { name: 'x' }, 'u')
  expect(entriesOf(update(live, { name: 'y' }, 'u', { time: '2027-01-01T00:00:00Z' }))[0]?.['time']).toBe('2027-01-01T00:00:00Z')
})

test('a request without managed fields keeps the old ones; an empty entry clears them until the next apply', () => {
  const live = update(undefined, { name: 'x' }, 'u')
  expect(trackUpdate(live, object({ name: 'x' }), change('v'))).toEqual(live)
  const cleared = trackUpdate(live, object({ name: 'y' }, { metadata: { name: 't', managedFields: [{}] } }), change('v'))
  expect(entriesOf(cleared)).toEqual([])
  const untracked = update(cleared, { name: 'z' }, 'v')
  expect(entriesOf(untracked)).toEqual([])
  expect(ownersOf(apply(untracked, { on: true }, 'm'))).toEqual(['m Apply: .spec.on', 'before-first-apply Update: .spec .spec.name'])
})

test('a request may rewrite the entries, as kubectl does to migrate client-side apply', () => {
  const live = update(undefined, { name: 'x' }, 'kubectl-client-side-apply')
  const rewritten = entriesOf(live).map((entry) => ({ ...entry, manager: 'kubectl', operation: 'Apply' }))
  const after = trackUpdate(
    live,
    object({ name: 'x' }, { metadata: { name: 't', namespace: 'demo', managedFields: rewritten } }),
    change('kubectl'),
  )
  expect(ownersOf(after)).toEqual(['kubectl Apply: .spec .spec.name'])
})

test.each([
  ['', ['u Update: .spec .spec.name']],
  ['status', ['u Update status: .status .status.a']],
])('a write of %j owns its part only', (subresource, owners) => {
  const tracked = trackUpdate(undefined, object({ name: 'x' }, { status: { a: 'b' } }), change('u', { subresource }))
  expect(ownersOf(tracked)).toEqual(owners)
})

test('a type without a status of its own has its status owned like all else', () => {
  expect(ownersOf(trackUpdate(undefined, object(undefined, { status: {} }), change('u', { hasStatus: false })))).toEqual([
    'u Update: .status',
  ])
})

test('the oldest of more than ten updaters become one', () => {
  let live = update(undefined, { any: {} }, 'c')
  for (let i = 0; i < 13; i += 1) {
    const any = Object.fromEntries(Array.from({ length: i + 1 }, (_, at) => [`k${at}`, 1]))
    live = update(live, { any }, `u${String(i).padStart(2, '0')}`, { time: `2026-01-01T00:00:${String(i).padStart(2, '0')}Z` })
  }
  expect(entriesOf(live).map(({ manager }) => manager)).toEqual([
    'ancient-changes',
    ...['04', '05', '06', '07', '08', '09', '10', '11', '12'].map((n) => `u${n}`),
  ])
  expect(entriesOf(live)[0]?.['time']).toBe('2026-01-01T00:00:03Z')
})

const annotation = 'kubectl.kubernetes.io/last-applied-configuration'
const configMap = (data: JsonObject, metadata: JsonObject = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'c', ...metadata },
  data,
})
const definitions: SchemaSet = {
  'io.k8s.api.core.v1.ConfigMap': {
    type: 'object',
    properties: {
      apiVersion: text,
      kind: text,
      metadata: { $ref: 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' },
      data: { type: 'object', additionalProperties: text },
    },
  },
  'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta': {
    type: 'object',
    properties: { name: text, namespace: text, annotations: { type: 'object', additionalProperties: text } },
  },
}
const ofConfigMap = { apiVersion: 'v1', hasStatus: false, type: { schema: { $ref: 'io.k8s.api.core.v1.ConfigMap' }, definitions } }

test('what client-side apply wrote is taken over by server-side apply of kubectl, and by nobody else', () => {
  const lastApplied = JSON.stringify(configMap({ a: '1', b: '2' }))
  const live = trackUpdate(
    undefined,
    configMap({ a: '1', b: '2' }, { annotations: { [annotation]: lastApplied } }),
    change('kubectl-client-side-apply', ofConfigMap),
  )
  const next = configMap({ a: '9', c: '3' })
  const applied = serverSideApply(live, next, change('kubectl', ofConfigMap))
  const value = applied.ok ? applied.value : live
  expect(value['data']).toEqual({ a: '9', b: '2', c: '3' })
  expect(valueAt(value, ['metadata', 'annotations', annotation])).toBe(
    '{"apiVersion":"v1","data":{"a":"9","c":"3"},"kind":"ConfigMap","metadata":{"name":"c"}}\n',
  )
  const other = serverSideApply(live, next, change('helm', ofConfigMap))
  expect(other.ok ? undefined : other.error.message).toBe(
    'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using v1: .data.a',
  )
  const patched = trackUpdate(live, { ...live, data: { a: '5', b: '2' } }, change('kubectl-patch', ofConfigMap))
  const late = serverSideApply(patched, next, change('kubectl', ofConfigMap))
  expect(late.ok ? undefined : late.error.message).toBe('Apply failed with 1 conflict: conflict with "kubectl-patch" using v1: .data.a')
})

test('an empty list clears the tracking of a built-in type, not of a custom one', () => {
  const live = trackUpdate(undefined, configMap({ a: '1' }), change('u', ofConfigMap))
  expect(entriesOf(live)).toHaveLength(1)
  expect(entriesOf(trackUpdate(live, configMap({ a: '2' }, { managedFields: [] }), change('u', ofConfigMap)))).toEqual([])
  const custom = update(undefined, { name: 'x' }, 'u')
  expect(
    trackUpdate(custom, object({ name: 'x' }, { metadata: { name: 't', namespace: 'demo', managedFields: [] } }), change('v')),
  ).toEqual(custom)
})

test('structs that are always there are owned by nobody', () => {
  const schema: SchemaSet = {
    'io.k8s.api.apps.v1.Deployment': { type: 'object', properties: { spec: { $ref: 'io.k8s.api.apps.v1.DeploymentSpec' } } },
    'io.k8s.api.apps.v1.DeploymentSpec': {
      type: 'object',
      properties: { strategy: { $ref: 'io.k8s.api.apps.v1.DeploymentStrategy' }, template: { $ref: 'io.k8s.api.core.v1.PodTemplateSpec' } },
    },
    'io.k8s.api.apps.v1.DeploymentStrategy': {
      type: 'object',
      properties: { rollingUpdate: { type: 'object', properties: { maxSurge: text } } },
    },
    'io.k8s.api.core.v1.PodTemplateSpec': { type: 'object', properties: { spec: { $ref: 'io.k8s.api.core.v1.PodSpec' } } },
    'io.k8s.api.core.v1.PodSpec': {
      type: 'object',
      required: ['containers'],
      properties: {
        containers: {
          type: 'array',
          items: { type: 'object', properties: { name: text } },
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
        },
      },
    },
  }
  const deployment: KubeObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    spec: { strategy: { rollingUpdate: { maxSurge: '1' } }, template: { spec: { containers: [{ name: 'a' }] } } },
  }
  const type = { schema: { $ref: 'io.k8s.api.apps.v1.Deployment' }, definitions: schema }
  expect(entriesOf(trackUpdate(undefined, deployment, change('u', { type })))[0]?.['fieldsV1']).toEqual({
    'f:spec': {
      'f:strategy': { 'f:rollingUpdate': { '.': {}, 'f:maxSurge': {} } },
      'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"a"}': { '.': {}, 'f:name': {} } } } },
    },
  })
})

test('the scale owns the replicas, without a time, once somebody owns them', () => {
  const scale = { subresource: 'scale' }
  const live = update(undefined, { replicas: 1, name: 'x' }, 'u')
  const scaled = update(live, { replicas: 3, name: 'x' }, 'kubectl', scale)
  expect(ownersOf(scaled)).toEqual(['kubectl Update scale: .spec.replicas', 'u Update: .spec .spec.name'])
  expect(entriesOf(scaled)[0]?.['time']).toBeUndefined()
  expect(applyError(scaled, { replicas: 2 })).toBe(
    'Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using example.com/v1: .spec.replicas',
  )
  const unowned = update(undefined, { name: 'x' }, 'u')
  expect(ownersOf(update(unowned, { name: 'x', replicas: 2 }, 'kubectl', scale))).toEqual(ownersOf(unowned))
})

test('a Scale may be applied', () => {
  const live = update(undefined, { replicas: 1 }, 'u')
  const body = (replicas?: number): KubeObject => ({
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name: 't' },
    ...(replicas === undefined ? {} : { spec: { replicas } }),
  })
  const by = { manager: 'm', apiVersion: 'example.com/v1', path: ['spec', 'replicas'] }
  const refused = applyScale(live, body(3), { ...by, force: false })
  expect(refused.ok ? undefined : refused.error.message).toBe(
    'Apply failed with 1 conflict: conflict with "u" using autoscaling/v1: .spec.replicas',
  )
  const taken = applyScale(live, body(3), { ...by, force: true })
  const value = taken.ok ? taken.value : live
  expect([value['spec'], ownersOf(value)]).toEqual([{ replicas: 3 }, ['m Apply scale: .spec.replicas', 'u Update: .spec']])
  const left = applyScale(value, body(), { ...by, force: false })
  expect(left.ok ? [left.value['spec'], ownersOf(left.value)] : undefined).toEqual([{ replicas: 0 }, ['u Update: .spec']])
})

const word = fc.constantFrom('a', 'b', 'c')
const spec: fc.Arbitrary<JsonObject> = fc.record(
  {
    name: word,
    m: fc.dictionary(word, word),
    mm: fc.dictionary(word, fc.record({ x: word }, { requiredKeys: [] })),
    set: fc.uniqueArray(word),
    lm: fc.uniqueArray(
      fc.record({ name: word, v: word, sub: fc.uniqueArray(fc.record({ k: word, v: word }), { selector: ({ k }) => k }) }),
      {
        selector: ({ name }) => name,
      },
    ),
    al: fc.array(fc.record({ x: word }), { maxLength: 2 }),
    any: fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
  },
  { requiredKeys: [] },
) as fc.Arbitrary<JsonObject>

test('applying twice is applying once', () => {
  fc.assert(
    fc.property(spec, spec, spec, (first, second, third) => {
      const live = update(apply(undefined, first, 'm1'), second, 'u')
      const once = apply(live, third, 'm2', { force: true })
      expect(apply(once, third, 'm2', { time: '2027-01-01T00:00:00Z' })).toEqual(once)
    }),
  )
})

test('who applies owns every field that is applied', () => {
  fc.assert(
    fc.property(spec, spec, (first, second) => {
      const live = apply(apply(undefined, first, 'm1'), second, 'm2', { force: true })
      const applied = fieldsOf({ spec: second }, objectType(change('m2').type))
      const own = entriesOf(live).find(({ manager }) => manager === 'm2')
      expect(pathsOf(difference(applied, decodeFields(own?.['fieldsV1'] ?? {}) ?? new Map()))).toEqual([])
    }),
  )
})

test('what one manager alone applies is what there is', () => {
  fc.assert(
    fc.property(spec, spec, (first, second) => {
      const kept = apply(apply(undefined, first, 'm'), second, 'm')
      expect(pathsOf(fieldsOf(kept, objectType(change('m').type))).length).toBeGreaterThan(0)
      expect(
        pathsOf(
          difference(
            fieldsOf({ spec: kept['spec'] ?? {} }, objectType(change('m').type)),
            fieldsOf({ spec: second }, objectType(change('m').type)),
          ),
        ),
      ).toEqual([])
    }),
  )
})

test('no objects make tracking or applying throw', () => {
  const anything = fc.dictionary(fc.constantFrom('spec', 'metadata', 'status', '__proto__', 'x'), fc.jsonValue())
  fc.assert(
    fc.property(anything, anything, fc.boolean(), (a, b, force) => {
      const [before, after] = [a, b].map((fields) => ({ ...fields, apiVersion: 'example.com/v1', kind: 'Thing' }) as KubeObject)
      if (before === undefined || after === undefined) return
      trackUpdate(before, after, change('u'))
      serverSideApply(before, after, change('m', { force }))
      serverSideApply(before, after, change('kubectl', { force, type: { schema: {}, definitions: {} } }))
    }),
  )
})
