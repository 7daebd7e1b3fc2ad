import { describe, expect, test } from 'vitest'
import type { Json } from '../../core/json.ts'
import { expandRules } from './autogen.ts'
import { compileText, evaluateText, objectOf, requestOf, valueOf } from './testbed.ts'

const annotated = (controllers: string): string => `, annotations: {pod-policies.kyverno.io/autogen-controllers: '${controllers}'}`
const pods = '{any: [{resources: {kinds: [Pod]}}]}'
const policy = (rules: string, metadata = ''): string =>
  `{apiVersion: kyverno.io/v1, kind: ClusterPolicy, metadata: {name: policy${metadata}}, spec: {rules: [${rules}]}}`
const rule = (body: string, match = pods, more = ''): string => `{name: r, match: ${match}, ${more}${body}}`
const deny = 'validate: {deny: {}}'

const expanded = (rules: string, metadata = ''): readonly Json[] => expandRules(objectOf(policy(rules, metadata))).map(({ raw }) => raw)
const names = (rules: string, metadata = ''): readonly string[] =>
  expandRules(objectOf(policy(rules, metadata))).map(({ raw }) => String(raw['name']))

const everyName = ['r', 'autogen-r', 'autogen-cronjob-r']
const controllers = [
  'apps/v1/DaemonSet',
  'apps/v1/Deployment',
  'batch/v1/Job',
  'apps/v1/ReplicaSet',
  'v1/ReplicationController',
  'apps/v1/StatefulSet',
]
const cronJobs = ['batch/v1/CronJob']

describe('which rules there are', () => {
  test.each([
    ['no annotation means every controller', '', everyName],
    ['an empty one as well', annotated(''), everyName],
    ['none', annotated('none'), ['r']],
    ['CronJob alone', annotated('CronJob'), ['r', 'autogen-cronjob-r']],
    ['no CronJob', annotated('Deployment,Job'), ['r', 'autogen-r']],
    ['both', annotated('Deployment,CronJob'), everyName],
    ['a kind that is no controller', annotated('Service'), ['r']],
  ])('%s', (_, metadata, expected) => {
    expect(names(rule(deny), metadata)).toEqual(expected)
  })

  test.each([
    [
      'of several rules each gets its own',
      `${rule(deny)}, {name: s, match: ${pods}, ${deny}}`,
      ['r', 's', 'autogen-r', 'autogen-cronjob-r', 'autogen-s', 'autogen-cronjob-s'],
    ],
    [
      'a rule about other kinds gets none',
      `${rule(deny)}, {name: s, match: {any: [{resources: {kinds: [Service]}}]}, ${deny}}`,
      ['r', 's', 'autogen-r', 'autogen-cronjob-r'],
    ],
    ['no rule about Pods or their controllers', rule(deny, '{any: [{resources: {kinds: [Service]}}]}'), ['r']],
    ['a rule already named so', `{name: autogen-r, match: ${pods}, ${deny}}`, ['autogen-r']],
    ['exclusions without kinds', rule(deny, pods, 'exclude: {any: [{resources: {namespaces: [x]}}]}, '), everyName],
    ['exclusions of Pods', rule(deny, pods, 'exclude: {any: [{resources: {kinds: [Pod], namespaces: [x]}}]}, '), everyName],
    ['exclusions of other kinds', rule(deny, pods, 'exclude: {any: [{resources: {kinds: [Service]}}]}, '), ['r']],
    ['Pods of a version', rule(deny, '{any: [{resources: {kinds: [v1/Pod]}}]}'), everyName],
    ['the older form', rule(deny, '{resources: {kinds: [Pod]}}'), everyName],
    ['Pods in one of several filters', rule(deny, '{any: [{resources: {kinds: [Pod]}}, {resources: {kinds: [Service]}}]}'), everyName],
  ])('%s', (_, rules, expected) => {
    expect(names(rules)).toEqual(expected)
  })

  test.each([
    ['a rule that generates', `{name: s, match: ${pods}, generate: {apiVersion: v1, kind: ConfigMap, name: x}}`],
    ['a JSON patch', `{name: s, match: ${pods}, mutate: {patchesJson6902: '[]'}}`],
    ['a JSON patch in a foreach', `{name: s, match: ${pods}, mutate: {foreach: [{list: a, patchesJson6902: '[]'}]}}`],
    ['a name in a match', `{name: s, match: {any: [{resources: {kinds: [Pod], name: x}}]}, ${deny}}`],
    ['names in a match', `{name: s, match: {any: [{resources: {kinds: [Pod], names: [x]}}]}, ${deny}}`],
    ['a selector in a match', `{name: s, match: {all: [{resources: {kinds: [Pod], selector: {matchLabels: {a: b}}}}]}, ${deny}}`],
    ['annotations in a match', `{name: s, match: {resources: {kinds: [Pod], annotations: {a: b}}}, ${deny}}`],
    ['a name in an exclusion', `{name: s, match: ${pods}, exclude: {any: [{resources: {names: [x]}}]}, ${deny}}`],
    ['Pod beside another kind', `{name: s, match: {any: [{resources: {kinds: [Pod, Service]}}]}, ${deny}}`],
    ['Pod beside a controller', `{name: s, match: {any: [{resources: {kinds: [Deployment, Pod]}}]}, ${deny}}`],
  ])('%s in any rule switches it off for the policy, whatever the annotation says', (_, other) => {
    expect(names(`${rule(deny)}, ${other}`)).toEqual(['r', 's'])
    expect(names(`${rule(deny)}, ${other}`, annotated('Deployment'))).toEqual(['r', 's'])
  })

  test('names are cut to 63 characters', () => {
    const long = 'x'.repeat(60)
    expect(names(`{name: ${long}, match: ${pods}, ${deny}}`)).toEqual([
      long,
      `autogen-${'x'.repeat(55)}`,
      `autogen-cronjob-${'x'.repeat(47)}`,
    ])
  })
})

