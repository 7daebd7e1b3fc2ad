import { expect, test } from 'vitest'
import type { Json } from '../../../core/json.ts'
import { isJsonObject } from '../../../core/json.ts'
import { isKubeObject } from '../../../kube/object.ts'
import { createMutationSystem } from '../mutation/system.ts'
import { assignText, factsOf, manifestOf, mutatorText, mutatorsOf, targetFor, valueOf } from '../mutation/testbed.ts'
import { createExpander, impliedMessage } from './expand.ts'
import { compileExpansion } from './template.ts'
import type { ExpansionTemplate } from './template.ts'

const templateText = (name: string, from: string, to: string, source = 'spec.template'): string =>
  `apiVersion: expansion.gatekeeper.sh/v1beta1\nkind: ExpansionTemplate\nmetadata: {name: '${name}'}\n` +
  `spec: {applyTo: [${from}], templateSource: '${source}', generatedGVK: ${to}}\n`
const kind = (name: string): string => `{groups: [""], versions: [v1], kinds: [${name}]}`
const generated = (name: string, group = '""', version = 'v1'): string => `{group: ${group}, version: ${version}, kind: ${name}}`

function templateOf(text: string): ExpansionTemplate {
  const template = compileExpansion(manifestOf(text))
  if (!template.ok) throw new Error(template.error.message)
  return template.value
}

const podTemplate = templateText('e', kind('Gen'), generated('Pod'))
const chain = (...kinds: readonly string[]): readonly string[] =>
  kinds.slice(1).map((to, index) => templateText(`e${index}`, kind(kinds[index] ?? ''), generated(to)))

/** What an object makes, or the error. */
function expand(object: string, templates: readonly string[] = [podTemplate], mutators = ''): Json {
  const parent = valueOf(object)
  if (!isKubeObject(parent)) throw new Error('no object')
  const system = createMutationSystem(mutators === '' ? [] : mutatorsOf(mutators))
  const made = createExpander(templates.map(templateOf)).expand(targetFor(parent), system, factsOf())
  return made.ok ? made.value.map((one) => one.object) : made.error
}

const gen = (template: string, metadata = 'name: g, namespace: nn'): string =>
  `{apiVersion: v1, kind: Gen, metadata: {${metadata}}, spec: {template: ${template}}}`
const pod = (more: string, metadata = ''): string =>
  `{apiVersion: v1, kind: Pod, metadata: {name: g-pod, namespace: nn, ${metadata} ownerReferences: [{apiVersion: v1, kind: Gen, name: g, uid: ""}]}, ${more}}`

test.each([
  ['the sub-object becomes an object', gen('{metadata: {labels: {a: b}}, spec: {q: 1}}'), [pod('spec: {q: 1}', 'labels: {a: b},')]],
  [
    'the namespace is that of its parent, the name is made, kind and version are replaced',
    gen('{apiVersion: z/v3, kind: Zed, metadata: {name: own, namespace: other, generateName: q-}}', 'name: g, namespace: nn, uid: U'),
    [pod('', 'generateName: q-,')],
  ],
  ['metadata that is no map stays', gen('{metadata: null}'), ['{apiVersion: v1, kind: Pod, metadata: null}']],
  ['a parent without a name owns nothing', gen('{}', 'generateName: g-'), ['{apiVersion: v1, kind: Pod, metadata: {name: -pod}}']],
  ['other kinds make nothing', '{apiVersion: v1, kind: Other, metadata: {name: o}}', []],
])('%s', (_, object, expected) => {
  expect(expand(object)).toEqual(expected.map(valueOf))
})

test('owners that the template names come first, as owners are', () => {
  const [made] = [expand(gen('{metadata: {ownerReferences: [{a: 1, controller: true}]}}'))].flat()
  const metadata = isJsonObject(made) ? made['metadata'] : undefined
  expect(isJsonObject(metadata) ? metadata['ownerReferences'] : undefined).toEqual([
    { apiVersion: '', kind: '', name: '', uid: '', controller: true },
    { apiVersion: 'v1', kind: 'Gen', name: 'g', uid: '' },
  ])
})

const wrongType = (found: string): string =>
  `could not extract source field from unstructured: .spec.template accessor error: ${found}, expected map[string]interface{}`

