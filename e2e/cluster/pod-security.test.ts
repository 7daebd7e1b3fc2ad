import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Cluster } from './cluster.ts'
import { bundle, clusterOf, readText, startCluster, startSandbox, whyNoKubectl } from './cluster.ts'

if (whyNoKubectl !== undefined) process.stderr.write(`${whyNoKubectl}\n`)

const nginxPod = `apiVersion: v1
kind: Pod
metadata:
  name: nginx
spec:
  containers:
    - image: nginx
      name: nginx
      ports:
        - containerPort: 80
`

const nginxWarning =
  'Warning: would violate PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "nginx" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "nginx" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "nginx" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "nginx" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")'

/** `{enforce: 'baseline'}` as labels of a namespace. */
const labels = (values: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(values).map(([key, value]) => `pod-security.kubernetes.io/${key}=${value}`)

const latest = (enforce: string, warn: string, audit: string): readonly string[] =>
  labels({ enforce, 'enforce-version': 'latest', warn, 'warn-version': 'latest', audit, 'audit-version': 'latest' })

const namespace = (name: string, values: Readonly<Record<string, string>>): string =>
  `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${name}\n  labels:\n${labels(values)
    .map((label) => `    ${label.replace('=', ': "')}"\n`)
    .join('')}`

const pod = (name: string, spec: string): string => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec:\n${spec}`
const main = '  containers: [{name: main, image: nginx}]\n'

