import { expect, test } from 'vitest'
import { pod, policy, workspace } from '../kanon.ts'

const { kanon } = workspace({
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
