import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../../core/json.ts'
import { isKubeObject } from '../../../kube/object.ts'
import type { Facts } from '../../../policy/facts.ts'
import { createMutationSystem } from './system.ts'
import { conflictText } from './schema-conflicts.ts'
import { assignText, factsOf, manifestOf, mutated, mutatorText, mutatorsOf, podOf, targetFor, valueOf } from './testbed.ts'
import { compileMutator } from './compile.ts'

const all = (...texts: readonly string[]): string => texts.join('---\n')
const pathTest = (subPath: string, condition: string): string => `pathTests: [{subPath: '${subPath}', condition: ${condition}}]`
const set = (operation: string, values: string, location = 'spec.l'): string =>
  mutatorText('ModifySet', location, `parameters: {operation: ${operation}, values: {fromList: ${values}}}`)
const image = (parameters: string): string => mutatorText('AssignImage', 'spec.i', `parameters: ${parameters}`)
const failed = (kind: string, message: string): string =>
  `mutation UUID for mutator ${kind}.mutations.gatekeeper.sh /m failed for  Pod nn p: ${message}`
const mismatch = (wanted: string, found: string, path: string): string =>
  failed('Assign', `mismatch between path entry (type: ${wanted}) and received object (type: ${found}). Path: ${path}`)

test.each([
  ['missing parents are made', assignText('spec.a.b', '1'), '{}', '{a: {b: 1}}'],
  ['missing lists and elements are made', assignText('spec.l[k: x].b', '1'), '{}', '{l: [{k: x, b: 1}]}'],
  ['an element is found by its key', assignText('spec.l[k: x].b', '1'), '{l: [s, {k: z}, {k: x}]}', '{l: [s, {k: z}, {k: x, b: 1}]}'],
  ['every element with the key is meant', assignText('spec.l[k: x].b', '1'), '{l: [{k: x}, {k: x}]}', '{l: [{k: x, b: 1}, {k: x, b: 1}]}'],
  ['an integer is no string', assignText('spec.l[k: 5].b', '1'), '{l: [{k: "5"}, {k: 5}]}', '{l: [{k: "5"}, {k: 5, b: 1}]}'],
  ['a glob means every element', assignText('spec.l[k: *].b', '1'), '{l: [{k: z}, {}]}', '{l: [{k: z, b: 1}, {b: 1}]}'],
  ['a glob of no elements makes nothing', assignText('spec.q.l[k: *].b', '1'), '{}', '{}'],
  [
    'only the first element is replaced',
    assignText('spec.l[k: x]', '{k: x}'),
    '{l: [{k: x, a: 1}, {k: x, b: 1}]}',
    '{l: [{k: x}, {k: x, b: 1}]}',
  ],
  ['a new element is put at the end', assignText('spec.l[k: x]', '{k: x}'), '{l: [{k: z}]}', '{l: [{k: z}, {k: x}]}'],
  ['null is there', assignText('spec.k', '1', pathTest('spec.k', 'MustNotExist')), '{k: null}', '{k: null}'],
  ['MustNotExist lets a new key be', assignText('spec.k', '1', pathTest('spec.k', 'MustNotExist')), '{}', '{k: 1}'],
  ['MustExist makes no parents', assignText('spec.a.b', '1', pathTest('spec.a', 'MustExist')), '{}', '{}'],
  ['MustExist of an element', assignText('spec.l[k: x].b', '1', pathTest('spec.l[k: x]', 'MustExist')), '{l: [{k: z}]}', '{l: [{k: z}]}'],
  [
    'MustNotExist of a glob is never so',
    assignText('spec.l[k: *].b', '1', pathTest('spec.l[k: *]', 'MustNotExist')),
    '{l: [{k: z}]}',
    '{l: [{k: z}]}',
  ],
  ['another word is never so', assignText('spec.a', '1', pathTest('spec.a', 'Perhaps')), '{}', '{}'],
  ['from the name', mutatorText('Assign', 'spec.a', 'parameters: {assign: {fromMetadata: {field: name}}}'), '{}', '{a: p}'],
  ['from the namespace', mutatorText('Assign', 'spec.a', 'parameters: {assign: {fromMetadata: {field: namespace}}}'), '{}', '{a: nn}'],
  ['a set grows in order', set('merge', '[b, a, 2, b]'), '{l: [a, 1]}', '{l: [a, 1, b, 2]}'],
  ['a new set is as written', set('merge', '[a, a]'), '{}', '{l: [a, a]}'],
  ['a set shrinks', set('prune', '[a, 1, {x: 1}]'), '{l: [a, 2, {x: 1}, 1]}', '{l: [2]}'],
  ['pruning leaves an empty list', set('prune', '[a]'), '{l: [a]}', '{l: []}'],
  ['pruning a missing set leaves its parents', set('prune', '[a]', 'spec.q.l'), '{}', '{q: {}}'],
  ['merge is the default', mutatorText('ModifySet', 'spec.l', 'parameters: {values: {fromList: [a]}}'), '{}', '{l: [a]}'],
  ['an image', image('{assignDomain: new.io, assignTag: ":v2"}'), '{i: "nginx:v1"}', '{i: "new.io/nginx:v2"}'],
  ['a missing image', image('{assignPath: p}'), '{}', '{i: p}'],
  [
    'the order is that of the names',
    all(assignText('spec.a', 'z', '', 'z'), assignText('spec.a', 'b', '', 'b'), assignText('spec.a', 'B', '', 'B')),
    '{}',
    '{a: z}',
  ],
  ['of two with one name the later counts', all(assignText('spec.a', '1'), assignText('spec.b', '1')), '{}', '{b: 1}'],
  [
    'mutators see what those after them made',
    all(assignText('spec.a', '1', pathTest('spec.b', 'MustExist').replace('spec.b', 'spec.a'), 'a'), assignText('spec.b', '1', '', 'b')),
    '{a: 0}',
    '{a: 1, b: 1}',
  ],
  [
    'a mutator for another kind',
    mutatorText('Assign', 'spec.a', 'applyTo: [{groups: [""], versions: [v1], kinds: [Job]}], parameters: {assign: {value: 1}}'),
    '{}',
    '{}',
  ],
  [
    'a mutator of another operation',
    mutatorText(
      'Assign',
      'spec.a',
      'applyTo: [{groups: [""], versions: [v1], kinds: [Pod], operations: [UPDATE]}], parameters: {assign: {value: 1}}',
    ),
    '{}',
    '{}',
  ],
  [
    'a mutator for generated objects',
    mutatorText('Assign', 'spec.a', 'match: {source: Generated}, parameters: {assign: {value: 1}}'),
    '{}',
    '{}',
  ],
  [
    'a mutator for the labels of the namespace',
    mutatorText('Assign', 'spec.a', 'match: {namespaceSelector: {matchLabels: {team: a}}}, parameters: {assign: {value: 1}}'),
    '{}',
    '{a: 1}',
  ],
  ['a key called __proto__', assignText('spec.__proto__.x', '1'), '{}', '{__proto__: {x: 1}}'],
])('%s', (_, mutators, spec, expected) => {
  expect(mutated(mutators, spec)).toEqual(valueOf(expected))
})