describe.skipIf(whyNoKubectl !== undefined)('Pod Security of a namespace through kubectl', () => {
  let cluster: Cluster

  beforeAll(async () => {
    cluster = await startCluster()
  }, 60_000)
  afterAll(() => cluster.stop())

  const create = (file: string, text: string, ...args: readonly string[]): string =>
    cluster.kubectl('create', '-f', cluster.file(file, text), ...args).text
  /** A namespace for as long as a test runs. */
  const within = (name: string, values: Readonly<Record<string, string>>, then: () => void): void => {
    expect(create(`${name}.yaml`, namespace(name, values))).toBe(`namespace/${name} created\n`)
    try {
      then()
    } finally {
      cluster.kubectl('delete', 'ns', name, '--wait=false')
    }
  }

  test('the tutorial: a namespace that enforces baseline and warns of restricted', () => {
    expect(cluster.kubectl('create', 'ns', 'example').text).toBe('namespace/example created\n')
    const label = (...given: readonly string[]): string => cluster.kubectl('label', '--overwrite', 'ns', 'example', ...given).text
    expect(label(...labels({ warn: 'baseline', 'warn-version': 'latest' }))).toBe('namespace/example labeled\n')
    expect(label(...latest('baseline', 'restricted', 'restricted'))).toBe('namespace/example labeled\n')
    const file = cluster.file('nginx-pod.yaml', nginxPod)
    expect(cluster.shell(`kubectl apply -n example -f ${file} 2>&1`).text).toBe(`${nginxWarning}\npod/nginx created\n`)
    expect(cluster.kubectl('apply', '-n', 'default', '-f', file).text).toBe('pod/nginx created\n')
    cluster.kubectl('delete', 'pod', '-n', 'default', 'nginx', '--grace-period=0', '--force')
    cluster.kubectl('delete', 'ns', 'example', '--wait=false')
  })

  test('what violates the enforced level is refused, and a refusal warns of nothing', () => {
    within('psa-enforce', { enforce: 'baseline', warn: 'restricted' }, () => {
      expect(create('host.yaml', pod('host', `  hostNetwork: true\n${main}`), '-n', 'psa-enforce')).toBe(
        'Error from server (Forbidden): error when creating "host.yaml": pods "host" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)\n',
      )
      expect(cluster.kubectl('run', 'shell', '--image=busybox', '--overrides={"spec":{"hostIPC":true}}', '-n', 'psa-enforce').text).toBe(
        'Error from server (Forbidden): pods "shell" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostIPC=true)\n',
      )
    })
  })

  test('a Deployment is warned about and never refused', () => {
    within('psa-workload', { enforce: 'restricted', 'enforce-version': 'v1.24' }, () => {
      expect(cluster.shell('kubectl create deployment web --image=nginx -n psa-workload --replicas=0 2>&1').text).toBe(
        `${nginxWarning.replace(':latest', ':v1.24')}\ndeployment.apps/web created\n`,
      )
    })
  })

  test('of updates only new images count', () => {
    within('psa-update', {}, () => {
      create('old.yaml', nginxPod, '-n', 'psa-update')
      cluster.kubectl('label', 'ns', 'psa-update', ...labels({ enforce: 'restricted' }))
      expect(cluster.kubectl('label', 'pod', 'nginx', 'a=b', '-n', 'psa-update').text).toBe('pod/nginx labeled\n')
      const denied = nginxWarning.replace('Warning: would violate', 'pods "nginx" is forbidden: violates')
      expect(cluster.kubectl('set', 'image', 'pod/nginx', 'nginx=nginx:1.27', '-n', 'psa-update').text).toBe(
        `error: failed to patch image update to pod template: ${denied}\n`,
      )
    })
  })

  test('labels that mean nothing are refused in the words of Kubernetes', () => {
    expect(create('bad.yaml', namespace('psa-bad', { enforce: 'foo', 'warn-version': '1.25' }))).toBe(
      'The Namespace "psa-bad" is invalid: \n' +
        '* metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "foo": must be one of privileged, baseline, restricted\n' +
        '* metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: "1.25": must be "latest" or "v1.x"\n',
    )
    within('psa-label', { enforce: 'baseline' }, () => {
      expect(cluster.kubectl('label', '--overwrite', 'ns', 'psa-label', ...labels({ enforce: 'bar' })).text).toBe(
        'The Namespace "psa-label" is invalid: metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "bar": must be one of privileged, baseline, restricted\n',
      )
      expect(cluster.kubectl('label', '--overwrite', 'ns', 'psa-label', ...labels({ 'enforce-version': 'v1.999' })).text).toBe(
        'namespace/psa-label labeled\n',
      )
    })
  })

  test('a new level tells what it means to the Pods that are there, also when nothing is written', () => {
    within('psa-dry-run', {}, () => {
      create('a.yaml', pod('b-plain', main), '-n', 'psa-dry-run')
      create('b.yaml', pod('a-plain', main), '-n', 'psa-dry-run')
      create('c.yaml', pod('host', `  hostPID: true\n${main}`), '-n', 'psa-dry-run')
      const dryRun = (level: string): string =>
        cluster.shell(`kubectl label --dry-run=server --overwrite ns psa-dry-run ${labels({ enforce: level }).join(' ')} 2>&1`).text
      expect(dryRun('privileged')).toBe('namespace/psa-dry-run labeled (server dry run)\n')
      expect(dryRun('baseline')).toBe(
        'Warning: existing pods in namespace "psa-dry-run" violate the new PodSecurity enforce level "baseline:latest"\n' +
          'Warning: host: host namespaces\nnamespace/psa-dry-run labeled (server dry run)\n',
      )
      expect(dryRun('restricted')).toBe(
        'Warning: existing pods in namespace "psa-dry-run" violate the new PodSecurity enforce level "restricted:latest"\n' +
          'Warning: a-plain (and 1 other pod): allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile\n' +
          'Warning: host: host namespaces, allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile\n' +
          'namespace/psa-dry-run labeled (server dry run)\n',
      )
    })
  })

  test('simulation says of a namespace what Kubernetes warns of', () => {
    within('psa-simulate', {}, () => {
      for (const [name, spec] of Object.entries({ 'b-plain': main, 'a-plain': main, host: `  hostPID: true\n${main}` })) {
        create(`${name}.yaml`, pod(name, spec), '-n', 'psa-simulate')
      }
      const simulated = cluster.shell(`'${process.execPath}' '${bundle}' podsecurity simulate -n psa-simulate`)
      expect(simulated.status).toBe(0)
      for (const level of ['baseline', 'restricted']) {
        const { text } = cluster.shell(
          `kubectl label --dry-run=server --overwrite ns psa-simulate ${labels({ enforce: level }).join(' ')} 2>&1`,
        )
        const [head = '', ...groups] = text
          .split('\n')
          .filter((line) => line.startsWith('Warning: '))
          .map((line) => line.slice('Warning: '.length))
        expect(groups.length).toBeGreaterThan(0)
        expect(simulated.text).toContain([head, ...groups.map((group) => `  ${group}`)].join('\n'))
      }
    })
  })

  test('a warning that is too long is cut', () => {
    const names = Array.from({ length: 60 }, (_, index) => `container-${String(index).padStart(2, '0')}-${'x'.repeat(40)}`)
    const containers = names.map((name) => `  - {name: ${name}, image: nginx}\n`).join('')
    const whole = `would violate PodSecurity "restricted:latest": allowPrivilegeEscalation != false (containers ${names.map((name) => `"${name}"`).join(', ')}`
    within('psa-long', { warn: 'restricted' }, () => {
      expect(create('long.yaml', pod('long', `  containers:\n${containers}`), '-n', 'psa-long')).toBe(
        `Warning: ${whole.slice(0, 256)}\npod/long created\n`,
      )
    })
  })

  test('what is no Pod is refused before', () => {
    within('psa-wrong', { enforce: 'privileged' }, () => {
      expect(create('types.yaml', pod('types', `  hostNetwork: "yes"\n${main}`), '-n', 'psa-wrong', '--validate=false')).toBe(
        'Error from server (BadRequest): error when creating "types.yaml": Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool\n',
      )
      const hostile = `  containers: [{name: 'x", "y', image: nginx}]\n`
      expect(create('name.yaml', pod('name', hostile), '-n', 'psa-wrong')).toBe(
        `The Pod "name" is invalid: spec.containers[0].name: Invalid value: "x\\", \\"y": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')\n`,
      )
    })
  })
})

