import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { workspace } from './kanon.ts'

const nginx = `apiVersion: v1
kind: Pod
metadata:
  name: nginx
spec:
  containers:
    - image: nginx # from the tutorial
      name: nginx
      ports:
        - containerPort: 80
`

const violations =
  'allowPrivilegeEscalation != false (container "nginx" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "nginx" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "nginx" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "nginx" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")'

const configuration = `apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
- name: PodSecurity
  configuration:
    apiVersion: pod-security.admission.config.k8s.io/v1beta1
    kind: PodSecurityConfiguration
    defaults: {enforce: baseline, audit: restricted, warn: restricted}
    exemptions: {namespaces: [kube-system]}
`

const namespace = (name: string, labels: string): string =>
  `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${name}\n  labels: {${labels}}\n`

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: demo}
spec:
  template:
    spec:
      containers: [{name: nginx, image: nginx}]
`

const files = {
  'nginx.yaml': nginx,
  'config.yaml': configuration,
  'by-path.yaml':
    'apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins: [{name: PodSecurity, path: own/pss.yaml}]\n',
  'own/pss.yaml': 'apiVersion: pod-security.admission.config.k8s.io/v1\nkind: PodSecurityConfiguration\ndefaults: {enforce: restricted}\n',
  'bad-config.yaml': configuration.replace('enforce: baseline', 'enforce: strict'),
  'ns.yaml': namespace('demo', 'pod-security.kubernetes.io/enforce: privileged'),
  'bad-ns.yaml': namespace('demo', 'pod-security.kubernetes.io/enforce-version: "1.25"'),
  'web.yaml': deployment,
  'wrong.yaml': nginx.replace('spec:\n', 'spec:\n  hostPID: "yes"\n'),
  'hostile.yaml': nginx.replace('name: nginx\n      ports', `name: "x\\e[31m"\n      ports`),
  'host.yaml': nginx.replace('spec:\n', 'spec:\n  hostPID: true\n'),
}

test('a Pod against a level: the text of Kubernetes and where it stands', () => {
  const { status, out } = workspace(files).kanon('apply', '--pod-security', 'restricted', '-r', 'nginx.yaml')
  expect(out).toContain(
    `1 - enforce pods "nginx" is forbidden: violates PodSecurity "restricted:latest": ${violations}\n    --> nginx.yaml:7:7`,
  )
  expect(out).toContain('pass: 0, fail: 1, warn: 0, error: 0, skip: 0')
  expect(status).toBe(1)
})

test.each<readonly [string, readonly string[], number, string]>([
  [
    'an older version asks for less',
    ['--pod-security', 'restricted@v1.0', '-r', 'nginx.yaml'],
    1,
    '"restricted:v1.0": runAsNonRoot != true (pod',
  ],
  ['a Pod that meets it passes', ['--pod-security', 'baseline', '-r', 'nginx.yaml'], 0, 'pass: 1, fail: 0'],
  [
    'the Pods of a Deployment are judged',
    ['--pod-security', 'restricted', '-r', 'web.yaml'],
    1,
    `enforce would violate PodSecurity "restricted:latest": ${violations}`,
  ],
  ['labels of namespaces take effect', ['--pod-security', 'restricted', '-r', 'web.yaml', '-r', 'ns.yaml'], 0, 'pass: 2, fail: 0'],
  [
    'a label without meaning is refused',
    ['--pod-security', 'baseline', '-r', 'bad-ns.yaml'],
    1,
    'Namespace "demo" is invalid: metadata.labels[pod-security.kubernetes.io/enforce-version]: Invalid value: "1.25": must be "latest" or "v1.x"',
  ],
  [
    'a configuration file',
    ['--pod-security-config', 'config.yaml', '-r', 'nginx.yaml'],
    1,
    `2 - warn would violate PodSecurity "restricted:latest": ${violations}`,
  ],
  ['a configuration file as a policy', ['config.yaml', '-r', 'nginx.yaml', '--audit-warn'], 0, 'pass: 1, fail: 0, warn: 2'],
  [
    'a configuration that names another file',
    ['--pod-security-config', 'by-path.yaml', '-r', 'nginx.yaml'],
    1,
    `violates PodSecurity "restricted:latest": ${violations}`,
  ],
  [
    'wrong types are errors',
    ['--pod-security', 'privileged', '-r', 'wrong.yaml'],
    1,
    'enforce Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal string into Go struct field PodSpec.spec.hostPID of type bool',
  ],
  [
    'a hostile name is an error',
    ['--pod-security', 'privileged', '-r', 'hostile.yaml'],
    1,
    'enforce Pod "nginx" is invalid: spec.containers[0].name: Invalid value: "x\\u001b[31m": a lowercase RFC 1123 label',
  ],
])('apply: %s', (_, args, status, text) => {
  const run = workspace(files).kanon('apply', ...args)
  expect(run.out).toContain(text)
  expect(run.status).toBe(status)
})

test.each<readonly [string, readonly string[], string]>([
  [
    'an unknown level',
    ['apply', '--pod-security', 'strict', '-r', 'nginx.yaml'],
    '--pod-security: expected a level (privileged, baseline, restricted)',
  ],
  ['an unknown version', ['fix', '--pod-security', 'baseline@1.25', 'nginx.yaml'], 'with @latest or @v1.x after it'],
  [
    'two sources of levels',
    ['apply', '--pod-security', 'baseline', '--pod-security-config', 'config.yaml', '-r', 'nginx.yaml'],
    'exclude each other',
  ],
  [
    'a malformed configuration',
    ['apply', '--pod-security-config', 'bad-config.yaml', '-r', 'nginx.yaml'],
    'defaults.enforce: Invalid value: "strict": must be one of privileged, baseline, restricted',
  ],
  [
    'a configuration that is not there',
    ['apply', '--pod-security-config', 'none.yaml', '-r', 'nginx.yaml'],
    '--pod-security-config: no such file or folder: none.yaml',
  ],
  [
    'a malformed configuration of the sandbox',
    ['sandbox', '--admission-control-config-file', 'bad-config.yaml', '--kubeconfig', 'kc'],
    'defaults.enforce: Invalid value: "strict": must be one of privileged, baseline, restricted',
  ],
  [
    'a configuration of the sandbox that is not there',
    ['sandbox', '--admission-control-config-file', 'none.yaml', '--kubeconfig', 'kc'],
    '--admission-control-config-file: no such file or folder: none.yaml',
  ],
  ['no level to fix for', ['fix', 'nginx.yaml'], 'expected --pod-security and a level'],
  ['nothing to fix', ['fix', '--pod-security', 'baseline'], 'expected manifests'],
  ['a file that is not there', ['fix', '--pod-security', 'baseline', 'none.yaml'], 'no such file or folder: none.yaml'],
  ['no cluster', ['podsecurity', 'simulate', '--kubeconfig', 'none'], 'no kubeconfig: there is no none'],
  ['no subcommand', ['podsecurity'], 'expected one of simulate'],
])('misuse is told: %s', (_, args, text) => {
  const run = workspace(files).kanon(...args)
  expect(run.err).toContain(text)
  expect([run.status, run.out]).toEqual([2, ''])
})

test('simulation of files shows each namespace and what each level would break', () => {
  const { status, out } = workspace(files).kanon('podsecurity', 'simulate', 'ns.yaml', 'web.yaml', 'host.yaml')
  const reasons = 'allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile'
  expect(out).toBe(`namespace default
