import { describe, expect, test } from 'vitest'
import type { Json } from '../../../core/json.ts'
import { isJsonObject } from '../../../core/json.ts'
import type { Question } from '../../../policy/facts.ts'
import {
  anyPod,
  deletionOf,
  evaluateText,
  factsOf,
  factsToCome,
  objectOf,
  outcomes,
  podOf,
  policyText,
  requestOf,
  said,
  valueOf,
} from '../testbed.ts'
import type { RuleSettings } from '../testbed.ts'

const two = podOf("{spec: {containers: [{name: a, image: 'x:latest'}, {name: b, image: 'y:1'}]}}")
const settings: RuleSettings = { request: requestOf(two) }

/** One part of what a rule made of the object. */
const made = (rule: string, field: string, given: RuleSettings = settings): Json | undefined => {
  const patched = outcomes(`mutate: ${rule}`, given).at(-1)?.patched
  return patched === undefined ? undefined : patched[field]
}
const strategic = (patch: string): string => `{patchStrategicMerge: ${patch}}`
const json = (patch: string): string => `{patchesJson6902: '${patch}'}`

describe('patchStrategicMerge', () => {
  test.each([
    ['adds', '{metadata: {labels: {b: c}}}', 'metadata', '{name: p, namespace: nn, labels: {app: a, b: c}}'],
    ['replaces', '{metadata: {labels: {app: c}}}', 'metadata', '{name: p, namespace: nn, labels: {app: c}}'],
    ['removes what is null', '{metadata: {labels: {app: null, z: x}}}', 'metadata', '{name: p, namespace: nn, labels: {z: x}}'],
    [
      '+() adds what is not there',
      '{metadata: {labels: {+(app): c, +(b): c}}}',
      'metadata',
      '{name: p, namespace: nn, labels: {app: a, b: c}}',
    ],
    [
      'lists merge by name, elements of the patch first',
      '{spec: {containers: [{name: new, image: z}, {name: a, image: w}]}}',
      'spec',
      "{containers: [{name: new, image: z}, {name: a, image: w}, {name: b, image: 'y:1'}]}",
    ],
    [
      'conditions choose elements',
      "{spec: {containers: [{(image): '*:latest', imagePullPolicy: Always}]}}",
      'spec',
      "{containers: [{name: a, image: 'x:latest', imagePullPolicy: Always}, {name: b, image: 'y:1'}]}",
    ],
    ['a condition that holds', '{metadata: {(name): p, labels: {b: c}}}', 'metadata', '{name: p, namespace: nn, labels: {app: a, b: c}}'],
    [
      'variables',
      "{metadata: {labels: {b: '{{request.object.metadata.name}}'}}}",
      'metadata',
      '{name: p, namespace: nn, labels: {app: a, b: p}}',
    ],
  ])('%s', (_, patch, field, expected) => {
    expect(made(strategic(patch), field)).toEqual(valueOf(expected))
  })

  test.each([
    ['a change', '{metadata: {labels: {b: c}}}', 'pass: mutated Pod/p in namespace nn'],
    ['no change', '{metadata: {labels: {app: a}}}', 'skip: no patches applied'],
    ['an empty patch', '{}', 'skip: no patches applied'],
    ['a condition that does not hold', '{metadata: {(name): q, labels: {b: c}}}', 'skip: no patches applied'],
    ['a condition deep inside empties all of it', '{metadata: {labels: {b: c}}, spec: {(dnsPolicy): x}}', 'skip: no patches applied'],
    [
      'a variable that is missing',
      "{metadata: {labels: {b: '{{request.object.x}}'}}}",
      'error: variable substitution failed: failed to resolve request.object.x at path /metadata/labels/b: JMESPath query failed: Unknown key "x" in path',
    ],
  ])('the outcome: %s', (_, patch, expected) => {
    expect(said(`mutate: ${strategic(patch)}`)).toEqual([expected])
  })

  test('the name of an object without namespace', () => {
    const request = requestOf(objectOf('{apiVersion: v1, kind: Namespace, metadata: {name: nn}}'))
    const match = '{any: [{resources: {kinds: [Namespace]}}]}'
    expect(said('mutate: {patchStrategicMerge: {metadata: {labels: {a: b}}}}', { request, match })).toEqual(['pass: mutated Namespace/nn'])
  })

  test('it comes before a JSON patch', () => {
    expect(made("{patchStrategicMerge: {a: 1}, patchesJson6902: '[{op: add, path: /b, value: 1}]'}", 'b')).toBeUndefined()
  })
})

