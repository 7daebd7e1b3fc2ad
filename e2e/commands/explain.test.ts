import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pod, policy, workspace } from '../kanon.ts'

const template = `apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata:
  name: norootgroup
spec:
  crd:
    spec:
      names:
        kind: NoRootGroup
  targets:
    - target: admission.k8s.gatekeeper.sh
      rego: |
        package norootgroup

        violation[{"msg": msg}] {
          container := input.review.object.spec.containers[_]
          not is_exempt(container)
          container.securityContext.runAsGroup == 0
          msg := sprintf("%v runs as group 0", [container.name])
        }

        is_exempt(container) {
          startswith(container.image, "registry.local/")
        }
---
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: NoRootGroup
metadata:
  name: groups
spec:
  enforcementAction: warn
  match:
    excludedNamespaces: [kube-*]
`

const mutator = `apiVersion: mutations.gatekeeper.sh/v1
kind: Assign
metadata:
  name: always-pull
spec:
  applyTo:
    - groups: [""]
      versions: [v1]
      kinds: [Pod]
  location: "spec.containers[name: *].imagePullPolicy"
  parameters:
    pathTests:
      - subPath: "spec.containers[name: *].imagePullPolicy"
        condition: MustNotExist
    assign:
      value: Always
`

const rootGroup = `${pod('web', 'nginx')}      securityContext: {runAsGroup: 0}
`

const { kanon } = workspace({
  'template.yaml': template,
  'mutator.yaml': mutator,
  'root.yaml': rootGroup,
  'exempt.yaml': rootGroup.replace('nginx', 'registry.local/nginx'),
  'system.yaml': pod('dns', 'coredns', '  namespace: kube-system\n'),
  'policy.yaml': policy(
    'no-latest',
    `      preconditions:
        all:
          - key: "{{ request.object.metadata.name }}"
            operator: NotEquals
            value: system
      validate:
        message: latest is not a version
        pattern:
          spec:
            containers:
              - image: "!*:latest"
`,
  ),
  'pods.yaml': `${pod('web', 'nginx:latest')}---\n${pod('system', 'nginx:latest')}`,
})

test('explain shows the way to a violation, and why a rule says nothing', () => {
  const { out, err, status } = kanon('explain', 'policy.yaml', '-r', 'pods.yaml')
  expect(out).toBe(`ClusterPolicy no-latest: Pod default/web
  ✗ rule rule: fail: validation error: latest is not a version. rule rule failed at path /spec/containers/0/image/  policy.yaml:7
    ✓ match  policy.yaml:8
      ✓ match any[0]  policy.yaml:10
    ✓ preconditions  policy.yaml:12
      ✓ all  policy.yaml:13
        ✓ [0] {{ request.object.metadata.name }} NotEquals system  policy.yaml:14
            key = "web"
    ✗ pattern  policy.yaml:19
      ✗ at /spec/containers/0/image/ expected !*:latest: resource value 'nginx:latest' does not match '!*:latest' at path /spec/containers/0/image/  policy.yaml:22
          22 | - image: "!*:latest"
          found = "nginx:latest"

ClusterPolicy no-latest: Pod default/system
  – rule rule: skip: preconditions not met  policy.yaml:7
    ✓ match  policy.yaml:8
      ✓ match any[0]  policy.yaml:10
    ✗ preconditions  policy.yaml:12
      ✗ all  policy.yaml:13
        ✗ [0] {{ request.object.metadata.name }} NotEquals system  policy.yaml:14
            14 | - key: "{{ request.object.metadata.name }}"
            key = "system"
`)
  expect({ err, status }).toEqual({ err: '', status: 0 })
})

test('explain -o json holds the same', () => {
  const { out } = kanon('explain', 'policy.yaml', '-r', 'pods.yaml', '-o', 'json', '--rule', 'rule')
  expect(JSON.parse(out)).toMatchObject([
    { policy: 'no-latest', resource: { kind: 'Pod', name: 'web' }, rules: [{ text: 'rule rule', outcome: 'fails', place: { line: 7 } }] },
    { rules: [{ outcome: 'not-reached', detail: 'skip: preconditions not met' }] },
  ])
})

test('explain says what is missing', () => {
  expect(kanon('explain', 'policy.yaml').status).toBe(2)
  expect(kanon('explain', 'policy.yaml', '-r', 'pods.yaml', '--policy', 'other')).toEqual({
    out: '',
    err: 'no policy to explain\n',
    status: 2,
  })
})

