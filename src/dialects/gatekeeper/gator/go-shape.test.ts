import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../../core/json.ts'
import { conversionProblem, decodingProblem } from './go-shape.ts'
import { mutatorShapes, namespaceShape, requirementsShape, suiteShape, syncShapes, templateShape } from './go-shapes.ts'

const mutator = (fields: JsonObject): JsonObject => ({ apiVersion: 'mutations.gatekeeper.sh/v1', kind: 'Assign', metadata: {}, ...fields })
const [m, s] = [(metadata: Json) => mutator({ metadata }), (spec: Json) => mutator({ spec })]

test.each<[JsonObject, string | undefined]>([
  [m({ generation: 'x' }), 'unrecognized type: int64'],
  [m({ generation: 2.5 }), 'cannot convert float64 to int64'],
  [m({ generation: 2 }), undefined],
  [m({ finalizers: 'a' }), 'cannot restore slice from string'],
  [m({ finalizers: { a: 'b' } }), 'cannot restore slice from map'],
  [m({ finalizers: [null] }), undefined],
  [m({ labels: ['a'] }), 'cannot restore map from slice'],
  [m({ labels: { a: 1 } }), 'unrecognized type: string'],
  [m({ creationTimestamp: 'foo' }), 'parsing time "foo" as "2006-01-02T15:04:05Z07:00": cannot parse "foo" as "2006"'],
  [m({ creationTimestamp: 5 }), 'json: cannot unmarshal number into Go value of type string'],
  [m({ creationTimestamp: '2024-01-01T00:00:00Z' }), undefined],
  [m({ ownerReferences: [5] }), 'cannot restore struct from: float64'],
  [m({ ownerReferences: [{ controller: 'x' }] }), 'unrecognized type: bool'],
  [m(5), 'cannot restore struct from: float64'],
  [s([]), 'cannot restore struct from: slice'],
  [s(null), undefined],
  [s({ match: { namespaces: 'x' } }), 'cannot restore slice from string'],
  [s({ match: { operations: 5 } }), undefined],
  [s({ parameters: { assign: { value: { a: 1 }, other: 5 } } }), undefined],
  [s({ parameters: { assign: { fromMetadata: 5 } } }), 'cannot restore struct from: float64'],
  [s({ parameters: { pathTests: [{ subPath: true }] } }), 'unrecognized type: string'],
])('%j as an Assign: %s', (object, problem) => {
  expect(conversionProblem(object, mutatorShapes['Assign'] ?? namespaceShape)).toBe(problem)
})

const intoTemplate = (field: string, type: string, found = 'number'): string =>
  `json: cannot unmarshal ${found} into Go struct field ${field} of type ${type}`
const schema = (openAPIV3Schema: Json): Json => ({ crd: { spec: { validation: { openAPIV3Schema } } } })

test.each<[Json, string | undefined]>([
  ['x', intoTemplate('ConstraintTemplate.spec', 'v1.ConstraintTemplateSpec', 'string')],
  [{ crd: { spec: { names: { shortNames: 'x' } } } }, intoTemplate('Names.spec.crd.spec.names.shortNames', '[]string', 'string')],
  [{ targets: [5] }, intoTemplate('ConstraintTemplateSpec.spec.targets', 'v1.Target')],
  [{ targets: [{ code: 5 }] }, intoTemplate('Target.spec.targets.code', '[]v1.Code')],
  [{ targets: [{ code: [{ engine: 'Rego', source: 5 }] }] }, undefined],
  [{ targets: [{ target: 5 }], crd: 5 }, intoTemplate('ConstraintTemplateSpec.spec.crd', 'v1.CRD')],
  [
    schema({ properties: { a: { maxLength: 1.5 } } }),
    intoTemplate('JSONSchemaProps.spec.crd.spec.validation.openAPIV3Schema.properties.maxLength', 'int64', 'number 1.5'),
  ],
  [
    schema({ properties: 5 }),
    intoTemplate('JSONSchemaProps.spec.crd.spec.validation.openAPIV3Schema.properties', 'map[string]v1.JSONSchemaProps'),
  ],
  [
    schema({ properties: { a: { enum: 5 } } }),
    intoTemplate('JSONSchemaProps.spec.crd.spec.validation.openAPIV3Schema.properties.enum', '[]v1.JSON'),
  ],
])('%j as the spec of a template: %s', (spec, problem) => {
  expect(decodingProblem({ kind: 'ConstraintTemplate', spec }, templateShape)).toBe(problem)
})

test.each<[Json, string | undefined]>([
  [5, intoTemplate('Suite.tests', '[]verify.Test')],
  [[5], intoTemplate('Suite.tests', 'verify.Test')],
  [[null], undefined],
  [[{ cases: {} }], intoTemplate('Test.tests.cases', '[]*verify.Case', 'object')],
  [[{ cases: [5] }], intoTemplate('Test.tests.cases', 'verify.Case')],
  [[{ name: 5 }], intoTemplate('Test.tests.name', 'string')],
  [[{ cases: [{ assertions: [{ violations: true }] }] }], intoTemplate('Assertion.tests.cases.assertions.violations', 'int32', 'bool')],
  [
    [{ cases: [{ assertions: [{ violations: 99_999_999_999 }] }] }],
    intoTemplate('Assertion.tests.cases.assertions.violations', 'int32', 'number 99999999999'),
  ],
  [[{ cases: [{ assertions: [{ violations: 'maybe' }] }] }], undefined],
])('%j as the tests of a suite: %s', (tests, problem) => {
  expect(decodingProblem({ kind: 'Suite', tests }, suiteShape)).toBe(problem)
})

test.each<[string, Json, string]>([
  ['SyncSet', 5, intoTemplate('SyncSet.spec', 'v1alpha1.SyncSetSpec')],
  ['SyncSet', { gvks: [{ group: 5 }] }, intoTemplate('GVKEntry.spec.gvks.group', 'string')],
  ['Config', { match: [{ excludedNamespaces: [5] }] }, intoTemplate('MatchEntry.spec.match.excludedNamespaces', 'wildcard.Wildcard')],
  ['Config', { sync: { syncOnly: 5 } }, intoTemplate('Sync.spec.sync.syncOnly', '[]v1alpha1.SyncOnlyEntry')],
  ['GVKManifest', { groups: [] }, intoTemplate('GVKManifestSpec.spec.groups', 'map[string]v1alpha1.Versions', 'array')],
  ['GVKManifest', { groups: { a: { v1: 5 } } }, intoTemplate('GVKManifestSpec.spec.groups', 'v1alpha1.Kinds')],
])('%s with spec %j: %s', (kind, spec, problem) => {
  expect(decodingProblem({ kind, spec }, syncShapes[kind] ?? suiteShape)).toBe(problem)
})

test.each<[Json, string]>([
  [5, 'json: cannot unmarshal number into Go value of type parser.CompactSyncRequirements'],
  [[5], 'json: cannot unmarshal number into Go value of type []parser.GVKClause'],
  [[[5]], 'json: cannot unmarshal number into Go value of type parser.GVKClause'],
  [[[{ groups: 'x' }]], 'json: cannot unmarshal string into Go struct field GVKClause.groups of type []string'],
])('%j as requirements: %s', (value, problem) => {
  expect(decodingProblem(value, requirementsShape)).toBe(problem)
})

test('what is deeper than any document is not looked at', () => {
  let deep: Json = 5
  for (let depth = 0; depth < 2000; depth += 1) deep = { not: deep }
  expect(decodingProblem({ spec: schema(deep) }, templateShape)).toBeUndefined()
})
