import type { Command } from '../command.ts'
import type { ExitStatus, Host } from '../host.ts'
import { exit } from '../host.ts'

const templates: Readonly<Record<string, string>> = {
  test: `apiVersion: cli.kyverno.io/v1alpha1
kind: Test
metadata:
  name: my-test
policies:
  - policy.yaml
resources:
  - resource.yaml
results:
  - policy: my-policy
    rule: my-rule
    kind: Pod
    resources:
      - my-pod
    result: pass
`,
  values: `apiVersion: cli.kyverno.io/v1alpha1
kind: Values
metadata:
  name: values
globalValues:
  request.operation: CREATE
policies:
  - name: my-policy
    rules:
      - name: my-rule
        values:
          my-config-map.data.key: value
    resources:
      - name: my-pod
        values:
          request.operation: UPDATE
namespaceSelector:
  - name: my-namespace
    labels:
      team: a
`,
  'user-info': `apiVersion: cli.kyverno.io/v1alpha1
kind: UserInfo
metadata:
  name: user-info
roles:
  - default:my-role
clusterRoles:
  - cluster-admin
userInfo:
  username: alice
  groups:
    - developers
`,
  exception: `apiVersion: kyverno.io/v2
kind: PolicyException
metadata:
  name: my-exception
  namespace: default
spec:
  exceptions:
    - policyName: my-policy
      ruleNames:
        - my-rule
        - autogen-my-rule
  match:
    any:
      - resources:
          kinds:
            - Pod
            - Deployment
          names:
            - my-app*
`,
  policy: `apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata:
  name: my-policy
spec:
  rules:
    - name: my-rule
      match:
        any:
          - resources:
              kinds:
                - Pod
      validate:
        failureAction: Audit
        message: every container needs a memory limit
        pattern:
          spec:
            containers:
              - resources:
                  limits:
                    memory: '?*'
`,
}

const names = Object.keys(templates)

export const create: Command = {
  name: 'create',
  isBare: true,
  usage: names.join('|'),
  summary: `Print a template to start from: ${names.join(', ')}`,
  flags: [],
  run: runCreate,
}

function runCreate([name]: readonly string[], _: unknown, host: Host): Promise<ExitStatus> {
  const template = name === undefined || !Object.hasOwn(templates, name) ? undefined : templates[name]
  if (template === undefined) {
    host.err(`expected one of ${names.join(', ')}\n`)
    return Promise.resolve(exit.unusable)
  }
  host.out(template)
  return Promise.resolve(exit.clean)
}