describe('patchesJson6902', () => {
  test.each([
    ['adds', '[{op: add, path: /metadata/labels/b, value: c}]', 'metadata', '{name: p, namespace: nn, labels: {app: a, b: c}}'],
    [
      'makes the parents it needs',
      '[{op: add, path: /metadata/annotations/b, value: c}]',
      'metadata',
      '{name: p, namespace: nn, labels: {app: a}, annotations: {b: c}}',
    ],
    [
      'replaces',
      '[{op: replace, path: /spec/containers/1/image, value: z}]',
      'spec',
      "{containers: [{name: a, image: 'x:latest'}, {name: b, image: z}]}",
    ],
    ['removes', '[{op: remove, path: /spec/containers/0}]', 'spec', "{containers: [{name: b, image: 'y:1'}]}"],
    ['counts from the end', '[{op: remove, path: /spec/containers/-1}]', 'spec', "{containers: [{name: a, image: 'x:latest'}]}"],
    [
      'appends',
      '[{op: add, path: /spec/containers/-, value: {name: c}}]',
      'spec',
      "{containers: [{name: a, image: 'x:latest'}, {name: b, image: 'y:1'}, {name: c}]}",
    ],
    [
      'is JSON as well',
      '[{"op": "add", "path": "/metadata/labels/b", "value": "c"}]',
      'metadata',
      '{name: p, namespace: nn, labels: {app: a, b: c}}',
    ],
    [
      'escapes slashes',
      '[{op: add, path: /metadata/labels/x~1y, value: c}]',
      'metadata',
      '{name: p, namespace: nn, labels: {app: a, x/y: c}}',
    ],
    [
      'has variables',
      '[{op: add, path: /metadata/labels/b, value: "{{request.namespace}}"}]',
      'metadata',
      '{name: p, namespace: nn, labels: {app: a, b: nn}}',
    ],
  ])('%s', (_, patch, field, expected) => {
    expect(made(json(patch), field)).toEqual(valueOf(expected))
  })

  test.each([
    ['to remove what is not there is no error', '[{op: remove, path: /metadata/none}]', 'skip: no patches applied'],
    ['a test that fails', '[{op: test, path: /metadata/name, value: q}]', expect.stringMatching(/^error: failed to patch resource: /)],
    ['what is no patch', '{a: b}', expect.stringMatching(/^error: failed to patch resource: /)],
    ['what is no YAML', '[', expect.stringMatching(/^error: failed to patch resource: /)],
    ['to remove the kind', '[{op: remove, path: /kind}]', 'error: failed to patch resource: the patch leaves no apiVersion and kind'],
  ])('the outcome: %s', (_, patch, expected) => {
    expect(said(`mutate: ${json(patch)}`)).toEqual([expected])
  })
})

