import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../../core/json.ts'
import type { KubeObject } from '../../../kube/object.ts'
import type { ExplainedRule } from '../../../policy/explain.ts'
import type { PolicyRequest } from '../../../policy/request.ts'
import { gatekeeper } from '../dialect.ts'
import { factsOf, pod, request } from '../testbed.ts'
import { allSteps, linesOf, manifestsOf, placeOf } from './testbed.ts'

const explained = (text: string, asked: PolicyRequest, name?: string): ExplainedRule => {
  const { policies, rejected } = gatekeeper.compile(manifestsOf(text))
  expect(rejected).toEqual([])
  const policy = policies.find((each) => name === undefined || each.name === name)
  const [rule] = policy?.explain?.(asked, factsOf()) ?? []
  if (policy === undefined || rule === undefined) throw new Error('nothing is explained')
  // It changes something if and only if the evaluation says so.
  const said = policy.evaluate('mutate', asked, factsOf()).rules
  expect(rule.outcome === 'holds').toBe(said.some(({ result }) => result === 'pass'))
  return rule
}

const mutator = (kind: string, spec: string): string => `apiVersion: mutations.gatekeeper.sh/v1
kind: ${kind}
metadata: {name: m}
spec:
  ${spec.trim().split('\n').join('\n  ')}
`

const anyPod = 'applyTo: [{groups: [""], versions: [v1], kinds: [Pod]}]'
const privileged = `${anyPod}
location: "spec.containers[name: *].securityContext.privileged"
parameters:
  pathTests:
    - {subPath: "spec.containers[name: *].securityContext", condition: MustExist}
  assign: {value: false}`

const containers = [{ name: 'a', securityContext: { privileged: true } }, { name: 'b' }]

test('where a mutator writes, what keeps it from it, and what it changes', () => {
  const rule = explained(mutator('Assign', privileged), request(pod({}, { containers })))
  expect(rule).toMatchObject({ text: 'Assign m', detail: 'changes the object', outcome: 'holds', applies: true })
  expect(linesOf(rule.children)).toEqual([
    '+ applyTo',
    ' + applyTo[0] Pod (core; v1)',
    '+ match: nothing is asked for: every object',
    '. location spec.containers[name: *].securityContext.privileged',
    ' + spec.containers[name: *]: 2 elements',
    '  + element 0 (name: a)',
    '   + pathTest spec.containers[name: *].securityContext MustExist: it exists',
    '   . spec.containers[name: *].securityContext.privileged',
    '    found=true',
    '  - element 1 (name: b)',
    '   - pathTest spec.containers[name: *].securityContext MustExist: it does not exist',
    '. parameters',
    ' assign={"value":false}',
    '. changes /spec/containers/0/securityContext/privileged',
    ' before=true',
    ' after=false',
  ])
  expect(
    allSteps([rule])
      .map(placeOf)
      .filter((place) => place !== 'nowhere'),
  ).toEqual(['3: name', '5: applyTo', '5: {', '6: location', '9: {', '9: {', '7: parameters'])
})

test.each<[about: string, text: string, object: KubeObject, detail: string, lines: readonly string[]]>([
  [
    'another kind',
    mutator('Assign', privileged.replace('[Pod]', '[Deployment, Job]').replace('""', 'apps')),
    pod(),
    'does not apply',
    ['- applyTo', ' - applyTo[0] Deployment, Job (apps; v1): v1 Pod is not among them'],
  ],
  [
    'another operation',
    mutator('Assign', privileged.replace('[Pod]', '[Pod], operations: [UPDATE]')),
    pod(),
    'does not apply',
    ['- applyTo', ' - applyTo[0] Pod (core; v1) on UPDATE: v1 Pod on CREATE is not among them'],
  ],
  [
    'match criteria',
    mutator('Assign', `${privileged}\nmatch: {excludedNamespaces: [default]}`),
    pod(),
    'does not apply',
    ['- match', ' - excludedNamespaces default: namespace default is excluded', '  namespace="default"'],
  ],
  [
    'labels that are there',
    mutator('AssignMetadata', 'location: metadata.labels.a\nparameters: {assign: {value: x}}'),
    pod({ labels: { a: 'y' } }),
    'changes nothing: a path test keeps it from writing',
    [' - pathTest metadata.labels.a MustNotExist: it exists'],
  ],
  [
    'a value that is there',
    mutator('Assign', `${anyPod}\nlocation: spec.hostPID\nparameters: {assign: {value: false}}`),
    pod({}, { hostPID: false }),
    'changes nothing: what it writes is there already',
    [' . spec.hostPID', '  found=false'],
  ],
  [
    'a list that is not there',
    mutator('ModifySet', `${anyPod}\nlocation: "spec.containers[name: *].args"\nparameters: {operation: merge, values: {fromList: [x]}}`),
    pod(),
    'changes nothing: there is no such place',
    [' - spec.containers[name: *]: the list has no elements'],
  ],
  [
    'an element that is added',
    mutator('Assign', `${anyPod}\nlocation: "spec.containers[name: x].image"\nparameters: {assign: {value: y}}`),
    pod({}, { containers: [] }),
    'changes the object',
    [' . spec.containers[name: x]: no element is the one: it is added', '. changes /spec/containers'],
  ],
  [
    'an object of another shape',
    mutator('Assign', `${anyPod}\nlocation: spec.containers.x\nparameters: {assign: {value: y}}`),
    pod({}, { containers: [] }),
    'mutation 00000000-0000-0000-0000-000000000000 for mutator Assign.mutations.gatekeeper.sh /m failed for  Pod default p: mismatch between path entry (type: object) and received object (type: []interface {}). Path: x',
    [' ! x: spec.containers should be an object, and is []interface {}'],
  ],
])('%s', (_about, text, object, detail, lines) => {
  const rule = explained(text, request(object, { uid: '' }))
  expect(rule.detail).toBe(detail)
  expect(linesOf(rule.children)).toEqual(expect.arrayContaining([...lines]))
})

test.each<[more: Partial<PolicyRequest>, detail: string]>([
  [{ operation: 'DELETE' }, 'does not apply: mutators see CREATE and UPDATE, and this is DELETE'],
  [{ subresource: 'scale' }, 'does not apply: mutators see no subresources, and this is scale'],
])('requests that mutators do not see: %j', (more, detail) => {
  expect(explained(mutator('Assign', privileged), request(pod(), more))).toMatchObject({ applies: false, detail })
})

test('a mutator that only changes what another one makes', () => {
  const text = `${mutator('Assign', privileged)}---
${mutator('Assign', `${anyPod}\nlocation: "spec.containers[name: *].securityContext.runAsUser"\nparameters: {assign: {value: 1}}`).replace('name: m', 'name: n')}`
  const rule = explained(text, request(pod({}, { containers: [{ name: 'a' }] })), 'm')
  expect(rule.detail).toBe('changes what other mutators make of the object')
})

test('whatever the object, an explanation tells the verdict and does not throw', () => {
  const text = mutator('Assign', privileged)
  const element = fc.oneof(
    fc.record({ name: fc.constantFrom('a', 1), securityContext: fc.jsonValue({ maxDepth: 1 }) }, { requiredKeys: [] }),
    fc.jsonValue({ maxDepth: 1 }),
  )
  const spec = fc.record({ containers: fc.oneof(fc.array(element, { maxLength: 3 }), fc.jsonValue({ maxDepth: 1 })) }, { requiredKeys: [] })
  fc.assert(
    fc.property(spec, (value) => void explained(text, request(pod({}, value as JsonObject)))),
    { numRuns: 100 },
  )
})
