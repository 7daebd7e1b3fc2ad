import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../../core/json.ts'
import type { KubeObject } from '../../../kube/object.ts'
import type { ExplainedRule, ExplainedStep } from '../../../policy/explain.ts'
import type { Facts } from '../../../policy/facts.ts'
import type { PolicyRequest } from '../../../policy/request.ts'
import { gatekeeper } from '../dialect.ts'
import { compile, constraint, factsOf, fileRequest, pod, request, template } from '../testbed.ts'
import { allSteps, linesOf, manifestsOf, placeOf } from './testbed.ts'

const head = 'package k\n'

function explainWith(objects: readonly KubeObject[], asked: PolicyRequest, facts: Facts = factsOf()): ExplainedRule {
  const { policies, rejected } = compile(...objects)
  expect(rejected).toEqual([])
  const [policy] = policies
  const [rule, ...others] = policy?.explain?.(asked, facts) ?? []
  if (policy === undefined || rule === undefined) throw new Error('nothing is explained')
  expect(others).toEqual([])
  // The verdict of an explanation is the one of the evaluation.
  const said = policy.evaluate('validate', asked, facts).rules
  expect(rule.applies).toBe(said.length > 0)
  expect(rule.outcome === 'holds').toBe(said.some(({ result }) => result === 'pass'))
  return rule
}

/** The steps of the template for a Pod. */
function regoSteps(rego: string, spec: JsonObject = {}, parameters: JsonObject = {}): readonly ExplainedStep[] {
  const schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  const objects = [template({ rego: `${head}${rego}`, schema }), constraint({ parameters })]
  return explainWith(objects, fileRequest(pod({}, spec))).children.filter(({ text }) => text.startsWith('rule'))
}

const containers = [
  { name: 'a', image: 'x:1' },
  { name: 'b', image: 'x:latest' },
  { name: 'c', image: 'y:2' },
]

test('the expressions of a rule that is violated, with the values of what they bind', () => {
  const rego = `violation[{"msg": msg}] {
  c := input.review.object.spec.containers[_]
  endswith(c.image, ":latest")
  msg := sprintf("%v is latest", [c.name])
}`
  expect(linesOf(regoSteps(rego, { containers: containers.slice(1, 2) }))).toEqual([
    '- rule violation[{"msg": msg}]: violation: b is latest',
    ' + c := input.review.object.spec.containers[_]',
    '  c={"image":"x:latest","name":"b"}',
    ' + endswith(c.image, ":latest")',
    '  c.image="x:latest"',
    ' + msg := sprintf("%v is latest", [c.name])',
    '  msg="b is latest"',
  ])
  expect(linesOf(regoSteps(rego, { containers }))).toEqual([
    '- rule violation[{"msg": msg}]: violation: b is latest',
    ' + c := input.review.object.spec.containers[_]: 3 values',
    '  - value 1 of 3',
    '   c={"image":"x:1","name":"a"}',
    '   - endswith(c.image, ":latest"): not true',
    '    c.image="x:1"',
    '  + value 2 of 3',
    '   c={"image":"x:latest","name":"b"}',
    '   + endswith(c.image, ":latest")',
    '    c.image="x:latest"',
    '   + msg := sprintf("%v is latest", [c.name])',
    '    msg="b is latest"',
    '  . 1 more: with none of them everything holds',
  ])
})