describe('what becomes of a rule', () => {
  const derived = (body: string, match = pods, more = ''): readonly Json[] => expanded(rule(body, match, more)).slice(1)

  test('the kinds of filters about Pods are those of the controllers; other attributes stay', () => {
    const match = '{any: [{resources: {kinds: [Pod], namespaces: [x], operations: [CREATE]}, subjects: [{kind: User, name: u}]}]}'
    const filter = (kinds: readonly string[]): Json => ({
      any: [{ resources: { kinds, namespaces: ['x'], operations: ['CREATE'] }, subjects: [{ kind: 'User', name: 'u' }] }],
    })
    expect(derived(deny, match)).toMatchObject([{ match: filter(controllers) }, { match: filter(cronJobs) }])
  })

  test('only those asked for', () => {
    expect(expanded(rule(deny), annotated('Deployment,CronJob'))).toMatchObject([
      { name: 'r' },
      { match: { any: [{ resources: { kinds: ['apps/v1/Deployment'] } }] } },
      { match: { any: [{ resources: { kinds: cronJobs } }] } },
    ])
  })

  test('other filters keep their kinds, but not in the rule for CronJobs', () => {
    const match = '{any: [{resources: {kinds: [Pod]}}, {resources: {kinds: [Service]}}]}'
    const exclude = 'exclude: {any: [{resources: {namespaces: [x]}}]}, '
    expect(derived(deny, match, exclude)).toMatchObject([
      {
        match: { any: [{ resources: { kinds: controllers } }, { resources: { kinds: ['Service'] } }] },
        exclude: { any: [{ resources: { namespaces: ['x'] } }] },
      },
      {
        match: { any: [{ resources: { kinds: cronJobs } }, { resources: { kinds: cronJobs } }] },
        exclude: { any: [{ resources: { namespaces: ['x'], kinds: cronJobs } }] },
      },
    ])
  })

  const template = { metadata: { labels: { a: 'b' } } }
  const inController = { spec: { template } }
  const inCronJob = { spec: { jobTemplate: { spec: { template } } } }
  test.each([
    [
      'pattern',
      'validate: {message: m, pattern: {metadata: {labels: {a: b}}}}',
      (inner: Json) => ({ validate: { message: 'm', pattern: inner } }),
    ],
    ['anyPattern', 'validate: {anyPattern: [{metadata: {labels: {a: b}}}]}', (inner: Json) => ({ validate: { anyPattern: [inner] } })],
    [
      'patchStrategicMerge',
      'mutate: {patchStrategicMerge: {metadata: {labels: {a: b}}}}',
      (inner: Json) => ({ mutate: { patchStrategicMerge: inner } }),
    ],
    [
      'patchStrategicMerge of a foreach',
      'mutate: {foreach: [{list: x, patchStrategicMerge: {metadata: {labels: {a: b}}}}]}',
      (inner: Json) => ({ mutate: { foreach: [{ list: 'x', patchStrategicMerge: inner }] } }),
    ],
  ])('%s is wrapped', (_, body, expected) => {
    expect(derived(body)).toMatchObject([expected(inController), expected(inCronJob)])
  })

  test.each([
    ['deny', 'validate: {message: m, deny: {conditions: {any: [{key: a, operator: Equals, value: b}]}}}'],
    ['podSecurity', 'validate: {podSecurity: {level: baseline, version: latest}}'],
    ['foreach', 'validate: {foreach: [{list: x, pattern: {a: b}}]}'],
    ['verifyImages', "verifyImages: [{imageReferences: ['*']}]"],
  ])('%s is not wrapped', (_, body) => {
    const written = valueOf(`{${body}}`)
    expect(derived(body)).toMatchObject([written, written])
  })

  test('targets and the order of a foreach are lost', () => {
    const [first] = derived(
      'mutate: {targets: [{apiVersion: v1, kind: Secret, name: s}], foreach: [{list: x, order: Ascending, patchStrategicMerge: {}}]}',
    )
    expect(first).toMatchObject({ mutate: { foreach: [{ list: 'x', patchStrategicMerge: { spec: { template: {} } } }] } })
    expect(JSON.stringify(first)).not.toMatch(/targets|order/)
  })

  test.each([
    [
      'spec',
      '{{request.object.spec.x}}',
      '{{request.object.spec.template.spec.x}}',
      '{{request.object.spec.jobTemplate.spec.template.spec.x}}',
    ],
    [
      'metadata, even the namespace',
      '{{request.object.metadata.namespace}}',
      '{{request.object.spec.template.metadata.namespace}}',
      '{{request.object.spec.jobTemplate.spec.template.metadata.namespace}}',
    ],
    [
      'the old object',
      '{{request.oldObject.spec}}',
      '{{request.oldObject.spec.template.spec}}',
      '{{request.oldObject.spec.jobTemplate.spec.template.spec}}',
    ],
    [
      'text that is no variable',
      'see request.object.spec',
      'see request.object.spec.template.spec',
      'see request.object.spec.jobTemplate.spec.template.spec',
    ],
    [
      'longer words that begin so',
      'request.object.specification',
      'request.object.spec.template.specification',
      'request.object.spec.jobTemplate.spec.template.specification',
    ],
    [
      'but nothing else',
      '{{request.object.kind}} {{element.spec}}',
      '{{request.object.kind}} {{element.spec}}',
      '{{request.object.kind}} {{element.spec}}',
    ],
  ])('variables follow: %s', (_, message, controller, cronJob) => {
    expect(derived(`validate: {message: '${message}', deny: {}}`)).toMatchObject([
      { validate: { message: controller } },
      { validate: { message: cronJob } },
    ])
  })

  test('in CEL the object has no `request.` before it', () => {
    expect(derived("validate: {cel: {expressions: [{expression: 'object.spec.x == oldObject.metadata.y'}]}}")).toMatchObject([
      { validate: { cel: { expressions: [{ expression: 'object.spec.template.spec.x == oldObject.spec.template.metadata.y' }] } } },
      {
        validate: {
          cel: {
            expressions: [
              { expression: 'object.spec.jobTemplate.spec.template.spec.x == oldObject.spec.jobTemplate.spec.template.metadata.y' },
            ],
          },
        },
      },
    ])
  })
})

