import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pod, policy, workspace } from './kanon.ts'

const example = (name: string): string => readFileSync(join(import.meta.dirname, '../examples/latest-tag', name), 'utf8')
const latest = {
  'policy.yaml': example('policy.yaml'),
  'deployment.yaml': example('deployment.yaml'),
  'pod.yaml': example('pod.yaml'),
  'compliant.yaml': example('compliant.yaml'),
}

test('a Deployment of nginx:latest is denied with the exact text, and the line of the image', () => {
  const { status, out } = workspace(latest).kanon('apply', 'policy.yaml', '-r', 'deployment.yaml')
  expect(status).toBe(1)
  expect(out).toMatchInlineSnapshot(`
    "
    Applying 6 policy rule(s) to 1 resource(s)...
    policy disallow-latest-tag -> resource default/Deployment/nginx failed:
    1 - autogen-validate-image-tag validation error: Using a mutable image tag e.g. 'latest' is not allowed. rule autogen-validate-image-tag failed at path /spec/template/spec/containers/0/image/
        --> deployment.yaml:17:18
        17 |           image: nginx:latest
           |                  ^^^^^^^^^^^^

    pass: 1, fail: 1, warn: 0, error: 0, skip: 0
    "
  `)
})

test('a compliant Deployment passes', () => {
  const { status, out } = workspace(latest).kanon('apply', 'policy.yaml', '-r', 'compliant.yaml')
  expect(status).toBe(0)
  expect(out).toContain('pass: 2, fail: 0, warn: 0, error: 0, skip: 0')
})

const requireLabel = policy(
  'require-labels',
  `      validate:
        message: 'label \`app.kubernetes.io/name\` is required'
        pattern:
          metadata:
            labels:
              app.kubernetes.io/name: '?*'
`,
  '  validationFailureAction: enforce\n',
)

test.each([
  [
    'a Pod without the label is denied',
    '  labels:\n    run: sample\n',
    1,
    'validation error: label `app.kubernetes.io/name` is required. rule rule failed at path /metadata/labels/app.kubernetes.io/name/',
  ],
  ['a Pod with the label passes', '  labels:\n    app.kubernetes.io/name: valid\n', 0, 'pass: 1, fail: 0'],
])('%s', (_, metadata, status, text) => {
  const run = workspace({ 'policy.yaml': requireLabel, 'pod.yaml': pod('sample', 'busybox', metadata) }).kanon(
    'apply',
    'policy.yaml',
    '-r',
    'pod.yaml',
  )
  expect(run.out).toContain(text)
  expect(run.status).toBe(status)
})

const privileged = `apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata:
  name: disallow-privileged
spec:
  validationFailureAction: enforce
  rules:
    - name: validate-allowPrivilegeEscalation
      match:
        resources:
          kinds: [Pod]
      validate:
        message: Privileged mode is not allowed. Set allowPrivilegeEscalation to false
        pattern:
          spec:
            containers:
              - securityContext:
                  allowPrivilegeEscalation: false
`

test.each([
  [
    'an older policy denies',
    true,
    1,
    'validation error: Privileged mode is not allowed. Set allowPrivilegeEscalation to false. rule validate-allowPrivilegeEscalation failed at path /spec/containers/0/securityContext/allowPrivilegeEscalation/',
  ],
  ['and lets through', false, 0, 'pass: 1, fail: 0'],
])('%s', (_, value, status, text) => {
  const files = {
    'policy.yaml': privileged,
    'pod.yaml': `${pod('nginx', 'nginx')}      securityContext:\n        allowPrivilegeEscalation: ${value}\n`,
  }
  const run = workspace(files).kanon('apply', 'policy.yaml', '-r', 'pod.yaml')
  expect(run.out).toContain(text)
  expect(run.status).toBe(status)
})

test.each([
  ['audit failures are warnings with --audit-warn', ['--audit-warn'], 0, 'pass: 0, fail: 0, warn: 1'],
  ['and set the exit status that is asked for', ['--audit-warn', '--warn-exit-code', '7'], 7, 'warn: 1'],
  ['without it they are failures', [], 1, 'fail: 1, warn: 0'],
])('%s', (_, flags, status, text) => {
  const files = { 'policy.yaml': requireLabel.replace('enforce', 'Audit'), 'pod.yaml': pod('sample', 'busybox') }
  const run = workspace(files).kanon('apply', 'policy.yaml', '-r', 'pod.yaml', ...flags)
  expect(run.status).toBe(status)
  expect(run.out).toContain(text)
})

test('resources come from standard input, folders and globs', () => {
  const { kanon, pipe } = workspace({ ...latest, 'more/a.yaml': pod('a', 'nginx:1'), 'more/b.yaml': pod('b', 'nginx:1') })
  expect(pipe(latest['pod.yaml'], 'apply', 'policy.yaml', '-r', '-').out).toContain('--> <stdin>:8:14')
  expect(kanon('apply', 'policy.yaml', '-r', 'more').out).toContain('to 2 resource(s)')
  expect(kanon('apply', 'policy.yaml', '-r', 'more/*.yaml').out).toContain('to 2 resource(s)')
})

test('a mutated object is printed as YAML', () => {
  const files = {
    'policy.yaml': policy(
      'add-label',
      '      mutate:\n        patchStrategicMerge:\n          metadata:\n            labels:\n              +(team): a\n',
    ),
    'pod.yaml': pod('sample', 'busybox'),
  }
  const { out, status } = workspace(files).kanon('apply', 'policy.yaml', '-r', 'pod.yaml')
  expect(status).toBe(0)
  expect(out).toContain('labels:\n    team: a\n')
})