test.each<[about: string, rego: string, spec: JsonObject, lines: readonly string[]]>([
  [
    'a path that is not there, with what there is',
    'violation[{"msg": "m"}] { input.review.object.spec.securityContext.runAsRoot }',
    { containers: [], hostPID: true },
    [
      '+ rule violation[{"msg": "m"}]: no violation, since `input.review.object.spec.securityContext.runAsRoot` is undefined',
      ' - input.review.object.spec.securityContext.runAsRoot: undefined, since input.review.object.spec.securityContext is not there: input.review.object.spec has "containers", "hostPID"',
    ],
  ],
  [
    'a list without elements',
    'violation[{"msg": "m"}] { input.review.object.spec.containers[_].name == "x" }',
    { containers: [] },
    [
      '+ rule violation[{"msg": "m"}]: no violation, since `input.review.object.spec.containers[_].name == "x"` finds nothing',
      ' - input.review.object.spec.containers[_].name == "x": nothing to look at: input.review.object.spec.containers is empty',
    ],
  ],
  [
    'an error of a built-in',
    'violation[{"msg": "m"}] { to_number(input.review.object.metadata.name) > 1 }',
    {},
    [
      '+ rule violation[{"msg": "m"}]: no violation, since `to_number(input.review.object.metadata.name)` ends in an error',
      ' ! to_number(input.review.object.metadata.name): to_number: strconv.ParseFloat: parsing "p": invalid syntax',
      '  input.review.object.metadata.name="p"',
    ],
  ],
  [
    'a negation that fails, with what is true',
    'violation[{"msg": "m"}] { not good(input.review.object) }\ngood(o) { o.kind == "Pod" }',
    {},
    [
      '+ rule violation[{"msg": "m"}]: no violation, since `not good(input.review.object)` is not true',
      ' - not good(input.review.object): not true, since `good(input.review.object)` is',
      '  + rule good(o)',
      '   o={"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"default"},"spec":{}}',
      '   + o.kind == "Pod"',
      '    o.kind="Pod"',
    ],
  ],
  [
    'a negation that fails since its argument is not there',
    'violation[{"msg": "m"}] { not good(input.review.object.spec.x) }\ngood(1)',
    { y: 1 },
    [
      '+ rule violation[{"msg": "m"}]: no violation, since `not good(input.review.object.spec.x)` is undefined',
      ' - not good(input.review.object.spec.x): undefined, since input.review.object.spec.x is not there: input.review.object.spec has "y"',
    ],
  ],
  [
    'a negation that holds, with what fails in each rule',
    'violation[{"msg": "m"}] { not good }\ngood { input.review.object.kind == "Job" }\ngood { input.review.object.spec.x == 1 }',
    { x: 2 },
    [
      '- rule violation[{"msg": "m"}]: violation: m',
      ' + not good',
      '  good=undefined',
      '  - rule good: undefined',
      '   - input.review.object.kind == "Job": not true',
      '    input.review.object.kind="Pod"',
      '  - rule good: undefined',
      '   - input.review.object.spec.x == 1: not true',
      '    input.review.object.spec.x=2',
    ],
  ],
  [
    'a function with several rules: the one that gives the value',
    'violation[{"msg": m}] { m := f(input.review.object.spec.x) }\nf(x) = "one" { x == 1 }\nf(x) = "two" { x == 2 } else = "other"',
    { x: 3 },
    [
      '- rule violation[{"msg": m}]: violation: other',
      ' + m := f(input.review.object.spec.x)',
      '  m="other"',
      '  + rule f else = "other"',
      '   x=3',
    ],
  ],
  [
    'rules that are not violated, beside one that is, by their end alone',
    'violation[{"msg": "a"}] { input.review.object.kind == "Pod"; input.review.object.spec.x == 2 }\nviolation[{"msg": "b"}] { input.review.object.kind == "Pod" }',
    { x: 1 },
    [
      '+ rule 1 of 2 violation[{"msg": "a"}]: no violation, since `input.review.object.spec.x == 2` is not true',
      ' - input.review.object.spec.x == 2: not true',
      '  input.review.object.spec.x=1',
      '- rule 2 of 2 violation[{"msg": "b"}]: violation: b',
      ' + input.review.object.kind == "Pod"',
      '  input.review.object.kind="Pod"',
    ],
  ],
  [
    'a value without a message',
    'violation[x] { x := input.review.object.spec.x }',
    { x: 'text' },
    ['+ rule violation[x]: its value has no `msg`: nothing is said', ' + x := input.review.object.spec.x', '  x="text"'],
  ],
  [
    'an error that ends the evaluation, in the rule and the expression that it ended',
    'violation[{"msg": "m"}] { input.review.object.kind == "Pod" }\nviolation[{"msg": "n"}] { x := f(input.review.object.kind); x > 0 }\nf(x) = 1 { x == "Pod" }\nf(x) = 2 { x != "Job" }',
    {},
    [
      '- rule 1 of 2 violation[{"msg": "m"}]: violation: m',
      ' + input.review.object.kind == "Pod"',
      '  input.review.object.kind="Pod"',
      '! rule 2 of 2 violation[{"msg": "n"}]: template:5: eval_conflict_error: functions must not produce multiple outputs for same inputs',
      ' ! x := f(input.review.object.kind): the evaluation ended here',
      '  + rule f(x) = 1',
      '   x="Pod"',
      '   value=1',
      '   + x == "Pod"',
      '    x="Pod"',
      '  + rule f(x) = 2',
      '   x="Pod"',
      '   value=2',
      '   + x != "Job"',
      '    x="Pod"',
    ],
  ],
  [
    'a call that was shown before',
    'violation[{"msg": "m"}] { not f("x"); not g("x") }\nf(s) { g(s) }\ng(s) { s == "y" }',
    {},
    [
      '- rule violation[{"msg": "m"}]: violation: m',
      ' + not f("x")',
      '  - rule f(s): undefined',
      '   s="x"',
      '   - g(s): undefined',
      '    s="x"',
      '    - rule g(s): undefined',
      '     s="x"',
      '     - s == "y": not true',
      '      s="x"',
      ' + not g("x")',
      '  - rule g(s): as above',
      '   s="x"',
    ],
  ],
])('%s', (_about, rego, spec, lines) => {
  expect(linesOf(regoSteps(rego, spec))).toEqual(lines)
})

