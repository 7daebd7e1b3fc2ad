import fc from 'fast-check'
import { test } from 'vitest'
import type { Json, JsonObject } from '../../core/json.ts'
import { isKubeObject } from '../../kube/object.ts'
import { effects } from '../../policy/policy.ts'
import { kyverno } from './dialect.ts'
import { deletionOf, factsOf, factsToCome, givenOf, manifestOf, requesterOf, requestOf, updateOf } from './testbed.ts'

/** No policy and no resource makes compiling or evaluating throw. */

const texts = fc.oneof(
  fc.constantFrom(
    '{{ request.object }}',
    '{{request.object.spec}}x',
    '{{- request.object.metadata.name }}',
    '{{element}}',
    '{{v}}',
    '{{@}}',
    '{{ {a: b} }}',
    '{{',
    '$(./../a)',
    '$(<=/spec/a)',
    'request.object.spec',
    'element',
    'length(@)',
    '*',
    '?*',
    '>1Gi | <=5m & !x',
    '1-5',
    'Equals',
    'AnyNotIn',
    'DurationGreaterThan',
    'Pod',
    '*/*',
    'a/b/c/d/e',
    '[{op: add, path: /a/-, value: 1}, {op: move, from: /a, path: /b}]',
    '[{op: copy}]',
    'Descending',
    '__proto__',
  ),
  fc.string({ maxLength: 6 }),
)
const keyWords = `
  name namespace names namespaces kinds kind apiVersion operations annotations labels selector namespaceSelector matchLabels matchExpressions key
  operator values value any all resources subjects roles message pattern anyPattern deny conditions foreach list elementScope preconditions context
  variable jmesPath default configMap apiCall urlPath data service headers failureActionOverrides patchStrategicMerge patchesJson6902 targets order
  clone cloneList metadata spec containers image (image) ^(containers) +(a) <(a) =(a) X(a) $patch {{v}} __proto__ constructor toString`
const keys = fc.oneof(fc.constantFrom(...keyWords.trim().split(/\s+/)), fc.string({ maxLength: 4 }))

/** JSON as a parser makes it: `__proto__` is an ordinary key. */
const objectFrom = (entries: readonly (readonly [string, Json])[]): Json =>
  JSON.parse(`{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`) as Json

const json = fc.letrec<{ any: Json }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    texts,
    fc.constantFrom<Json>(null, true, 0, -1, 1.5, 1e21, Number.MAX_SAFE_INTEGER),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.array(fc.tuple(keys, tie('any')), { maxLength: 4 }).map(objectFrom),
  ),
})).any
const map = fc.array(fc.tuple(keys, json), { maxLength: 4 }).map(objectFrom)
const conditions = fc.oneof(json, fc.array(fc.record({ key: json, operator: texts, value: json, message: json }), { maxLength: 2 }))

/** Fields that hold what they should, or anything. */
const orAnything = <T>(likely: fc.Arbitrary<T>): fc.Arbitrary<T | Json> =>
  fc.oneof({ weight: 4, arbitrary: likely }, { weight: 1, arbitrary: json })
const optional = <T extends Record<string, fc.Arbitrary<unknown>>>(fields: T): fc.Arbitrary<Json> =>
  fc.record(fields, { requiredKeys: [] }) as fc.Arbitrary<Json>

