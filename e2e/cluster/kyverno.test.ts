import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Cluster } from './cluster.ts'
import { startCluster, whyNoKubectl } from './cluster.ts'

if (whyNoKubectl !== undefined) process.stderr.write(`${whyNoKubectl}\n`)

const rule = (name: string, message: string, pattern: string): string => `
  - name: ${name}
    match:
      any:
      - resources:
          kinds: [Pod]
    validate:
      message: "${message}"
      pattern:
${pattern.replaceAll(/^/gm, '        ')}`

const clusterPolicy = (name: string, action: string, ...rules: readonly string[]): string => `apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata:
  name: ${name}
spec:
  validationFailureAction: ${action}
  rules:${rules.join('')}
`

const pod = (name: string, spec: string, labels = '{}'): string => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: ${labels}}
spec:
  containers:
  - name: main
${spec.replaceAll(/^/gm, '    ')}
`

describe.skipIf(whyNoKubectl !== undefined)('Kyverno policies through kubectl', () => {
  let cluster: Cluster

  beforeAll(async () => {
    cluster = await startCluster()
  }, 60_000)
  afterAll(() => cluster.stop())

  /** A policy in force for as long as a test runs. */
  const withPolicy = (name: string, text: string, then: () => void): void => {
    const made = cluster.kubectl('apply', '-f', cluster.file(`${name}.yaml`, text))
    expect(made.text).toContain(`clusterpolicy.kyverno.io/${name} created`)
    cluster.ready('cpol', name)
    try {
      then()
    } finally {
      cluster.kubectl('delete', 'cpol', name)
    }
  }

  test('a Deployment with the latest tag is refused with the text of upstream', () => {
    const text = clusterPolicy(
      'disallow-latest-tag',
      'enforce',
      rule('require-image-tag', 'An image tag is required.', "spec:\n  containers:\n  - image: '*:*'"),
      rule('validate-image-tag', "Using a mutable image tag e.g. 'latest' is not allowed.", "spec:\n  containers:\n  - image: '!*:latest'"),
    )
    withPolicy('disallow-latest-tag', text, () => {
      expect(cluster.kubectl('create', 'deployment', 'nginx', '--image=nginx:latest')).toEqual({
        status: 1,
        text: `error: failed to create deployment: admission webhook "validate.kyverno.svc-fail" denied the request: 

resource Deployment/default/nginx was blocked due to the following policies 

disallow-latest-tag:
  autogen-validate-image-tag: 'validation error: Using a mutable image tag e.g. ''latest'' is not allowed. rule autogen-validate-image-tag failed at path /spec/template/spec/containers/0/image/'
`,
      })
      expect(cluster.kubectl('create', 'deployment', 'nginx', '--image=nginx:1.27', '--dry-run=server').text).toBe(
        'deployment.apps/nginx created (server dry run)\n',
      )
      expect(cluster.kubectl('create', 'deployment', 'other', '--image=nginx:latest', '--dry-run=server').status).toBe(1)
    })
  })

  test('in audit mode the same is created', () => {
    const text = clusterPolicy(
      'audit-latest-tag',
      'audit',
      rule('validate-image-tag', 'No.', "spec:\n  containers:\n  - image: '!*:latest'"),
    )
    withPolicy('audit-latest-tag', text, () => {
      expect(cluster.kubectl('create', 'deployment', 'audited', '--image=nginx:latest').text).toBe('deployment.apps/audited created\n')
      cluster.kubectl('delete', 'deployment', 'audited')
    })
  })

  test('a Pod without a required label is refused, with it it is created', () => {
    const label = rule(
      'check-for-label-name',
      'label `app.kubernetes.io/name` is required',
      'metadata:\n  labels:\n    app.kubernetes.io/name: "?*"',
    )
    withPolicy('require-labels', clusterPolicy('require-labels', 'enforce', label), () => {
      expect(cluster.kubectl('run', 'sample', '--image=busybox')).toEqual({
        status: 1,
        text: `Error from server: admission webhook "validate.kyverno.svc-fail" denied the request: 

resource Pod/default/sample was blocked due to the following policies 

require-labels:
  check-for-label-name: 'validation error: label \`app.kubernetes.io/name\` is required. rule check-for-label-name failed at path /metadata/labels/app.kubernetes.io/name/'
`,
      })
      expect(cluster.kubectl('run', 'sample', '--image=busybox', '--labels=app.kubernetes.io/name=valid').text).toBe('pod/sample created\n')
      cluster.kubectl('delete', 'pod', 'sample', '--grace-period=0', '--force')
    })
  })

  test('policies in the older match form work: privileged Pods and unknown registries', () => {
    const old = (name: string, message: string, pattern: string): string =>
      rule(name, message, pattern).replace(
        'match:\n      any:\n      - resources:\n          kinds: [Pod]',
        'match:\n      resources:\n        kinds:\n        - Pod',
      )
    const privileged = clusterPolicy(
      'disallow-privileged',
      'enforce',
      old(
        'validate-privileged',
        'Privileged mode is not allowed. Set privileged to false',
        'spec:\n  containers:\n  - =(securityContext):\n      =(privileged): false',
      ),
      old(
        'validate-allowPrivilegeEscalation',
        'Privileged mode is not allowed. Set allowPrivilegeEscalation to false',
        'spec:\n  containers:\n  - securityContext:\n      allowPrivilegeEscalation: false',
      ),
    )
    withPolicy('disallow-privileged', privileged, () => {
      const file = cluster.file(
        'nginx-privileged.yaml',
        pod('nginx-privileged', 'image: nginx\nsecurityContext: {allowPrivilegeEscalation: true}'),
      )
      const denied = cluster.kubectl('create', '-f', file)
      expect(denied.status).toBe(1)
      expect(denied.text)
        .toBe(`Error from server: error when creating "nginx-privileged.yaml": admission webhook "validate.kyverno.svc-fail" denied the request: 

