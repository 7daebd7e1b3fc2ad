import { expect, test } from 'vitest'
import type { JsonObject } from '../../../core/json.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { validatingVerdict } from '../admission/verdict.ts'
import { compile, constraint, factsOf, fileRequest, outcomes, request, template } from '../testbed.ts'

const rego = `package k
violation[{"msg": msg}] {
  msg := sprintf("%v %v %v<%v>", [input.review.kind.kind, input.review.name, object.get(input.review.object, "spec", ""), input.review.operation])
}`
const inPods = { kinds: [{ apiGroups: [''], kinds: ['Pod'] }] }

const expansion = (spec: JsonObject = {}): KubeObject => ({
  apiVersion: 'expansion.gatekeeper.sh/v1beta1',
  kind: 'ExpansionTemplate',
  metadata: { name: 'exp' },
  spec: {
    applyTo: [{ groups: ['apps'], versions: ['v1'], kinds: ['Deployment'] }],
    templateSource: 'spec.template',
    generatedGVK: { group: '', version: 'v1', kind: 'Pod' },
    ...spec,
  },
})

const assign: KubeObject = {
  apiVersion: 'mutations.gatekeeper.sh/v1',
  kind: 'Assign',
  metadata: { name: 'm' },
  spec: {
    applyTo: [{ groups: [''], versions: ['v1'], kinds: ['Pod'] }],
    location: 'spec',
    parameters: { assign: { value: 'mutated' } },
  },
}

const deployment = (spec: JsonObject): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd', namespace: 'nn' },
  spec,
})
const good = deployment({ template: { spec: 'pod' } })

const said = (spec: JsonObject, more: readonly KubeObject[], object = good): readonly string[] => {
  const { policies } = compile(template({ rego }), constraint(spec), ...more)
  const constraints = policies.filter(({ effects }) => effects.has('validate'))
  return outcomes(constraints, fileRequest(object)).map(({ result, enforcement, message }) => `${result} ${enforcement}: ${message}`)
}

test.each([
  ['a constraint for the generated kind', { match: inPods }, [expansion()], ['fail deny: [Implied by exp] Pod d-pod pod<>']],
  [
    'a constraint for everything',
    { enforcementAction: 'dryrun' },
    [expansion()],
    ['warn audit: Deployment d {"template": {"spec": "pod"}}<>', 'warn audit: [Implied by exp] Pod d-pod pod<>'],
  ],
  ['only what is generated', { match: { source: 'Generated' } }, [expansion()], ['fail deny: [Implied by exp] Pod d-pod pod<>']],
  ['only what is written', { match: { source: 'Original' } }, [expansion()], ['fail deny: Deployment d {"template": {"spec": "pod"}}<>']],
  [
    'the action of the template',
    { match: inPods },
    [expansion({ enforcementAction: 'warn' })],
    ['warn warn: [Implied by exp] Pod d-pod pod<>'],
  ],
  ['generated objects are mutated', { match: inPods }, [expansion(), assign], ['fail deny: [Implied by exp] Pod d-pod mutated<>']],
  ['without a template there are only objects', { match: inPods }, [], []],
])('%s', (_, spec, more, expected) => {
  expect(said(spec, more)).toEqual(expected)
})

test('what cannot be expanded is an error of the request', () => {
  const { policies } = compile(template({ rego }), constraint({ match: inPods }), expansion())
  const asked = request(deployment({}))
  const [policy] = policies
  if (policy === undefined) throw new Error('no policy')
  const verdict = validatingVerdict(asked, [policy.evaluate('validate', asked, factsOf())])
  expect(verdict).toMatchObject({
    allowed: false,
    code: 500,
    message: 'error expanding resource d: could not find source field "spec.template" in resource d',
  })
})

test('a constraint is asked about the kinds that make what it is for', () => {
  const { policies, companions } = compile(template({ rego }), constraint({ match: inPods }), expansion())
  expect(policies.flatMap(({ selectors }) => selectors.map(({ group, kind }) => `${group}/${kind}`))).toEqual(['/Pod', 'apps/Deployment'])
  expect(companions?.map(({ object }) => object.kind)).toEqual(['ConstraintTemplate', 'ExpansionTemplate'])
})
