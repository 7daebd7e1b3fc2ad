import { existsSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { kubectlPath } from '../../scripts/kubectl.ts'
import { runAdmission } from '../../src/bin/admission.ts'
import { dialects } from '../../src/bin/dialects.ts'
import { readRelease, runSandbox } from '../../src/bin/sandbox.ts'
import { createKubeClient } from '../../src/cluster/kube-client.ts'
import type { Outcome, Suite } from '../outcome.ts'
import { testCluster } from './cluster.ts'
import { needsMore } from './features.ts'
import { notInTheData, runTest } from './run-test.ts'

/** The folders that are about admission; the others need controllers, CEL or registries. */
const areas = ['autogen', 'exceptions', 'filter', 'mutate', 'policy-validation', 'validate', 'webhook-configurations', 'webhooks']

const dist = join(import.meta.dirname, '../../dist')

/** Kyverno's tests of whole clusters, in a sandbox with Kanon in it. */
export const kyvernoChainsaw: Suite = {
  name: 'kyverno-chainsaw',
  run: async (root, grep) => {
    const folder = join(root, 'kyverno-chainsaw')
    if (!existsSync(folder)) return undefined
    const all = globSync('**/chainsaw-test.yaml', { cwd: folder }).toSorted()
    const files = all
      .map((file) => ({ file: join(folder, file), id: `kyverno-chainsaw:${dirname(file)}` }))
      .filter(({ id }) => id.includes(grep))
    const work = mkdtempSync(join(tmpdir(), 'kanon-chainsaw-'))
    const kubeconfig = join(work, 'kubeconfig')
    const sandbox = await runSandbox({ port: 0, dataDirectory: undefined, kubernetesVersion: 'v1.36.2', kubeconfig }, readRelease(dist))
    const address = {
      server: sandbox.server,
      certificateAuthority: sandbox.authority.certificate,
      clientCertificate: sandbox.admin.certificate,
      clientKey: sandbox.admin.key,
    }
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
    const client = createKubeClient(address, 'chainsaw')
    const cluster = testCluster(client, kubeconfig)
    const outcomes: Outcome[] = []
    for (const { file, id } of files) {
      const area = relative(folder, file).split('/')[0] ?? ''
      const reason = areas.includes(area) ? needsMore(file) : `the area ${area}`
      if (reason !== undefined) {
        outcomes.push({ id, verdict: 'not yet', reason })
        continue
      }
      const why = await runTest(file, cluster)
      if (why === undefined) outcomes.push({ id, verdict: 'passed' })
      else if (why.includes(notInTheData)) outcomes.push({ id, verdict: 'not yet', reason: 'a file that the data does not have' })
      else outcomes.push({ id, verdict: 'failed', reason: why })
    }
    client.close()
    await kanon.stop({ remove: false })
    await sandbox.sandbox.stop()
    rmSync(work, { recursive: true, force: true })
    return outcomes
  },
}