existing pods in namespace "default" violate the new PodSecurity enforce level "baseline:latest"
  nginx: host namespaces
existing pods in namespace "default" violate the new PodSecurity enforce level "restricted:latest"
  nginx: host namespaces, ${reasons}

namespace demo
workloads in namespace "demo" would make pods that violate "restricted:latest"
  deployments.apps/web: ${reasons}

NAMESPACE  PODS  WORKLOADS  ENFORCES           BASELINE:LATEST  RESTRICTED:LATEST
default    1     0          privileged:latest  1 pod            1 pod
demo       0     1          privileged:latest  ok               1 workload
`)
  expect(status).toBe(0)
})

test.each<readonly [string, string, string]>([
  [
    'a profile for nobody',
    '{container.apparmor.security.beta.kubernetes.io/b: unconfined}',
    'metadata.annotations[container.apparmor.security.beta.kubernetes.io/b]: Invalid value: "b": container not found',
  ],
  [
    'a profile that there is not',
    '{container.apparmor.security.beta.kubernetes.io/a: x}',
    'metadata.annotations[container.apparmor.security.beta.kubernetes.io/a]: Invalid value: "x": invalid AppArmor profile name: "x"',
  ],
  [
    'a profile beside another',
    '{container.apparmor.security.beta.kubernetes.io/a: unconfined}',
    'spec.containers[0].securityContext.appArmorProfile.type: Forbidden: apparmor type in annotation and field must match',
  ],
])('AppArmor that the API server refuses is an error: %s', (_, annotations, text) => {
  const profile = text.includes('must match') ? ', securityContext: {appArmorProfile: {type: RuntimeDefault}}' : ''
  const pod = `apiVersion: v1\nkind: Pod\nmetadata: {name: p, annotations: ${annotations}}\nspec: {containers: [{name: a, image: x${profile}}]}\n`
  const run = workspace({ 'pod.yaml': pod }).kanon('apply', '--pod-security', 'privileged', '-r', 'pod.yaml')
  expect(run.out).toContain(`Pod "p" is invalid: ${text}`)
  expect(run.status).toBe(1)
})

test('a namespace that is not there is no answer', () => {
  const run = workspace(files).kanon('podsecurity', 'simulate', 'nginx.yaml', '-n', 'nope', '-n', 'default')
  expect(run.err).toBe('no namespace `nope` was found\n')
  expect(run.status).toBe(2)
})

test('a configuration that does nothing is not passed over in silence', () => {
  const { kanon } = workspace({
    ...files,
    'empty.yaml': '',
    'other.yaml': 'apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\n',
  })
  const empty = kanon('apply', '--pod-security-config', 'empty.yaml', '-r', 'nginx.yaml')
  expect(empty.err).toContain("Object 'Kind' is missing in ''")
  expect(empty.status).toBe(2)
  const other = kanon('apply', '--pod-security-config', 'other.yaml', '-r', 'nginx.yaml')
  expect(other.err).toContain('--pod-security-config: other.yaml sets no levels and exempts nobody')
  expect(other.status).toBe(0)
})

test('simulation tells what it could not judge, and what is exempt', () => {
  const { kanon } = workspace({
    ...files,
    'system.yaml': nginx.replace('name: nginx\nspec', 'name: nginx\n  namespace: kube-system\nspec'),
  })
  const wrong = kanon('podsecurity', 'simulate', 'wrong.yaml', '--level', 'baseline')
  expect(wrong.out).toContain('problem: Pod in version "v1" cannot be handled as a Pod')
  expect(wrong.out).toContain('1 not judged')
  expect(wrong.status).toBe(1)
  const exempt = kanon('podsecurity', 'simulate', 'system.yaml', '--pod-security-config', 'config.yaml')
  expect(exempt.out).toMatch(/^kube-system +1 +0 +exempt +- +-$/m)
})

test('a fixed manifest complies, and keeps its comments', () => {
  const { kanon, pipe } = workspace(files)
  const shown = kanon('fix', '--pod-security', 'restricted', 'nginx.yaml')
  const diff = `--- nginx.yaml