test("explain shows which of a constraint's criteria matched, and the way through the rules of its template", () => {
  const { out, err, status } = kanon('explain', 'template.yaml', '-r', 'root.yaml', '-r', 'exempt.yaml', '-r', 'system.yaml')
  expect(out).toBe(`NoRootGroup groups: Pod default/web
  ✗ constraint groups: a warning: main runs as group 0  template.yaml:29
    ✓ match  template.yaml:32
      ✓ excludedNamespaces kube-*  template.yaml:33
          namespace = "default"
    · enforcementAction warn: a violation is a warning  template.yaml:31
    ✗ rule violation[{"msg": msg}]: violation: main runs as group 0  template.yaml:15
      ✓ container := input.review.object.spec.containers[_]  template.yaml:16
          container = {"image":"nginx","name":"main","securityContext":{"runAsGroup":0}}
      ✓ not is_exempt(container)  template.yaml:17
        ✗ rule is_exempt(container): undefined  template.yaml:22
          ✗ startswith(container.image, "registry.local/"): not true  template.yaml:23
              container.image = "nginx"
      ✓ container.securityContext.runAsGroup == 0  template.yaml:18
          container.securityContext.runAsGroup = 0
      ✓ msg := sprintf("%v runs as group 0", [container.name])  template.yaml:19
          msg = "main runs as group 0"

NoRootGroup groups: Pod default/web
  ✓ constraint groups: no violation  template.yaml:29
    ✓ match  template.yaml:32
      ✓ excludedNamespaces kube-*  template.yaml:33
          namespace = "default"
    · enforcementAction warn: a violation is a warning  template.yaml:31
    ✓ rule violation[{"msg": msg}]: no violation, since \`not is_exempt(container)\` is not true  template.yaml:15
      ✓ container := input.review.object.spec.containers[_]  template.yaml:16
          container = {"image":"registry.local/nginx","name":"main","securityContext":{"runAsGroup":0}}
      ✗ not is_exempt(container): not true, since \`is_exempt(container)\` is  template.yaml:17
        ✓ rule is_exempt(container)  template.yaml:22
          ✓ startswith(container.image, "registry.local/")  template.yaml:23
              container.image = "registry.local/nginx"

NoRootGroup groups: Pod kube-system/dns
  – constraint groups: does not apply  template.yaml:29
    ✗ match  template.yaml:32
      ✗ excludedNamespaces kube-*: namespace kube-system is excluded by kube-*  template.yaml:33
          33 | excludedNamespaces: [kube-*]
          namespace = "kube-system"
`)
  expect({ err, status }).toEqual({ err: '', status: 0 })
})

test('explain shows where a mutator writes', () => {
  expect(kanon('explain', 'mutator.yaml', '-r', 'root.yaml').out).toBe(`Assign always-pull: Pod default/web
  ✓ Assign always-pull: changes the object  mutator.yaml:4
    ✓ applyTo  mutator.yaml:6
      ✓ applyTo[0] Pod (core; v1)  mutator.yaml:7
    ✓ match: nothing is asked for: every object
    · location spec.containers[name: *].imagePullPolicy  mutator.yaml:10
      ✓ spec.containers[name: *]: 1 element
        ✓ element 0 (name: main)
          ✓ pathTest spec.containers[name: *].imagePullPolicy MustNotExist: it does not exist  mutator.yaml:13
          · spec.containers[name: *].imagePullPolicy
              found = undefined
    · parameters  mutator.yaml:11
        assign = {"value":"Always"}
    · changes /spec/containers/0/imagePullPolicy
        before = undefined
        after = "Always"
`)
})

test('explain -o json tells the places in the Rego of a template', () => {
  const { out } = kanon('explain', 'template.yaml', '-r', 'root.yaml', '-o', 'json')
  const [{ rules }] = JSON.parse(out)
  expect(rules[0].children.at(-1)).toMatchObject({
    text: 'rule violation[{"msg": msg}]',
    outcome: 'fails',
    place: { file: 'template.yaml', line: 15, column: 9 },
  })
})

/** Where the published tutorials are. */
const data = process.env['KANON_CONFORMANCE']
const tutorial = data === undefined ? '' : join(data, '../tutorials/gatekeeper')

test.skipIf(!existsSync(tutorial)).each([
  ['disallowed-repository.yaml', 'fails', 'rule 1 of 3 violation[{"msg": msg}]'],
  ['allowed-repository.yaml', 'holds', undefined],
])('explain on the tutorial of allowed repositories: %s', (file, outcome, violated) => {
  const policies = ['constraint-template-repository.yaml', 'constraint-repository.yaml'].map((name) => join(tutorial, name))
  const [{ rules }] = JSON.parse(kanon('explain', ...policies, '-r', join(tutorial, file), '-o', 'json').out)
  const [{ children }] = rules
  expect(rules).toMatchObject([{ outcome }])
  expect(children.find((step: { outcome: string }) => step.outcome === 'fails')?.text).toBe(violated)
})