test('only some of many values are shown, those that violate first', () => {
  const xs = Array.from({ length: 300 }, (_, at) => at)
  const rego = 'violation[{"msg": sprintf("%v", [x])}] { x := input.review.object.spec.xs[_]; x >= 298 }'
  expect(linesOf(regoSteps(rego, { xs })).filter((line) => /value|more|violation/.test(line))).toEqual([
    '- rule violation[{"msg": sprintf("%v", [x])}]: 2 violations, the first: 298',
    ' + x := input.review.object.spec.xs[_]: 300 values',
    '  - value 1 of 300',
    '  + value 299 of 300',
    '  + value 300 of 300',
    '  . 297 more: with none of them everything holds',
  ])
})

test('an explanation is bounded', () => {
  const xs = Array.from({ length: 60 }, (_, at) => at)
  const chain = Array.from({ length: 30 }, (_, at) => `x${at} := input.review.object.spec.xs[_]; x${at} == ${at}`).join('; ')
  const steps = allSteps(regoSteps(`violation[{"msg": "m"}] { ${chain} }`, { xs }))
  expect(steps.length).toBeLessThan(500)
})

test.each<[match: JsonObject, object: KubeObject, lines: readonly string[]]>([
  [{}, pod(), ['+ match: nothing is asked for: every object']],
  [
    {
      kinds: [
        { apiGroups: ['apps'], kinds: ['Deployment', 'StatefulSet'] },
        { apiGroups: [''], kinds: ['*'] },
      ],
      scope: 'Cluster',
    },
    pod(),
    [
      '- match',
      ' + kinds Deployment, StatefulSet (apps); any kind (core)',
      ' - scope Cluster: the object is in namespace default',
      '  namespace="default"',
    ],
  ],
  [
    { kinds: [{ apiGroups: ['*'], kinds: ['Job'] }], name: 'q*' },
    pod(),
    ['- match', ' - kinds Job (any group): Pod (core) is not among them', ' - name q*: p is another name', '  name="p"'],
  ],
  [
    { namespaces: ['a', 'b-*'], excludedNamespaces: ['x', 'def*'] },
    pod(),
    [
      '- match',
      ' - namespaces a, b-*: namespace default is not among them',
      '  namespace="default"',
      ' - excludedNamespaces x, def*: namespace default is excluded by def*',
      '  namespace="default"',
    ],
  ],
  [
    { namespaces: ['a'] },
    pod({ namespace: '' }),
    ['+ match', ' + namespaces a: the object is in no namespace, and so cannot be told apart by it'],
  ],
  [
    { labelSelector: { matchLabels: { a: 'b' } }, source: 'Generated' },
    pod({ labels: { a: 'c' } }),
    [
      '- match',
      ' - labelSelector {"matchLabels":{"a":"b"}}: the labels of the object do not match',
      '  labels={"a":"c"}',
      ' - source Generated: the object is not made by an expansion',
    ],
  ],
])('match %j', (match, object, lines) => {
  const objects = [template({ rego: `${head}violation[{"msg": "m"}] { 1 == 1 }` }), constraint({ match })]
  const { children } = explainWith(objects, fileRequest(object))
  expect(linesOf(children.filter(({ text }) => text === 'match'))).toEqual(lines)
  // A template is asked only where everything matches.
  expect(children.some(({ text }) => text.startsWith('rule'))).toBe(lines[0]?.startsWith('+') === true)
})