describe('foreach', () => {
  const list = 'list: request.object.spec.containers'
  test.each([
    [
      'a strategic merge of each element',
      `[{${list}, patchStrategicMerge: {spec: {containers: [{name: '{{element.name}}', image: '{{elementIndex}}'}]}}}]`,
      'spec',
      "{containers: [{name: a, image: '0'}, {name: b, image: '1'}]}",
    ],
    [
      'goes backwards, so that what is added keeps its order',
      `[{${list}, patchStrategicMerge: {spec: {volumes: [{name: '{{element.name}}'}]}}}]`,
      'spec',
      "{containers: [{name: a, image: 'x:latest'}, {name: b, image: 'y:1'}], volumes: [{name: a}, {name: b}]}",
    ],
    [
      'unless it is to ascend',
      `[{${list}, order: Ascending, patchStrategicMerge: {spec: {volumes: [{name: '{{element.name}}'}]}}}]`,
      'spec',
      "{containers: [{name: a, image: 'x:latest'}, {name: b, image: 'y:1'}], volumes: [{name: b}, {name: a}]}",
    ],
    [
      'a JSON patch goes forwards',
      `[{${list}, patchesJson6902: '[{op: add, path: /order/-, value: "{{element.name}}"}]'}]`,
      'order',
      '[a, b]',
    ],
    [
      'unless it is to descend',
      `[{${list}, order: Descending, patchesJson6902: '[{op: add, path: /order/-, value: "{{element.name}}"}]'}]`,
      'order',
      '[b, a]',
    ],
    [
      'preconditions choose elements',
      `[{${list}, preconditions: {all: [{key: '{{element.name}}', operator: Equals, value: b}]}, patchesJson6902: '[{op: add, path: /order/-, value: "{{element.name}}"}]'}]`,
      'order',
      '[b]',
    ],
    [
      'context of an element',
      `[{${list}, context: [{name: v, variable: {value: '{{element.name}}!'}}], patchesJson6902: '[{op: add, path: /order/-, value: "{{v}}"}]'}]`,
      'order',
      '[a!, b!]',
    ],
    [
      'elements do not see what others made',
      `[{${list}, patchesJson6902: '[{op: add, path: /order/-, value: "{{ length(request.object.order) }}"}]'}]`,
      'order',
      '["0", "0"]',
    ],
    [
      'the next entry does',
      `[{${list}, patchesJson6902: '[{op: add, path: /order/-, value: x}]'}, {list: request.object.order, patchesJson6902: '[{op: add, path: /seen, value: "{{ length(request.object.order) }}"}]'}]`,
      'seen',
      '"2"',
    ],
    [
      'loops in loops',
      `[{list: request.object.nested, foreach: [{list: element0.l, patchesJson6902: '[{op: add, path: /order/-, value: "{{elementIndex0}}{{element1}}"}]'}]}]`,
      'order',
      '[0a, 0b, 1c]',
    ],
  ])('%s', (_, foreach, field, expected) => {
    const object = podOf(
      "{spec: {containers: [{name: a, image: 'x:latest'}, {name: b, image: 'y:1'}]}, order: [], nested: [{l: [a, b]}, {l: [c]}]}",
    )
    expect(made(`{foreach: ${foreach}}`, field, { request: requestOf(object) })).toEqual(valueOf(expected))
  })

  test.each([
    ['no elements', "[{list: '`[]`', patchStrategicMerge: {a: b}}]", 'skip: 0 elements processed'],
    ['elements that change nothing', `[{${list}, patchStrategicMerge: {}}]`, 'skip: 2 elements processed'],
    ['one that no precondition meets', `[{${list}, preconditions: {any: []}, patchStrategicMerge: {a: b}}]`, 'skip: 0 elements processed'],
    [
      'a list that is not there',
      '[{list: request.object.none, patchStrategicMerge: {a: b}}]',
      'error: failed to evaluate list request.object.none: JMESPath query failed: Unknown key "none" in path',
    ],
    [
      'preconditions that cannot be evaluated',
      `[{${list}, preconditions: {all: [{key: '{{element.x}}', operator: Equals, value: a}]}, patchStrategicMerge: {a: b}}]`,
      expect.stringMatching(/^error: failed to evaluate preconditions: /),
    ],
  ])('the outcome: %s', (_, foreach, expected) => {
    expect(said(`mutate: {foreach: ${foreach}}`, settings)).toEqual([expected])
  })
})

