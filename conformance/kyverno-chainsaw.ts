import { existsSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { kubectlPath } from '../scripts/kubectl.ts'
import { runAdmission } from '../src/bin/admission.ts'
import { dialects } from '../src/bin/dialects.ts'
import { readRelease, runSandbox } from '../src/bin/sandbox.ts'
import type { ClusterAddress } from '../src/cluster/kube-client.ts'
import type { Result } from '../src/core/result.ts'
import type { KubeObject } from '../src/kube/object.ts'
import type { TestCluster } from './chainsaw/cluster.ts'
import { openCluster } from './chainsaw/cluster.ts'
import type { Patience } from './chainsaw/context.ts'
import { defaultPatience } from './chainsaw/context.ts'
import { needsMore } from './chainsaw/needs.ts'
import { runTest } from './chainsaw/run-test.ts'
import type { ChainsawTest } from './chainsaw/test-file.ts'
import { readTests } from './chainsaw/test-file.ts'
import type { Outcome, Suite, Verdict } from './outcome.ts'

/** The folders that are about admission. What the others are about has not been built. */
const areas = ['autogen', 'exceptions', 'filter', 'mutate', 'policy-validation', 'validate', 'webhook-configurations', 'webhooks']

const dist = join(import.meta.dirname, '../dist')

/** Kyverno's tests of whole clusters, in a sandbox with Kanon in it: each folder that has a test is one case. */
export const kyvernoChainsaw: Suite = {
  name: 'kyverno-chainsaw',
  run: async (root, grep) => {
    const folder = join(root, 'kyverno-chainsaw')
    return existsSync(folder) ? withKanon((address) => runFolder(folder, address, { grep })) : undefined
  },
}

interface Options {
  /** Only cases with this in their id. */
  readonly grep?: string
  readonly patience?: Patience
}

/** Runs what a folder has, one after the other, against a cluster that Kyverno or Kanon guards. */
export async function runFolder(
  folder: string,
  address: ClusterAddress,
  { grep = '', patience = defaultPatience }: Options,
): Promise<readonly Outcome[]> {
  const cluster = openCluster(address)
  for (const object of installation) await cluster.create(object)
  const outcomes: Outcome[] = []
  for (const file of globSync('**/chainsaw-test.yaml', { cwd: folder }).toSorted()) {
    const id = `kyverno-chainsaw:${dirname(file)}`
    if (!id.includes(grep)) continue
    const tests = readTests(join(folder, file))
    const reason = notYet(tests, file.split('/')[0] ?? '')
    if (reason !== undefined) outcomes.push({ id, verdict: 'not yet', reason })
    else outcomes.push({ id, ...(tests.ok ? await runAll(tests.value, cluster, patience) : { verdict: 'failed', reason: tests.error }) })
  }
  cluster.close()
  return outcomes
}

const account = { name: 'kyverno-admission-controller', namespace: 'kyverno' }
const role = { name: 'kyverno:admission-controller' }

/** What installing Kyverno leaves in a cluster and tests build upon: its account, with the permissions of all roles that are labelled for it. */
const installation: readonly KubeObject[] = [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: account },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: role,
    aggregationRule: {
      clusterRoleSelectors: [
        { matchLabels: { 'rbac.kyverno.io/aggregate-to-admission-controller': 'true' } },
        {
          matchLabels: {
            'app.kubernetes.io/component': 'admission-controller',
            'app.kubernetes.io/instance': 'kyverno',
            'app.kubernetes.io/part-of': 'kyverno',
          },
        },
      ],
    },
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: role,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role.name },
    subjects: [{ kind: 'ServiceAccount', ...account }],
  },
]

function notYet(tests: Result<readonly ChainsawTest[], string>, area: string): string | undefined {
  const needs = tests.ok ? tests.value.map(needsMore).find((reason) => reason !== undefined) : undefined
  return needs ?? (areas.includes(area) ? undefined : `the area ${area}`)
}

async function runAll(tests: readonly ChainsawTest[], cluster: TestCluster, patience: Patience): Promise<Verdict> {
  for (const test of tests) {
    const problem = await runTest(test, cluster, patience)
    if (problem !== undefined) return { verdict: 'failed', reason: problem }
  }
  return { verdict: 'passed' }
}

/** A sandbox with Kanon in it, for as long as it is used. */
export async function withKanon<T>(use: (address: ClusterAddress) => Promise<T>): Promise<T> {
  const work = mkdtempSync(join(tmpdir(), 'kanon-chainsaw-'))
  const kubeconfig = join(work, 'kubeconfig')
  const { server, authority, admin, sandbox } = await runSandbox(
    { port: 0, dataDirectory: undefined, kubernetesVersion: 'v1.36.2', kubeconfig },
    readRelease(dist),
  )
  const address = { server, certificateAuthority: authority.certificate, clientCertificate: admin.certificate, clientKey: admin.key }
  const kanon = await runAdmission({
    cluster: address,
    dialects,
    host: '127.0.0.1',
    port: 0,
    namespace: 'kyverno',
    reach: { kind: 'url' },
    identity: 'conformance',
    version: '0',
    installDefinitions: true,
    traceEndpoint: undefined,
    log: () => {},
  })
  await kanon.settled()
  const kubectl = kubectlPath()
  if (kubectl !== undefined) process.env['PATH'] = `${dirname(kubectl)}:${process.env['PATH'] ?? ''}`
  try {
    return await use(address)
  } finally {
    await kanon.stop({ remove: false })
    await sandbox.stop()
    rmSync(work, { recursive: true, force: true })
  }
}
