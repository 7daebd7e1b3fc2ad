import { expect, test } from 'vitest'
import type { ExplainedStep } from '../../../policy/explain.ts'
import { effects } from '../../../policy/policy.ts'
import { anyPod, compileText, factsOf, podOf, policyText, requestOf } from '../testbed.ts'

const marks = { holds: '+', fails: '-', error: '!', 'not-reached': '/', note: '.' } as const

/** The steps as indented lines. */
function lines(steps: readonly ExplainedStep[], depth = 0): readonly string[] {
  return steps.flatMap(({ text, outcome, detail, values, children }) => [
    `${' '.repeat(depth)}${marks[outcome]} ${text}${detail === undefined ? '' : `: ${detail}`}`,
    ...values.map(({ name, value }) => `${' '.repeat(depth + 1)}${name}=${JSON.stringify(value) ?? 'undefined'}`),
    ...lines(children, depth + 1),
  ])
}

function explained(rule: string, match = anyPod): readonly string[] {
  const [policy] = compileText(policyText(`{name: r, match: ${match}, ${rule}}`))
  const request = requestOf(podOf())
  const all = policy?.explain?.(request, factsOf()) ?? []
  // The verdict of an explanation is the one of the evaluation.
  const said = effects.flatMap((effect) => policy?.evaluate(effect, request, factsOf()).rules ?? [])
  const expected = said.map(({ result, message }) => `${result}: ${message}`)
  expect(all.filter(({ applies }) => applies).map(({ detail }) => detail)).toEqual(
    expected.length === 0 && all.some(({ applies }) => applies) ? ['nothing to say'] : expected,
  )
  return lines(all.filter(({ rule: name }) => name === 'r').flatMap(({ children }) => children))
}

test('which filters match, and why others do not', () => {
  const match = '{any: [{resources: {kinds: [Service]}}, {resources: {kinds: [Pod], names: [q]}}]}'
  expect(explained('validate: {pattern: {a: b}}', match)).toEqual([
    '- match: none of the names match',
    ' - match any[0]: kind does not match [Service]',
    ' - match any[1]: none of the names match',
  ])
  expect(explained('exclude: {any: [{resources: {kinds: [Pod]}}]}, validate: {pattern: {a: b}}')).toEqual([
    '- match: resource excluded since one of the exclude criteria matched',
    ' + match any[0]',
    ' - exclude any[0]: is excluded',
  ])
})

test('where a pattern fails', () => {
  expect(explained('validate: {message: m, pattern: {spec: {containers: [{image: "!*:latest"}]}}}')).toEqual([
    '+ match',
    ' + match any[0]',
    '- pattern',
    " - at /spec/containers/0/image/ expected !*:latest: resource value 'nginx:latest' does not match '!*:latest' at path /spec/containers/0/image/",
    '  found="nginx:latest"',
  ])
  expect(explained('validate: {message: m, anyPattern: [{kind: Job}, {kind: Pod}]}').filter((line) => line.includes('anyPattern'))).toEqual(
    ['- anyPattern[0]', '+ anyPattern[1]'],
  )
})

test('conditions with the values they were decided with', () => {
  const context = 'context: [{name: v, variable: {value: 3}}]'
  const conditions = `{any: [{key: "{{ v }}", operator: GreaterThan, value: 5}, {key: "{{ request.object.metadata.name }}", operator: Equals, value: p}]}`
  expect(explained(`${context}, validate: {message: m, deny: {conditions: ${conditions}}}`)).toEqual([
    '+ match',
    ' + match any[0]',
    '. context v',
    ' v=3',
    '+ deny conditions: they hold: denied',
    ' + any',
    '  - [0] {{ v }} GreaterThan 5',
    '   key=3',
    '  + [1] {{ request.object.metadata.name }} Equals p',
    '   key="p"',
  ])
})

test('what comes after preconditions that are not met is not told', () => {
  expect(explained('preconditions: [{key: a, operator: Equals, value: b}], validate: {message: m, pattern: {kind: Job}}')).toEqual([
    '+ match',
    ' + match any[0]',
    '- preconditions',
    ' - [0] a Equals b',
  ])
})

test('a variable that cannot be resolved', () => {
  const condition = '{key: "{{ request.object.nothing.here }}", operator: Equals, value: b}'
  expect(explained(`preconditions: {all: [${condition}]}, validate: {message: m, pattern: {kind: Job}}`)).toContain(
    '  ! [0] {{ request.object.nothing.here }} Equals b: failed to resolve request.object.nothing.here at path : JMESPath query failed: Unknown key "nothing" in path',
  )
})

test('each element of a foreach', () => {
  const loop =
    '{list: request.object.spec.containers, preconditions: {all: [{key: "{{ element.name }}", operator: NotEquals, value: d}]}, pattern: {image: "*:1"}}'
  expect(explained(`validate: {message: m, foreach: [${loop}]}`).slice(2)).toEqual([
    '. foreach request.object.spec.containers: 1 element',
    ' . element 0',
    '  element={"name":"c","image":"nginx:latest"}',
    '  + preconditions',
    '   + all',
    '    + [0] {{ element.name }} NotEquals d',
    '     key="c"',
    '  - pattern',
    "   - at /image/ expected *:1: resource value 'nginx:latest' does not match '*:1' at path /image/",
    '    found="nginx:latest"',
  ])
})

test('steps stand where the policy has them', () => {
  const text = policyText(`{name: r, match: ${anyPod}, validate: {message: m, pattern: {kind: Job}}}`)
  const [rule] = compileText(text)[0]?.explain?.(requestOf(podOf()), factsOf()) ?? []
  const at = rule?.children[1]?.children[0]?.place?.span
  expect(text.slice(at?.start, at?.end)).toBe('kind')
})

test('what a mutation changes', () => {
  expect(explained('mutate: {patchStrategicMerge: {metadata: {labels: {app: b, "+(new)": x}}}}').slice(2)).toEqual([
    '. changes /metadata/labels/app',
    ' before="a"',
    ' after="b"',
    '. changes /metadata/labels/new',
    ' before=undefined',
    ' after="x"',
  ])
})