+++ nginx.yaml
@@ -8,3 +8,11 @@
       name: nginx
       ports:
         - containerPort: 80
+      securityContext:
+        allowPrivilegeEscalation: false
+        capabilities:
+          drop: ["ALL"]
+  securityContext:
+    runAsNonRoot: true
+    seccompProfile:
+      type: RuntimeDefault
`
  expect(shown).toMatchObject({ status: 0, out: diff })
  expect(shown.err).toContain('1 file to change (nothing written; --write does it)')
  expect(kanon('apply', '--pod-security', 'restricted', '-r', 'nginx.yaml').status).toBe(1)
  expect(kanon('fix', '--pod-security', 'restricted', '--write', 'nginx.yaml')).toMatchObject({ status: 0, out: diff })
  expect(kanon('apply', '--pod-security', 'restricted', '-r', 'nginx.yaml').status).toBe(0)
  expect(kanon('fix', '--pod-security', 'restricted', 'nginx.yaml')).toMatchObject({ status: 0, out: '' })
  const added = diff.split('\n').filter((line) => line.startsWith('+') && !line.startsWith('+++'))
  expect(pipe(nginx, 'fix', '--pod-security', 'restricted', '-w', '-').out).toBe(nginx + added.map((line) => `${line.slice(1)}\n`).join(''))
})

test('names cannot steer a terminal', () => {
  const { kanon } = workspace({ 'a.yaml': nginx.replace('name: nginx\nspec', 'name: "a\\e[2J"\n  namespace: "b\\e[2J"\nspec') })
  for (const run of [kanon('podsecurity', 'simulate', 'a.yaml'), kanon('fix', '--pod-security', 'restricted', 'a.yaml')]) {
    expect(run.out + run.err).not.toContain('\u001B')
    expect(run.out + run.err).toContain('metadata.name: Invalid value: "a\\u001b[2J"')
    expect(run.status).toBe(1)
  }
})

test('what a person has to decide is listed with its place', () => {
  const { status, err } = workspace(files).kanon('fix', '--pod-security', 'restricted', 'host.yaml', 'wrong.yaml')
  expect(err).toContain('Pod nginx: host namespaces (hostPID=true)\n    --> host.yaml:6:12\n    6 |   hostPID: true\n')
  expect(err).toContain('Pod nginx: Pod in version "v1" cannot be handled as a Pod')
  expect(err).toContain('2 decisions to make')
  expect(status).toBe(1)
})

test('the page on Pod Security shows what the commands print', () => {
  const page = readFileSync(join(import.meta.dirname, '../docs/pod-security.md'), 'utf8')
  const { kanon } = workspace({ 'pod.yaml': nginx.replace(' # from the tutorial', '') })
  expect(page).toContain(kanon('fix', '--pod-security', 'restricted', 'pod.yaml').out)
  expect(page).toContain(kanon('podsecurity', 'simulate', 'pod.yaml').out)
})