describe('what the derived rules say', () => {
  const text = policy(rule("validate: {message: no latest, pattern: {spec: {containers: [{image: '!*:latest'}]}}}"))
  const template = "{spec: {containers: [{name: c, image: 'nginx:latest'}]}}"
  test.each([
    ['a Pod', `{apiVersion: v1, kind: Pod, metadata: {name: x}, spec: {containers: [{name: c, image: 'nginx:latest'}]}}`, 'r', '/spec'],
    [
      'a Deployment',
      `{apiVersion: apps/v1, kind: Deployment, metadata: {name: x}, spec: {template: ${template}}}`,
      'autogen-r',
      '/spec/template/spec',
    ],
    [
      'a CronJob',
      `{apiVersion: batch/v1, kind: CronJob, metadata: {name: x}, spec: {jobTemplate: {spec: {template: ${template}}}}}`,
      'autogen-cronjob-r',
      '/spec/jobTemplate/spec/template/spec',
    ],
  ])('%s', (_, object, name, place) => {
    expect(evaluateText(text, 'validate', requestOf(objectOf(object))).rules).toMatchObject([
      { rule: name, result: 'fail', message: `validation error: no latest. rule ${name} failed at path ${place}/containers/0/image/` },
    ])
  })

  test('a Deployment of another group is no Deployment', () => {
    const other = objectOf(`{apiVersion: example.com/v1, kind: Deployment, metadata: {name: x}, spec: {template: ${template}}}`)
    expect(evaluateText(text, 'validate', requestOf(other)).rules).toEqual([])
  })

  test('lists of rules tell them apart', () => {
    expect(compileText(text)[0]?.rules).toEqual([
      { name: 'r', effect: 'validate', derived: false },
      { name: 'autogen-r', effect: 'validate', derived: true },
      { name: 'autogen-cronjob-r', effect: 'validate', derived: true },
    ])
  })
})