const always = template({ rego: `${head}violation[{"msg": "m"}] { 1 == 1 }` })

test('labels of a namespace that are not known', () => {
  const objects = [always, constraint({ match: { namespaceSelector: { matchLabels: { a: 'b' } } } })]
  const rule = explainWith(objects, fileRequest(pod()))
  expect(linesOf(rule.children)).toEqual([
    '! match',
    ' ! namespaceSelector {"matchLabels":{"a":"b"}}: namespace selector for namespace-scoped object but missing Namespace',
    '  labels of namespace default=undefined',
  ])
  expect(rule.detail).toMatch(/^denied: unable to match constraints/)
  const labels = factsOf(() => ({ known: true, value: { a: 'b' } }))
  expect(linesOf(explainWith(objects, fileRequest(pod()), labels).children).slice(0, 3)).toEqual([
    '+ match',
    ' + namespaceSelector {"matchLabels":{"a":"b"}}',
    '  labels of namespace default={"a":"b"}',
  ])
})

test.each([
  [{}, 'denied: m', '. enforcementAction deny: a violation denies the request'],
  [{ enforcementAction: 'warn' }, 'a warning: m', '. enforcementAction warn: a violation is a warning'],
  [{ enforcementAction: 'dryrun' }, 'only reported: m', '. enforcementAction dryrun: a violation is only reported'],
  [
    { enforcementAction: 'scoped', scopedEnforcementActions: [{ action: 'warn', enforcementPoints: [{ name: '*' }] }] },
    'a warning: m',
    '. enforcementAction scoped at gator.gatekeeper.sh: warn',
  ],
])('what comes of a violation: %j', (spec, detail, line) => {
  const rule = explainWith([always, constraint(spec)], fileRequest(pod()))
  expect(rule).toMatchObject({ outcome: 'fails', detail, text: 'constraint c' })
  expect(linesOf(rule.children)).toContain(line)
})

test('what keeps a constraint from being asked', () => {
  const config: KubeObject = {
    apiVersion: 'config.gatekeeper.sh/v1alpha1',
    kind: 'Config',
    metadata: { name: 'config', namespace: 'gatekeeper-system' },
    spec: { match: [{ excludedNamespaces: ['def*'], processes: ['webhook'] }] },
  }
  const excluded = explainWith([always, constraint(), config], request(pod()))
  expect(excluded).toMatchObject({ outcome: 'not-reached', detail: 'does not apply', applies: false })
  expect(linesOf(excluded.children)[0]).toBe('- Config: namespace default is excluded from webhook')
  const scoped = {
    enforcementAction: 'scoped',
    scopedEnforcementActions: [{ action: 'deny', enforcementPoints: [{ name: 'audit.gatekeeper.sh' }] }],
  }
  expect(linesOf(explainWith([always, constraint(scoped)], fileRequest(pod())).children)[0]).toBe(
    '- enforcement: no action for gator.gatekeeper.sh',
  )
})

test('steps stand where the template and the constraint have them', () => {
  const text = `apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {name: k}
spec:
  crd: {spec: {names: {kind: K}}}
  targets:
    - target: admission.k8s.gatekeeper.sh
      libs:
        - |
          package lib.names
          is_bad(x) {
            x == "p"
          }
      rego: |
        package k
        import data.lib.names
        violation[{"msg": "one"}] {
          x := input.review.object.metadata.name
          names.is_bad(x)
        }
        violation[{"msg": "two"}] {
          x := input.review.object.metadata.name
          x == [
            "q"
          ]
        }
---
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: K
metadata: {name: c}
spec:
  match:
    namespaces: [default]
`
  const { policies } = gatekeeper.compile(manifestsOf(text))
  const steps = allSteps(policies[0]?.explain?.(fileRequest(pod()), factsOf()) ?? [])
  expect(steps.map((step) => placeOf(step))).toEqual([
    '30: name',
    '32: match',
    '33: namespaces',
    '31: spec',
    '17: violation[{"msg": "one"}] {',
    '18: x := input.review.object.metadata.name',
    '19: names.is_bad(x)',
    '11: is_bad(x) {',
    '12: x == "p"',
    '21: violation[{"msg": "two"}] {',
    '23: x == [',
  ])
})