test.each([
  ['{apiVersion: v1, kind: Gen, metadata: {name: g}, spec: {}}', 'could not find source field "spec.template" in resource g'],
  ['{apiVersion: v1, kind: Gen, metadata: {name: g}, spec: x}', wrongType('x is of the type string')],
  [gen('x'), wrongType('x is of the type string')],
  [gen('null'), wrongType('<nil> is of the type <nil>')],
  [gen('[1]'), wrongType('[1] is of the type []interface {}')],
])('%s makes an error: %s', (object, message) => {
  expect(expand(object)).toBe(`error expanding resource g: ${message}`)
})

test('what is made makes more, after it is mutated', () => {
  const mutators = mutatorText(
    'Assign',
    'spec.template.spec.mid',
    `applyTo: [${kind('Mid')}], match: {source: Generated}, parameters: {assign: {value: 1}}`,
  )
  const made = expand(gen('{spec: {template: {spec: {z: 1}}}}'), chain('Gen', 'Mid', 'Pod'), mutators)
  expect(made).toMatchObject([
    { kind: 'Mid', metadata: { name: 'g-mid' }, spec: { template: { spec: { z: 1, mid: 1 } } } },
    { kind: 'Pod', metadata: { name: 'g-mid-pod' }, spec: { z: 1, mid: 1 } },
  ])
})

test('a mutation that cannot be done names what it was for', () => {
  expect(expand(gen('{spec: {a: x}}'), [podTemplate], assignText('spec.a.b', '1'))).toBe(
    'error expanding resource g: failed to mutate resultant resource g-pod: mutation UUID for mutator Assign.mutations.gatekeeper.sh /m failed for  Pod nn g-pod: ' +
      'mismatch between path entry (type: object) and received object (type: string). Path: b',
  )
})

/** Objects inside objects, so that kind K0 makes K1 and so on. */
const nested = (depth: number): string => `{apiVersion: v1, kind: K0, metadata: {name: k}, ${'t: {'.repeat(depth)}${'}'.repeat(depth)}}`
const kinds = Array.from({ length: 40 }, (_, index) => `K${index}`)
const deepChain = chain(...kinds).map((text) => text.replace('spec.template', 't'))

test.each([
  [2, 2],
  [29, 29],
])('a chain of %d makes %d objects', (length, count) => {
  expect(expand(nested(length + 5), deepChain.slice(0, length))).toHaveLength(count)
})

test('a longer chain is an error', () => {
  expect(expand(nested(40), deepChain.slice(0, 30))).toBe('error expanding resource k: maximum recursion depth of 30 reached')
})

test('templates of a cycle are disabled, the others are not', () => {
  const templates = [...chain('A', 'B', 'C', 'A'), templateText('d', kind('A'), generated('Pod'))].map(templateOf)
  const expander = createExpander(templates)
  expect([...expander.cyclic].map(({ name }) => name)).toEqual(['e0', 'e1', 'e2'])
  expect(expander.templates.map(({ name }) => name)).toEqual(['d'])
})

test.each([
  [templateText('', kind('Gen'), generated('Pod')), 'ExpansionTemplate has empty name field'],
  [templateText('e'.repeat(64), kind('Gen'), generated('Pod')), 'ExpansionTemplate name must be less than 64 characters'],
  [templateText('e', kind('Gen'), generated('Pod'), ''), 'ExpansionTemplate e has empty source field'],
  [templateText('e', kind('Gen'), '{}'), 'ExpansionTemplate e has empty generatedGVK field'],
  [templateText('e', '', generated('Pod')), 'ExpansionTemplate e must specify ApplyTo'],
  [templateText('e', kind('Gen'), generated('Gen')), 'ExpansionTemplate e generates GVK /v1, Kind=Gen, but also applies to that same GVK'],
])('%# a template is refused: %s', (text, message) => {
  const compiled = compileExpansion(manifestOf(text))
  expect(compiled.ok ? '' : compiled.error.message).toBe(message)
})

test('a violation of a generated object names the template', () => {
  expect(impliedMessage(templateOf(podTemplate), 'no')).toBe('[Implied by e] no')
})
