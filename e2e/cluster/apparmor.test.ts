import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Cluster } from './cluster.ts'
import { startCluster, whyNoKubectl } from './cluster.ts'

if (whyNoKubectl !== undefined) process.stderr.write(`${whyNoKubectl}\n`)

const prefix = 'container.apparmor.security.beta.kubernetes.io/'
const old = (name: string): string =>
  `Warning: metadata.annotations[${prefix}${name}]: deprecated since v1.30; use the "appArmorProfile" field instead\n`

/** The Pods of the tutorial. */
const hello = (name: string, profile: string): string => `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  annotations:
    ${prefix}hello: ${profile}
spec:
  containers:
  - name: hello
    image: busybox
    command: [ "sh", "-c", "echo 'Hello AppArmor!' && sleep 1h" ]
`

const policy = (name: string, spec: string): string =>
  `apiVersion: kanon.dev/v1alpha1\nkind: AppArmorPolicy\nmetadata: {name: ${name}}\nspec: ${spec}\n`

describe.skipIf(whyNoKubectl !== undefined)('AppArmor through kubectl', () => {
  let cluster: Cluster

  beforeAll(async () => {
    cluster = await startCluster()
    cluster.kubectl('create', 'ns', 'aa')
  }, 60_000)
  afterAll(() => cluster.stop())

  const create = (file: string, text: string): string => cluster.kubectl('create', '-n', 'aa', '-f', cluster.file(file, text)).text
  /** A policy for as long as a test runs. */
  const under = (name: string, spec: string, then: () => void): void => {
    expect(create(`${name}.yaml`, policy(name, spec))).toBe(`apparmorpolicy.kanon.dev/${name} created\n`)
    try {
      cluster.ready('apparmorpolicies', name)
      then()
    } finally {
      cluster.kubectl('delete', 'apparmorpolicy', name)
    }
  }
  const profileOf = (pod: string): string =>
    cluster.kubectl('get', 'pod', '-n', 'aa', pod, '-o=jsonpath={.spec.containers[*].securityContext.appArmorProfile}').text
  const remove = (pod: string): void => void cluster.kubectl('delete', 'pod', '-n', 'aa', pod, '--grace-period=0', '--force')

  test('an annotation becomes a field, and its user is told', () => {
    expect(create('hello.yaml', hello('hello-apparmor', 'localhost/k8s-apparmor-example-deny-write'))).toBe(
      `${old('hello')}pod/hello-apparmor created\n`,
    )
    expect(profileOf('hello-apparmor')).toBe('{"localhostProfile":"k8s-apparmor-example-deny-write","type":"Localhost"}')
    expect(cluster.kubectl('annotate', 'pod', '-n', 'aa', '--overwrite', 'hello-apparmor', `${prefix}hello=unconfined`).text).toBe(
      `The Pod "hello-apparmor" is invalid: metadata.annotations[${prefix}hello]: Forbidden: may not remove or update AppArmor annotations\n`,
    )
    expect(create('bad.yaml', hello('bad', 'docker/default'))).toBe(
      `${old('hello')}The Pod "bad" is invalid: metadata.annotations[${prefix}hello]: Invalid value: "docker/default": invalid AppArmor profile name: "docker/default"\n`,
    )
    remove('hello-apparmor')
  })

  test('a default is set, and what is not allowed is refused', () => {
    under('confined', '{namespaces: [aa], defaultProfileName: runtime/default, allowedProfileNames: [runtime/default]}', () => {
      expect(cluster.kubectl('run', 'plain', '-n', 'aa', '--image=busybox').text).toBe('pod/plain created\n')
      expect(profileOf('plain')).toBe('{"type":"RuntimeDefault"}')
      expect(create('hello.yaml', hello('hello-apparmor', 'unconfined'))).toBe(
        `${old('hello')}Error from server (Forbidden): error when creating "hello.yaml": admission webhook "validate.apparmor.kanon.dev" denied the request: AppArmor policy confined: spec.containers[0].securityContext.appArmorProfile: Forbidden: unconfined is not an allowed profile. Allowed values: "runtime/default"\n`,
      )
      expect(cluster.kubectl('run', 'elsewhere', '-n', 'default', '--image=busybox').text).toBe('pod/elsewhere created\n')
      cluster.kubectl('delete', 'pod', '-n', 'default', 'elsewhere', '--grace-period=0', '--force')
      remove('plain')
    })
  })

  test('what makes Pods is warned of, not refused', () => {
    under('only', '{namespaces: [aa], allowedProfileNames: [runtime/default]}', () => {
      expect(cluster.kubectl('create', 'deployment', 'web', '-n', 'aa', '--image=nginx').text).toBe(
        'Warning: AppArmor policy only: spec.template.spec.containers[0].securityContext.appArmorProfile: Forbidden: AppArmor profile must be set\ndeployment.apps/web created\n',
      )
      cluster.kubectl('delete', 'deployment', 'web', '-n', 'aa')
    })
  })

  test('the gate refuses every profile', () => {
    under('gate', '{appArmor: Disabled}', () => {
      expect(create('hello.yaml', hello('hello-apparmor', 'runtime/default'))).toMatch(
        /denied the request: AppArmor policy gate: \[?metadata\.annotations\[.*\/hello\]: Forbidden: AppArmor is disabled by feature-gate/,
      )
      expect(cluster.kubectl('run', 'plain', '-n', 'aa', '--image=busybox').text).toBe('pod/plain created\n')
      remove('plain')
    })
  })

  test('a profile that no node has loaded', () => {
    // An API server alone has no nodes.
    if (!cluster.kubectl('get', 'nodes', '-o=name').text.startsWith('node/'))
      create('node.yaml', 'apiVersion: v1\nkind: Node\nmetadata: {name: aa}\n')
    const nodes = cluster.kubectl('get', 'nodes', '-o=name').text.trim().split('\n')
    const annotate = (text: string): void =>
      void nodes.map((node) => cluster.kubectl('annotate', '--overwrite', node, `apparmor.kanon.dev/profiles=${text}`))
    annotate('docker-default (enforce)\n')
    under('loaded', '{namespaces: [aa], whereNotLoaded: Deny}', () => {
      expect(create('hello.yaml', hello('hello-apparmor-2', 'localhost/k8s-apparmor-example-allow-write'))).toBe(
        `${old('hello')}Error from server (Forbidden): error when creating "hello.yaml": admission webhook "validate.apparmor.kanon.dev" denied the request: AppArmor policy loaded: localhost/k8s-apparmor-example-allow-write is not loaded on any schedulable node\n`,
      )
      annotate('docker-default (enforce)\nk8s-apparmor-example-allow-write (enforce)\n')
      expect(create('hello.yaml', hello('hello-apparmor-2', 'localhost/k8s-apparmor-example-allow-write'))).toBe(
        `${old('hello')}pod/hello-apparmor-2 created\n`,
      )
      remove('hello-apparmor-2')
    })
  })

  test('a policy with a mistake is refused with it', () => {
    expect(create('bad.yaml', policy('bad', '{defaultProfileName: docker/default}'))).toBe(
      'Error from server (BadRequest): error when creating "bad.yaml": admission webhook "policy.apparmor.kanon.dev" denied the request: invalid AppArmor profile name: "docker/default"\n',
    )
  })
})