test.each([
  [assignText('spec.s.x', '1'), '{s: v}', mismatch('object', 'string', 'x')],
  [assignText('spec.s.x', '1'), '{s: null}', mismatch('object', '<nil>', 'x')],
  [assignText('spec.s.x', '1'), '{s: [1]}', mismatch('object', '[]interface {}', 'x')],
  [assignText('spec.s[k: x].b', '1'), '{s: {}}', mismatch('List', 'map[string]interface {}', '[k: x]')],
  [assignText('spec.s[k: *].b', '1'), '{s: [1.5]}', mismatch('object', 'float64', 'b')],
  [assignText('spec.s[k: x]', '{k: x}'), '{s: [true]}', failed('Assign', 'cast error, unable to case bool to map[string]interface{}')],
  [
    set('merge', '[a]'),
    '{l: {b: 1000000, a: x}}',
    failed('ModifySet', 'map[a:x b:1e+06] is not a list of values, cannot treat it as a set'),
  ],
  [set('twist', '[a]'), '{l: []}', failed('ModifySet', 'unrecognized operation for modifyset: twist')],
  [mutatorText('ModifySet', '', 'parameters: {}'), '{}', failed('ModifySet', 'attempting to mutate an empty target location')],
  [image('{assignPath: p}'), '{i: 5}', failed('AssignImage', 'expected value at AssignImage location to be a string, got  of type string')],
  [
    mutatorText('Assign', 'spec.a', 'match: {source: x}, parameters: {assign: {value: 1}}'),
    '{}',
    'matching for mutator Assign.mutations.gatekeeper.sh /m failed for  Pod nn p: failed to run Match criteria: invalid source field "x"',
  ],
])('%# %s on %s fails: %s', (text, spec, message) => {
  expect(mutated(text, spec)).toBe(message)
})