const configuration = `apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
- name: PodSecurity
  configuration:
    apiVersion: pod-security.admission.config.k8s.io/v1beta1
    kind: PodSecurityConfiguration
    defaults:
      enforce: "baseline"
      enforce-version: "latest"
      audit: "restricted"
      audit-version: "latest"
      warn: "restricted"
      warn-version: "latest"
    exemptions:
      usernames: []
      runtimeClasses: []
      namespaces: [kube-system]
`

function configurationIn(folder: string): string {
  const file = join(folder, 'cluster-level-pss.yaml')
  writeFileSync(file, configuration)
  return file
}

/** `kanon sandbox` with arguments, for as long as a test runs. */
async function withSandbox(args: (folder: string) => readonly string[], then: (cluster: Cluster) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kanon-psa-'))
  const backend = await startSandbox(folder, ...args(folder))
  const cluster = clusterOf(backend, folder)
  try {
    then(cluster)
  } finally {
    await cluster.stop()
  }
}

const staticPods = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map((name) =>
  pod(
    `${name}-psa-wo-cluster-pss-control-plane`,
    `  hostNetwork: true
  securityContext: {seccompProfile: {type: RuntimeDefault}}
  containers: [{name: ${name}, image: "k8s.gcr.io/${name}:v1.23.0", livenessProbe: {httpGet: {host: 127.0.0.1, port: 2381}}}]
  volumes: [{name: certs, hostPath: {path: /etc/kubernetes/pki}}]
`,
  ),
)

const coredns = ['hsptc', 'x2q9b'].map((suffix) =>
  pod(
    `coredns-7bb9c7b568-${suffix}`,
    `  containers:
  - name: coredns
    image: k8s.gcr.io/coredns/coredns:v1.8.6
    securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {add: [NET_BIND_SERVICE], drop: [all]}}
  volumes: [{name: config-volume, configMap: {name: coredns}}]
`,
  ),
)

const nodePod = (name: string, securityContext: string): string =>
  pod(
    name,
    `  hostNetwork: true
  containers: [{name: main, image: node, securityContext: ${securityContext}}]
  volumes: [{name: modules, hostPath: {path: /lib/modules}}]
`,
  )

const systemPods = [
  ...staticPods,
  ...coredns,
  nodePod('kindnet-vzj42', '{privileged: false, capabilities: {add: [NET_RAW, NET_ADMIN]}}'),
  nodePod('kube-proxy-m6hwf', '{privileged: true}'),
].join('---\n')

const provisioner = pod(
  'local-path-provisioner-d6d9f7ffc-lw9lh',
  '  containers: [{name: local-path-provisioner, image: rancher/local-path-provisioner}]\n  volumes: [{name: config-volume, configMap: {name: local-path-config}}]\n',
)

const fourMore = 'allowPrivilegeEscalation != false, unrestricted capabilities'