resource Pod/default/nginx-privileged was blocked due to the following policies 

disallow-privileged:
  validate-allowPrivilegeEscalation: 'validation error: Privileged mode is not allowed. Set allowPrivilegeEscalation to false. rule validate-allowPrivilegeEscalation failed at path /spec/containers/0/securityContext/allowPrivilegeEscalation/'
`)
      expect(cluster.kubectl('get', 'cpol', '--no-headers').text).toMatch(/^disallow-privileged .*True .*Ready\n$/)
    })
    const registry = clusterPolicy(
      'valid-registry',
      'enforce',
      old('validate-registries', 'Unknown image registry', 'spec:\n  containers:\n  - image: "k8s.gcr.io/* | gallery.ecr.aws/*"'),
    )
    withPolicy('valid-registry', registry, () => {
      const denied = cluster.kubectl('create', '-f', cluster.file('mongo.yaml', pod('mongo', 'image: mongo:latest')))
      expect(denied.text).toContain(
        "validate-registries: 'validation error: Unknown image registry. rule validate-registries failed at path /spec/containers/0/image/'",
      )
      expect(denied.status).toBe(1)
    })
  })

  test('mutation, warnings and updates', () => {
    const mutate = `apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: add-team}
spec:
  rules:
  - name: team
    match: {any: [{resources: {kinds: [ConfigMap]}}]}
    mutate:
      patchStrategicMerge:
        metadata:
          labels:
            +(team): "{{request.namespace}}"
`
    withPolicy('add-team', mutate, () => {
      expect(cluster.kubectl('create', 'configmap', 'mutated', '--from-literal=a=1').text).toBe('configmap/mutated created\n')
      expect(cluster.kubectl('get', 'cm', 'mutated', '-o', 'jsonpath={.metadata.labels}').text).toBe('{"team":"default"}')
      cluster.kubectl('delete', 'cm', 'mutated')
    })
    const warn = `apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: warn-only}
spec:
  emitWarning: true
  rules:
  - name: has-owner
    match: {any: [{resources: {kinds: [ConfigMap]}}]}
    validate:
      failureAction: Audit
      message: an owner is expected
      pattern: {metadata: {labels: {owner: "?*"}}}
`
    withPolicy('warn-only', warn, () => {
      expect(cluster.kubectl('create', 'configmap', 'warned', '--from-literal=a=1').text).toBe(
        'Warning: policy warn-only.has-owner: validation error: an owner is expected. rule has-owner failed at path /metadata/labels/\nconfigmap/warned created\n',
      )
      cluster.kubectl('delete', 'cm', 'warned')
    })
  })

  test('a policy that cannot work is refused with a reason', () => {
    const broken = clusterPolicy('broken', 'enforce', rule('a', 'x', 'spec: {}'), rule('a', 'x', 'spec: {}'))
    const answer = cluster.kubectl('apply', '-f', cluster.file('broken.yaml', broken))
    expect(answer.status).toBe(1)
    expect(answer.text).toContain('admission webhook "validate-policy.kyverno.svc" denied the request')
  })

  test('discovery, explanations and server-side apply', () => {
    expect(cluster.kubectl('api-resources', '--api-group=kyverno.io', '--no-headers').text).toMatch(
      /clusterpolicies +cpol +kyverno.io\/v1 +false +ClusterPolicy/,
    )
    expect(cluster.kubectl('explain', 'pod.spec.containers.image').text).toContain('FIELD: image <string>')
    const map = cluster.file('map.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: applied}\ndata: {a: "1"}\n')
    expect(cluster.kubectl('apply', '--server-side', '-f', map).text).toBe('configmap/applied serverside-applied\n')
    expect(cluster.kubectl('patch', 'cm', 'applied', '--type=merge', '-p', '{"data":{"a":"2"}}').status).toBe(0)
    const conflict = cluster.kubectl('apply', '--server-side', '-f', map)
    expect(conflict.status).toBe(1)
    expect(conflict.text).toContain('Apply failed with 1 conflict: conflict with "kubectl-patch" using v1: .data.a')
    cluster.kubectl('delete', 'cm', 'applied')
  })

  test('helm template piped into kubectl is guarded too', () => {
    const chart = 'mkdir -p chart/templates && printf "apiVersion: v2\\nname: demo\\nversion: 0.1.0\\n" > chart/Chart.yaml'
    const manifest =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: "{{ .Release.Name }}"}\nspec: {containers: [{name: a, image: "nginx:latest"}]}\n'
    expect(cluster.shell(`${chart} && printf '%s' '${manifest}' > chart/templates/pod.yaml && helm version --short`).status).toBe(0)
    const text = clusterPolicy('no-latest', 'enforce', rule('tag', 'no latest', "spec:\n  containers:\n  - image: '!*:latest'"))
    withPolicy('no-latest', text, () => {
      const answer = cluster.shell('helm template release chart | kubectl apply -f -')
      expect(answer.status).toBe(1)
      expect(answer.text).toContain('resource Pod/default/release was blocked due to the following policies')
    })
  })
})