const kindChange = (name: string, from: string, to: string): string =>
  mutatorText('Assign', 'kind', `applyTo: [{groups: [""], versions: [v1], kinds: [${from}]}], parameters: {assign: {value: ${to}}}`, name)

test('mutators that never agree are an error', () => {
  const circle = all(kindChange('a', 'Pod', 'B'), kindChange('b', 'C', 'Pod'), kindChange('c', 'B', 'C'))
  expect(mutated(circle, '{}')).toBe('mutation not converging: mutation UUID not converging for  Pod nn p')
})

test('an object that stays as it is is the same object, and nothing was applied', () => {
  const system = createMutationSystem(mutatorsOf(all(assignText('spec.a', '{x: [1]}'), set('merge', '[b]'))))
  const object = podOf('{a: {x: [1]}, l: [a, b]}')
  const outcome = system.mutate(targetFor(object), factsOf())
  expect(outcome.ok && outcome.value.object === object && outcome.value.applied.length === 0).toBe(true)
})

const conflicting = (text: string): readonly string[] => {
  const { conflicts } = createMutationSystem(mutatorsOf(text))
  return [...new Set([...conflicts.values()].map(conflictText))]
}
const conflict = (...ids: readonly string[]): readonly string[] => [
  `the following mutators have conflicting schemas: [${ids.map((id) => id.replace('.', '.mutations.gatekeeper.sh /')).join(',')}]`,
]
const named = (location: string, name: string, value = '1'): string => assignText(location, value, '', name)
const other = mutatorText(
  'Assign',
  'spec.a.b',
  'applyTo: [{groups: [""], versions: [v1], kinds: [Job]}], parameters: {assign: {value: 1}}',
  'b',
)
const ask = 'parameters: {assign: {externalData: {provider: p}}}'

test.each([
  ['a list and an object', all(named('spec.a[k: x].b', 'a'), named('spec.a.b', 'b')), conflict('Assign.a', 'Assign.b')],
  ['lists with other keys', all(named('spec.a[k: x].b', 'a'), named('spec.a[m: x].b', 'b')), conflict('Assign.a', 'Assign.b')],
  ['a set and a list', all(set('merge', '[1]', 'spec.a'), named('spec.a[k: x].b', 'b')), conflict('Assign.b', 'ModifySet.m')],
  ['a string and an object', all(image('{assignPath: p}'), named('spec.i.x', 'b')), conflict('Assign.b', 'AssignImage.m')],
  ['external data and an object', all(mutatorText('Assign', 'spec.a', ask, 'a'), named('spec.a.b', 'b')), conflict('Assign.a', 'Assign.b')],
  ['an unknown value and an object', all(named('spec.a', 'a'), named('spec.a.b', 'b')), []],
  ['an element and its parts', all(named('spec.a[k: x]', 'a', '{k: x}'), named('spec.a[k: z].b', 'b')), []],
  ['other kinds', all(named('spec.a[k: x].b', 'a'), other), []],
])('conflict of %s', (_, text, expected) => {
  expect(conflicting(text)).toEqual(expected)
})

test('all mutators of a conflict are disabled, the others are not', () => {
  const text = all(named('spec.a[k: x].b', 'a'), named('spec.a.b', 'b'), named('spec.ok', 'c'))
  expect(mutated(text, '{}')).toEqual({ ok: 1 })
})