describe.skipIf(whyNoKubectl !== undefined)('Pod Security of a cluster through kubectl', () => {
  test('the tutorial: what each level would mean to a cluster of Kubernetes 1.23', async () => {
    await withSandbox(
      () => ['--kubernetes-version', 'v1.23.0'],
      (cluster) => {
        cluster.kubectl('create', 'ns', 'local-path-storage')
        cluster.kubectl('create', '-n', 'kube-system', '-f', cluster.file('system.yaml', systemPods))
        cluster.kubectl('create', '-n', 'local-path-storage', '-f', cluster.file('provisioner.yaml', provisioner))
        expect(cluster.kubectl('get', 'ns', '--no-headers').text.replaceAll(/ +/g, ' ')).toMatch(
          /^default Active \S+\nkube-node-lease Active \S+\nkube-public Active \S+\nkube-system Active \S+\nlocal-path-storage Active \S+\n$/,
        )
        // Today's kubectl says that nothing is written, the tutorial's did not.
        const dryRun = (level: string): string =>
          cluster
            .shell(`kubectl label --dry-run=server --overwrite ns --all pod-security.kubernetes.io/enforce=${level} 2>&1`)
            .text.replaceAll(' (server dry run)', '')
        expect(dryRun('privileged')).toBe(
          'namespace/default labeled\nnamespace/kube-node-lease labeled\nnamespace/kube-public labeled\nnamespace/kube-system labeled\nnamespace/local-path-storage labeled\n',
        )
        expect(dryRun('baseline')).toBe(`namespace/default labeled
namespace/kube-node-lease labeled
namespace/kube-public labeled
Warning: existing pods in namespace "kube-system" violate the new PodSecurity enforce level "baseline:latest"
Warning: etcd-psa-wo-cluster-pss-control-plane (and 3 other pods): host namespaces, hostPath volumes
Warning: kindnet-vzj42: non-default capabilities, host namespaces, hostPath volumes
Warning: kube-proxy-m6hwf: host namespaces, hostPath volumes, privileged
namespace/kube-system labeled
namespace/local-path-storage labeled
`)
        expect(dryRun('restricted')).toBe(`namespace/default labeled
namespace/kube-node-lease labeled
namespace/kube-public labeled
Warning: existing pods in namespace "kube-system" violate the new PodSecurity enforce level "restricted:latest"
Warning: coredns-7bb9c7b568-hsptc (and 1 other pod): unrestricted capabilities, runAsNonRoot != true, seccompProfile
Warning: etcd-psa-wo-cluster-pss-control-plane (and 3 other pods): host namespaces, hostPath volumes, ${fourMore}, restricted volume types, runAsNonRoot != true
Warning: kindnet-vzj42: non-default capabilities, host namespaces, hostPath volumes, ${fourMore}, restricted volume types, runAsNonRoot != true, seccompProfile
Warning: kube-proxy-m6hwf: host namespaces, hostPath volumes, privileged, ${fourMore}, restricted volume types, runAsNonRoot != true, seccompProfile
namespace/kube-system labeled
Warning: existing pods in namespace "local-path-storage" violate the new PodSecurity enforce level "restricted:latest"
Warning: local-path-provisioner-d6d9f7ffc-lw9lh: ${fourMore}, runAsNonRoot != true, seccompProfile
namespace/local-path-storage labeled
`)
      },
    )
  }, 60_000)

  test('the tutorial: levels for every namespace from the configuration of the API server', async () => {
    await withSandbox(
      (folder) => ['--admission-control-config-file', configurationIn(folder)],
      (cluster) => {
        const file = cluster.file('nginx-pod.yaml', nginxPod)
        expect(cluster.shell(`kubectl apply -f ${file} 2>&1`).text).toBe(`${nginxWarning}\npod/nginx created\n`)
        const host = cluster.file('host.yaml', pod('host', `  hostPID: true\n${main}`))
        expect(cluster.kubectl('create', '-f', host).text).toBe(
          'Error from server (Forbidden): error when creating "host.yaml": pods "host" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostPID=true)\n',
        )
        expect(cluster.kubectl('create', '-n', 'kube-system', '-f', host).text).toBe('pod/host created\n')
        expect(cluster.kubectl('label', 'ns', 'kube-system', 'pod-security.kubernetes.io/enforce=restricted').text).toBe(
          'Warning: namespace "kube-system" is exempt from Pod Security, and the policy (enforce=restricted:latest) will be ignored\nnamespace/kube-system labeled\n',
        )
      },
    )
  }, 60_000)

  test('the audit log says which policy refused a request, what an audited level thinks of it, and who is exempt', async () => {
    await withSandbox(
      (folder) => ['--admission-control-config-file', configurationIn(folder), '--audit-log-path', join(folder, 'audit.log')],
      (cluster) => {
        const host = cluster.file('host.yaml', pod('host', `  hostPID: true\n${main}`))
        cluster.kubectl('create', '-f', host)
        cluster.kubectl('create', '-n', 'kube-system', '-f', host)
        const lines = readText(join(cluster.folder, 'audit.log')).trimEnd().split('\n')
        const events = lines
          .map((line) => JSON.parse(line) as AuditEvent)
          .filter(({ verb, requestURI }) => verb === 'create' && /pods\b/.test(requestURI))
        expect(events.map(({ responseStatus, annotations }) => ({ code: responseStatus.code, annotations }))).toEqual([
          {
            code: 403,
            annotations: {
              'pod-security.kubernetes.io/enforce-policy': 'baseline:latest',
              'pod-security.kubernetes.io/audit-violations': nginxWarning
                .replaceAll('"nginx"', '"main"')
                .replace('Warning: would violate PodSecurity "restricted:latest": ', '$&host namespaces (hostPID=true), ')
                .replace('Warning: ', ''),
            },
          },
          { code: 201, annotations: { 'pod-security.kubernetes.io/exempt': 'namespace' } },
        ])
      },
    )
  }, 60_000)
})

interface AuditEvent {
  readonly verb: string
  readonly requestURI: string
  readonly responseStatus: { readonly code: number }
  readonly annotations?: Readonly<Record<string, string>>
}