describe('rules one after another', () => {
  const rule = (name: string, patch: string, more = ''): string =>
    `{name: ${name}, match: ${anyPod}, ${more} mutate: {patchStrategicMerge: ${patch}}}`
  const run = (...rules: readonly string[]): ReturnType<typeof evaluateText> =>
    evaluateText(policyText(rules.join(', ')), 'mutate', requestOf(podOf()))

  test('each sees what the one before made, in variables, preconditions and match', () => {
    const seen = "preconditions: {all: [{key: '{{request.object.metadata.labels.b}}', operator: Equals, value: c}]},"
    const outcome = run(
      rule('one', '{metadata: {labels: {b: c}}}'),
      rule('two', "{metadata: {labels: {d: '{{request.object.metadata.labels.b}}'}}}", seen),
      rule('three', '{metadata: {labels: {e: f}}}').replace(
        anyPod,
        '{any: [{resources: {kinds: [Pod], selector: {matchLabels: {d: c}}}}]}',
      ),
    )
    expect(outcome.rules.map(({ result }) => result)).toEqual(['pass', 'pass', 'pass'])
    expect(outcome.object).toMatchObject({ metadata: { labels: { app: 'a', b: 'c', d: 'c', e: 'f' } } })
  })

  test('one that fails leaves the object to the next', () => {
    const outcome = run(rule('bad', "{a: '{{request.object.x}}'}"), rule('good', '{b: c}'))
    expect(outcome.rules.map(({ result }) => result)).toEqual(['error', 'pass'])
    expect(outcome.object).toEqual({ ...podOf(), b: 'c' })
  })

  test('nothing changed means no object', () => {
    expect(run(rule('same', '{metadata: {labels: {app: a}}}')).object).toBeUndefined()
  })

  test('the object that came is as it was', () => {
    const object = podOf()
    evaluateText(policyText(rule('r', '{metadata: {labels: {app: z}}}')), 'mutate', requestOf(object))
    expect(object).toEqual(podOf())
  })

  test('a deletion is not mutated', () => {
    expect(said('mutate: {patchStrategicMerge: {a: b}}', { request: deletionOf(podOf()) })).toEqual([])
  })
})

describe('targets', () => {
  const secret = (name: string, uid = name): Json => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'nn', uid } })
  const asked: Question[] = []
  const facts = factsOf((question) => {
    asked.push(question)
    return question.ask === 'objects' ? [secret('a'), secret('b')] : undefined
  })
  const rule = (
    target: string,
    patch = "{metadata: {labels: {of: '{{target.metadata.name}}-{{request.object.metadata.name}}'}}}",
  ): string => `mutate: {targets: [${target}], patchStrategicMerge: ${patch}}`
  const labelsAfter = (body: string): readonly (Json | undefined)[] =>
    outcomes(body, { facts }).flatMap(({ targets = [] }) =>
      targets.map(({ after }) => (isJsonObject(after['metadata'] ?? null) ? (after['metadata'] as { labels?: Json }).labels : undefined)),
    )
  const all = "apiVersion: v1, kind: Secret, namespace: nn, name: '*'"

  test('each object gives an outcome of its own, and the object asked about is left alone', () => {
    const found = outcomes(rule(`{${all}}`), { facts })
    expect(found.map(({ result, message, patched }) => [result, message, patched])).toEqual([
      ['pass', 'mutated Secret/a in namespace nn', undefined],
      ['pass', 'mutated Secret/b in namespace nn', undefined],
    ])
    expect(labelsAfter(rule(`{${all}}`))).toEqual([{ of: 'a-p' }, { of: 'b-p' }])
  })

  test.each([
    ['preconditions', `{${all}, preconditions: {all: [{key: '{{target.metadata.name}}', operator: Equals, value: b}]}}`, [{ of: 'b-p' }]],
    ['a uid', `{${all}, uid: a}`, [{ of: 'a-p' }]],
  ])('%s choose among them', (_, target, expected) => {
    expect(labelsAfter(rule(target))).toEqual(expected)
  })

  test('context of a target', () => {
    const target = `{${all}, uid: a, context: [{name: v, variable: {value: '{{target.metadata.name}}!'}}]}`
    expect(labelsAfter(rule(target, "{metadata: {labels: {of: '{{v}}'}}}"))).toEqual([{ of: 'a!' }])
  })

  test('what is asked for has its variables resolved', () => {
    asked.length = 0
    outcomes(rule("{apiVersion: v1, kind: Secret, namespace: '{{request.namespace}}', name: x, selector: {matchLabels: {a: b}}}"), {
      facts,
    })
    expect(asked).toEqual([
      { ask: 'objects', apiVersion: 'v1', kind: 'Secret', namespace: 'nn', name: 'x', selector: { matchLabels: { a: 'b' } } },
    ])
  })

  test('targets that cannot be had are an error, and those to come are asked for', () => {
    expect(said(rule(`{${all}}`))).toEqual(['error: failed to fetch target resource: there is none'])
    const later = factsToCome()
    said(rule(`{${all}}`), { facts: later })
    expect(later.missing).toHaveLength(1)
  })
})