test('where quotes hide the Rego, steps stand at the field that holds it', () => {
  const text = JSON.stringify([template({ rego: `${head}violation[{"msg": "m"}] {\n\tinput.x == "\\t"\n}` }), constraint()])
  const manifests = manifestsOf(`{"apiVersion": "v1", "kind": "List", "items": ${text}}`)
  const [rule] = gatekeeper.compile(manifests).policies[0]?.explain?.(fileRequest(pod()), factsOf()) ?? []
  expect(
    placeOf(rule?.children.at(-1)?.children[0] ?? rule?.children.at(-1) ?? { text: '', outcome: 'note', values: [], children: [] }),
  ).toBe('1: "rego"')
})

test('an object is explained for what it would make as well', () => {
  const expansion: KubeObject = {
    apiVersion: 'expansion.gatekeeper.sh/v1beta1',
    kind: 'ExpansionTemplate',
    metadata: { name: 'e' },
    spec: {
      applyTo: [{ groups: ['apps'], kinds: ['Deployment'], versions: ['v1'] }],
      templateSource: 'spec.template',
      generatedGVK: { group: '', version: 'v1', kind: 'Pod' },
    },
  }
  const deployment: KubeObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd', namespace: 'default' },
    spec: { template: { metadata: {}, spec: {} } },
  }
  const objects = [always, expansion, constraint({ match: { kinds: [{ apiGroups: [''], kinds: ['Pod'] }] } })]
  const rule = explainWith(objects, fileRequest(deployment))
  expect(linesOf(rule.children).filter((line) => !line.includes('enforcementAction'))).toEqual([
    '- match',
    ' - kinds Pod (core): Deployment (apps) is not among them',
    '. Pod that it makes: by ExpansionTemplate e',
    ' + match',
    '  + kinds Pod (core)',
    ' - rule violation[{"msg": "m"}]: violation: m',
    '  + 1 == 1',
  ])
})

test('whatever is asked about, an explanation tells the verdict and does not throw', () => {
  const rego = `violation[{"msg": msg}] { c := all[_]; not exempt(c); c.n > data.inventory.x; msg := sprintf("%v", [c]) }
violation[{"msg": msg}] { c := all[_]; msg := f(c) }
all[c] { c := input.review.object.spec.containers[_] }
all[c] { c := input.review.object.spec.other[_] }
exempt(c) { startswith(c.name, input.parameters.prefix[_]) }
f(c) = "one" { c.n == 1 } else = m { m := c.name }`
  const { policies } = compile(
    template({ rego: `${head}${rego}`, schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }),
    constraint({ parameters: { prefix: ['a', 1] } }),
  )
  const container = fc.oneof(
    fc.record({ name: fc.constantFrom('a', 'b', '__proto__', ''), n: fc.constantFrom(0, 1, 2) }, { requiredKeys: [] }),
    fc.jsonValue({ maxDepth: 1 }),
  )
  const spec = fc.record({ containers: fc.array(container, { maxLength: 4 }), other: container }, { requiredKeys: [] })
  fc.assert(
    fc.property(spec, (value) => {
      const asked = fileRequest(pod({}, value as JsonObject))
      const [rule] = policies[0]?.explain?.(asked, factsOf()) ?? []
      const broken = policies[0]?.evaluate('validate', asked, factsOf()).rules.some(({ result }) => result !== 'pass')
      expect(rule?.outcome === 'fails').toBe(broken)
      expect(rule?.children.some(({ text, outcome }) => text.startsWith('rule') && outcome === 'fails')).toBe(broken)
    }),
    { numRuns: 80 },
  )
})