const items = (body: Json): Facts => factsOf((question) => (question.ask === 'externalData' ? body : undefined))
const external = (more: string, spec: string, facts: Facts): Json => {
  const system = createMutationSystem(
    mutatorsOf(mutatorText('Assign', 'spec.l[k: *].i', `parameters: {assign: {externalData: {provider: p, ${more}}}}`)),
    new Map([['p', { url: 'https://p', caBundle: '', timeoutSeconds: 1 }]]),
  )
  const outcome = system.mutate(targetFor(podOf(spec)), facts)
  return outcome.ok ? (outcome.value.object['spec'] ?? null) : outcome.error
}
const answer = {
  statusCode: 200,
  idempotent: true,
  items: [
    { key: 'a', value: 'A' },
    { key: 'b', error: 'no b' },
    { key: 'alice', value: 'user' },
  ],
}

test.each([
  ['', '{l: [{i: a}, {i: a}]}', answer, { l: [{ i: 'A' }, { i: 'A' }] }],
  ['dataSource: Username', '{l: [{i: b}]}', answer, { l: [{ i: 'user' }] }],
  ['', '{l: [{i: b}]}', answer, 'failed to resolve external data placeholders: no b'],
  ['failurePolicy: Ignore', '{l: [{i: b}]}', answer, { l: [{ i: 'b' }] }],
  ['failurePolicy: UseDefault, default: d', '{l: [{i: b}]}', answer, { l: [{ i: 'd' }] }],
  ['', '{l: [{i: a}]}', { items: [] }, 'failed to resolve external data placeholders: non-idempotent response'],
  ['', '{l: [{i: a}]}', { systemError: ' down ' }, 'failed to resolve external data placeholders: non-empty system error: down'],
  [
    '',
    '{l: [{i: a}]}',
    { statusCode: 500, failure: 'no way' },
    'failed to resolve external data placeholders: failed to send external data request to provider p: no way',
  ],
  ['failurePolicy: Ignore', '{l: [{i: a}]}', { statusCode: 500, failure: 'no way' }, { l: [{ i: 'a' }] }],
])('external data {%s} in %s', (more, spec, body, expected) => {
  expect(external(more, spec, items(body))).toEqual(expected)
})

const json = fc.jsonValue({ maxDepth: 3 }).map((value) => value as Json)
const field = fc.constantFrom('a', 'b', 'l')
const step = fc.tuple(field, fc.constantFrom('', '', '[k: x]', '[k: *]')).map(([name, list]) => name + list)
const path = fc.array(step, { minLength: 1, maxLength: 3 }).map((steps) => `spec.${steps.join('.')}`)
const parameters = fc.oneof(
  fc.record({ kind: fc.constant('Assign'), parameters: json.map((value): JsonObject => ({ assign: { value } })) }),
  fc.record({
    kind: fc.constant('ModifySet'),
    parameters: fc.array(json, { maxLength: 3 }).map((fromList): JsonObject => ({ operation: 'merge', values: { fromList } })),
  }),
  fc.record({ kind: fc.constant('AssignImage'), parameters: fc.constant<JsonObject>({ assignTag: ':t' }) }),
)
const mutators = fc.array(fc.tuple(path, parameters), { minLength: 1, maxLength: 4 })
const specs = fc.dictionary(field, fc.oneof(json, fc.array(fc.record({ k: fc.constantFrom('x', 'z'), a: json }), { maxLength: 3 })), {
  maxKeys: 3,
})

const base = manifestOf(assignText('spec.a', '1'))

test('mutating twice changes nothing more, and nothing makes it throw', () => {
  fc.assert(
    fc.property(mutators, specs, (list, spec) => {
      const compiled = list.flatMap(([location, { kind, parameters: given }], index) => {
        const object = {
          ...base.object,
          kind,
          metadata: { name: `m${index}` },
          spec: { applyTo: [{ groups: [''], versions: ['v1'], kinds: ['Pod'] }], location, parameters: given },
        }
        const mutator = compileMutator({ ...base, object })
        return mutator.ok ? [mutator.value] : []
      })
      const system = createMutationSystem(compiled)
      const object = { ...podOf('{}'), spec }
      if (!isKubeObject(object)) return
      const before = JSON.stringify(object)
      const once = system.mutate(targetFor(object), factsOf())
      expect(JSON.stringify(object)).toBe(before)
      if (!once.ok) return
      const twice = system.mutate(targetFor(once.value.object), factsOf())
      expect(twice.ok && twice.value.object === once.value.object).toBe(true)
    }),
  )
})