const filter = optional({ resources: orAnything(map), subjects: json, roles: json, clusterRoles: json })
const filters = orAnything(optional({ any: fc.array(filter, { maxLength: 2 }), all: fc.array(filter, { maxLength: 2 }), resources: json }))
const everything = fc.constant<Json>({ any: [{ resources: { kinds: ['*'] } }] })
const entry = optional({
  name: fc.constantFrom('v', 'element', '__proto__', 'images'),
  variable: map,
  configMap: map,
  apiCall: map,
  imageRegistry: map,
  globalReference: map,
})
const context = orAnything(fc.array(entry, { maxLength: 2 }))
const lists = fc.constantFrom('request.object.spec', 'request.object.spec.containers[]', '`[1, {}, null]`', '{{v}}', '')
const deny = orAnything(optional({ conditions }))
const loop = (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Json> =>
  optional({ list: orAnything(lists), context, preconditions: conditions, elementScope: json, order: texts, foreach: json, ...fields })

const validate = optional({
  message: json,
  pattern: json,
  anyPattern: json,
  deny,
  foreach: orAnything(fc.array(loop({ pattern: json, deny }), { maxLength: 2 })),
  failureActionOverrides: json,
})
const patches = { patchStrategicMerge: json, patchesJson6902: orAnything(texts) }
const mutate = optional({ ...patches, targets: json, foreach: orAnything(fc.array(loop(patches), { maxLength: 2 })) })
const sources = { apiVersion: texts, kind: texts, name: texts, namespace: json, data: json, clone: map, cloneList: map }
const generate = optional({ ...sources, foreach: orAnything(fc.array(loop(sources), { maxLength: 2 })) })
const body = fc.oneof(fc.record({ validate }), fc.record({ mutate }), fc.record({ generate }), fc.record({ verifyImages: json }), map)

const rule = fc
  .tuple(
    optional({ exclude: filters, context, preconditions: conditions, reportProperties: json }),
    fc.oneof(everything, everything, filters),
    body,
  )
  .map(([rest, match, parts]): Json => ({ name: 'r', ...(rest as JsonObject), match, ...(parts as JsonObject) }))
const spec = fc.tuple(fc.array(orAnything(rule), { maxLength: 2 }), map).map(([rules, rest]): Json => ({ ...(rest as JsonObject), rules }))
const objects = fc.tuple(map, fc.oneof(fc.constant<Json>({ name: 'p', namespace: 'nn' }), json), json).map(([rest, metadata, inner]) => ({
  ...(rest as JsonObject),
  apiVersion: 'v1',
  kind: 'Pod',
  metadata,
  spec: inner,
}))

const policyKinds = [
  ['kyverno.io/v1', 'ClusterPolicy'],
  ['kyverno.io/v1', 'Policy'],
  ['kyverno.io/v2', 'PolicyException'],
  ['policies.kyverno.io/v1', 'PolicyException'],
] as const

test('whatever policies and resources hold, nothing throws', () => {
  fc.assert(
    fc.property(fc.constantFrom(...policyKinds), spec, map, objects, json, ([apiVersion, kind], written, exception, object, answer) => {
      const made = { apiVersion, kind, metadata: { name: 'policy', namespace: 'nn' }, spec: written }
      const exempt = {
        apiVersion: 'kyverno.io/v2',
        kind: 'PolicyException',
        metadata: { name: 'e' },
        spec: { exceptions: [{ policyName: 'policy', ruleNames: ['x*'] }], ...(exception as JsonObject) },
      }
      const { policies } = kyverno.compile([made, exempt].filter(isKubeObject).map(manifestOf))
      const requests = [
        requestOf(object, { requester: requesterOf('system:serviceaccount:a:b') }),
        updateOf(object, object),
        deletionOf(object),
        requestOf(object, {
          given: givenOf({ 'v.a': answer, '__proto__.a': answer, 'request.object': answer }, { 'element.x': [answer] }),
        }),
      ]
      for (const policy of policies) {
        for (const request of requests) {
          policy.explain?.(
            request,
            factsOf((question) => (question.ask === 'objects' ? [object] : answer)),
          )
          for (const phase of effects) {
            policy.evaluate(
              phase,
              request,
              factsOf((question) => (question.ask === 'objects' ? [object] : answer)),
            )
          }
        }
        policy.evaluate('validate', requestOf(object), factsToCome())
      }
    }),
    { numRuns: 600 },
  )
})

test('whatever a manifest holds, nothing throws', () => {
  fc.assert(
    fc.property(fc.constantFrom(...policyKinds), map, objects, ([apiVersion, kind], fields, object) => {
      const { policies } = kyverno.compile([manifestOf({ ...(fields as JsonObject), apiVersion, kind })])
      for (const policy of policies) for (const phase of effects) policy.evaluate(phase, requestOf(object), factsOf())
    }),
    { numRuns: 300 },
  )
})