test('values, user information and exceptions are read from files', () => {
  const rule = `      context:
        - name: allowed
          configMap: { name: allowed, namespace: default }
      validate:
        message: '{{ request.userInfo.username }} may not'
        deny:
          conditions:
            any:
              - { key: '{{ allowed.data.user }}', operator: NotEquals, value: '{{ request.userInfo.username }}' }
`
  const files = {
    'policy.yaml': policy('who', rule, '  background: false\n'),
    'pod.yaml': pod('sample', 'busybox'),
    'values.yaml':
      'apiVersion: cli.kyverno.io/v1alpha1\nkind: Values\npolicies:\n  - name: who\n    rules:\n      - name: rule\n        values: { allowed.data.user: alice }\n',
    'user.yaml': 'apiVersion: cli.kyverno.io/v1alpha1\nkind: UserInfo\nuserInfo:\n  username: bob\n',
    'exception.yaml':
      'apiVersion: kyverno.io/v2\nkind: PolicyException\nmetadata: { name: e, namespace: default }\nspec:\n  exceptions: [{ policyName: who, ruleNames: [rule] }]\n  match: { any: [{ resources: { kinds: [Pod] } }] }\n',
  }
  const { kanon } = workspace(files)
  const call = ['apply', 'policy.yaml', '-r', 'pod.yaml', '-f', 'values.yaml', '-u', 'user.yaml']
  expect(kanon(...call).out).toContain('1 - rule bob may not')
  expect(kanon(...call, '-e', 'exception.yaml').out).toContain('skip: 1')
})

test('the ConfigMap a policy asks for may be among the resources', () => {
  const rule = `      context:
        - name: allowed
          configMap: { name: allowed, namespace: default }
      validate:
        message: only {{ allowed.data.name }}
        deny:
          conditions:
            any:
              - { key: '{{ allowed.data.name }}', operator: NotEquals, value: '{{ request.object.metadata.name }}' }
`
  const files = {
    'policy.yaml': policy('p', rule),
    'pod.yaml': `${pod('sample', 'busybox')}---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: allowed, namespace: default }\ndata: { name: other }\n`,
  }
  expect(workspace(files).kanon('apply', 'policy.yaml', '-r', 'pod.yaml').out).toContain('1 - rule only other')
})

test('a rule type that is not executed yet is an error that names it, never a pass', () => {
  const files = {
    'policy.yaml': policy('cel', '      validate:\n        cel:\n          expressions:\n            - expression: "true"\n'),
    'pod.yaml': pod('a', 'b:1'),
  }
  const { status, out } = workspace(files).kanon('apply', 'policy.yaml', '-r', 'pod.yaml')
  expect(out).toContain('rules of type validate.cel are not supported yet')
  expect(out).toContain('pass: 0, fail: 0, warn: 0, error: 1')
  expect(status).toBe(1)
})

test.each([
  [
    'json',
    (text: string) => JSON.parse(text),
    {
      summary: { fail: 1 },
      results: [{}, { policy: 'disallow-latest-tag', result: 'fail', location: { file: 'pod.yaml', line: 8, column: 14 } }],
    },
  ],
  [
    'sarif',
    (text: string) => JSON.parse(text),
    { version: '2.1.0', runs: [{ results: [{ locations: [{ physicalLocation: { region: { startLine: 8, startColumn: 14 } } }] }] }] },
  ],
])('--output %s is what it says', (format, read, expected) => {
  const { out } = workspace(latest).kanon('apply', 'policy.yaml', '-r', 'pod.yaml', '-o', format)
  expect(read(out)).toMatchObject(expected)
})

test.each([
  ['junit', '<failure message="validation error: Using a mutable image tag e.g. &apos;latest&apos;'],
  ['github', '::error file=pod.yaml,line=8,col=14,title=disallow-latest-tag/validate-image-tag::validation error'],
  ['markdown', '| fail | disallow-latest-tag | validate-image-tag | default/Pod/nginx | pod.yaml:8:14 |'],
  ['table', 'fail    pod.yaml:8:14'],
  ['yaml', 'result: fail'],
  ['policyreport', 'kind: PolicyReport'],
])('--output %s', (format, text) => {
  expect(workspace(latest).kanon('apply', 'policy.yaml', '-r', 'pod.yaml', '-o', format).out).toContain(text)
})

const gatekeeperTemplate = `apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: { name: k }
spec:
  crd: { spec: { names: { kind: K } } }
  targets:
    - target: admission.k8s.gatekeeper.sh
      code:
        - engine: K8sNativeValidation
          source: { validations: [{ expression: 'false', message: in CEL }] }
        - engine: Rego
          source: { rego: 'package k violation[{"msg": "in Rego"}] { true }' }
`
const gatekeeperConstraint = 'apiVersion: constraints.gatekeeper.sh/v1beta1\nkind: K\nmetadata: { name: c }\n'

test.each([
  [[], 'in CEL'],
  [['--enable-k8s-native-validation'], 'in CEL'],
  [['--enable-k8s-native-validation=true'], 'in CEL'],
  [['--enable-k8s-native-validation=false'], 'in Rego'],
  [['--enable-k8s-native-validation=false', '--detailed-results=true'], 'in Rego'],
])('with %j a Gatekeeper template with both languages speaks %s', (flags, expected) => {
  const files = {
    'template.yaml': gatekeeperTemplate,
    'constraint.yaml': gatekeeperConstraint,
    'deployment.yaml': latest['deployment.yaml'],
  }
  const { status, out } = workspace(files).kanon('apply', ...flags, 'template.yaml', 'constraint.yaml', '-r', 'deployment.yaml')
  expect(status).toBe(1)
  expect(out).toContain(expected)
})
