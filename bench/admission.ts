/**
 * `npm run bench -- admission`: the webhook server as a process of its own, against a sandbox, driven over TLS from a third process. Latency percentiles,
 * throughput, CPU and memory with 1, 25 and 500 policies of Kyverno, then with the library of Gatekeeper where its data is. `-- admission gatekeeper` is the latter alone.
 */
import type { ChildProcess } from 'node:child_process'
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JsonObject } from '../src/core/json.ts'
import type { KubeClient } from '../src/cluster/kube-client.ts'
import { createKubeClient } from '../src/cluster/kube-client.ts'
import type { KubeObject } from '../src/kube/object.ts'
import { loadDocuments } from '../src/kube/yaml/yaml.ts'
import { gatekeeperCases } from './gatekeeper.ts'
import { makePods } from './pods.ts'

const bundle = join(import.meta.dirname, '../dist/kanon.mjs')

/** Policies of several forms, so many of them. */
function policy(index: number): JsonObject {
  const forms: readonly JsonObject[] = [
    { message: 'tags', pattern: { spec: { containers: [{ image: '!*:forbidden' }] } } },
    { message: 'privileged', pattern: { spec: { '=(initContainers)': [{ '=(securityContext)': { '=(privileged)': 'false' } }] } } },
    {
      message: 'capabilities',
      deny: {
        conditions: {
          any: [
            { key: '{{ request.object.spec.containers[].securityContext.capabilities.add[] }}', operator: 'AnyIn', value: ['SYS_MODULE'] },
          ],
        },
      },
    },
    { message: 'labels', pattern: { metadata: { '=(labels)': { '=(tier)': 'a | b | c | ?*' } } } },
    { message: 'host', pattern: { spec: { '=(hostPID)': 'false' } } },
  ]
  return {
    apiVersion: 'kyverno.io/v1',
    kind: 'ClusterPolicy',
    metadata: { name: `policy-${index}` },
    spec: {
      background: false,
      rules: [
        {
          name: 'rule',
          match: { any: [{ resources: { kinds: ['Pod'] } }] },
          validate: { failureAction: 'Enforce', ...forms[index % forms.length] },
        },
      ],
    },
  }
}

const review = (pod: JsonObject, index: number): string =>
  JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: `00000000-0000-0000-0000-${String(index).padStart(12, '0')}`,
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      name: `pod-${index}`,
      namespace: 'default',
      operation: 'CREATE',
      userInfo: { username: 'bench', groups: ['system:authenticated'] },
      object: pod,
      oldObject: null,
      dryRun: false,
    },
  })

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

interface Usage {
  /** Of one core. */
  readonly cpuSeconds: number
  readonly mebibytes: number
}

function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const resident = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0'
  return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100, mebibytes: Number(resident) / 1024 }
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5))
}

function started(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes(text)) resolve()
    })
    child.once('exit', () => reject(new Error(`ended: ${said}`)))
  })
}

interface Loaded {
  readonly perSecond: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly failed: number
  readonly denied: number
}

export async function benchAdmission(only = ''): Promise<void> {
  const bodies = makePods(200).map((pod, index) => review(pod, index))
  process.stdout.write(
    `webhook server over TLS, keep-alive, reviews of ${Math.round((bodies[0]?.length ?? 0) / 100) / 10} kB, client and server on the same cores\n`,
  )
  if (only !== 'gatekeeper') await withSandbox(bodies, benchKyverno)
  await withSandbox(bodies, benchLibrary)
}

/** An API server for as long as it is used. */
async function withSandbox(bodies: readonly string[], use: (bench: Bench) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kanon-bench-'))
  const kubeconfig = join(folder, 'kubeconfig')
  const sandbox = spawn(process.execPath, [bundle, 'sandbox', '--api-only', '--kubeconfig', kubeconfig], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await started(sandbox, 'Press Ctrl-C')
  const [config] = loadDocuments({ name: kubeconfig, text: readFileSync(kubeconfig, 'utf8') }).documents
  const text = JSON.stringify(config?.value)
  const field = (name: string): string => new RegExp(`"${name}":"([^"]+)"`).exec(text)?.[1] ?? ''
  const decoded = (name: string): string => Buffer.from(field(name), 'base64').toString()
  const files = {
    ca: join(folder, 'ca.crt'),
    certificate: join(folder, 'client.crt'),
    key: join(folder, 'client.key'),
    reviews: join(folder, 'reviews.json'),
  }
  writeFileSync(files.ca, decoded('certificate-authority-data'))
  writeFileSync(files.certificate, decoded('client-certificate-data'))
  writeFileSync(files.key, decoded('client-key-data'))
  writeFileSync(files.reviews, JSON.stringify(bodies))
  const client = createKubeClient(
    {
      server: field('server'),
      certificateAuthority: decoded('certificate-authority-data'),
      clientCertificate: decoded('client-certificate-data'),
      clientKey: decoded('client-key-data'),
    },
    'bench',
  )
  await use({ folder, files, client, server: field('server') })
  client.close()
  sandbox.kill('SIGINT')
  rmSync(folder, { recursive: true, force: true })
}

const loads: readonly Load[] = [
  [1, 0],
  [16, 0],
  [64, 200],
  [64, 500],
  [64, 1000],
]

async function benchKyverno(bench: Bench): Promise<void> {
  // The first server installs the definitions; what it serves is not measured.
  await withServer(bench, '/validate/fail', () => Promise.resolve())
  let made = 0
  for (const count of [1, 25, 500]) {
    for (; made < count; made += 1)
      await bench.client.call({ method: 'POST', path: '/apis/kyverno.io/v1/clusterpolicies', body: policy(made) })
    await withServer(bench, '/validate/fail', (served) => measure(`${count} ${count === 1 ? 'policy' : 'policies'}`, served, loads))
  }
}

/** All templates of Gatekeeper's library, each with a constraint. */
async function benchLibrary(bench: Bench): Promise<void> {
  const objects = gatekeeperCases().flatMap(({ manifests }) => manifests.map(({ object }) => object))
  if (objects.length === 0) return void process.stdout.write("no data: KANON_CONFORMANCE names no folder with Gatekeeper's library\n")
  const isMade = async (object: KubeObject): Promise<boolean> => {
    const plural = object.kind === 'ConstraintTemplate' ? 'constrainttemplates' : object.kind.toLowerCase()
    const made = await bench.client.call({ method: 'POST', path: `/apis/${object.apiVersion}/${plural}`, body: object })
    return made.ok || made.error.code === 409
  }
  // Constraints can be made once there is a server that defines their kinds.
  await withServer(bench, '/v1/admit', async () => {
    for (const object of objects.toSorted((a, b) => Number(b.kind === 'ConstraintTemplate') - Number(a.kind === 'ConstraintTemplate')))
      await until(() => isMade(object))
  })
  const name = `${objects.filter(({ kind }) => kind === 'ConstraintTemplate').length} templates of Gatekeeper's library`
  await withServer(bench, '/v1/admit', (served) => measure(name, served, loads.slice(0, 2)))
}

/** Connections that each send one request at a time, and requests a second; 0 is as many as there can be. */
type Load = readonly [concurrency: number, rate: number]

interface Bench {
  readonly folder: string
  readonly files: { readonly ca: string; readonly certificate: string; readonly key: string; readonly reviews: string }
  readonly client: KubeClient
  readonly server: string
}

interface Served {
  readonly pid: number
  readonly url: string
  readonly ca: string
  readonly reviews: string
  /** Until it was ready, milliseconds. */
  readonly ready: number
}

/** A server with the policies of now, for as long as it is used. */
async function withServer({ folder, files, client, server }: Bench, path: string, use: (served: Served) => Promise<void>): Promise<void> {
  const port = await freePort()
  const start = performance.now()
  const credentials = [
    '--server',
    server,
    '--certificate-authority',
    files.ca,
    '--client-certificate',
    files.certificate,
    '--client-key',
    files.key,
  ]
  const kanon = spawn(
    process.execPath,
    [bundle, 'admission', ...credentials, '--host', '127.0.0.1', '--port', String(port), '--by-url', '--install-definitions'],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  await until(async () =>
    spawnSync('curl', ['-sk', `https://127.0.0.1:${port}/health/readiness`], { encoding: 'utf8' }).stdout.startsWith('ok'),
  )
  const ready = performance.now() - start
  const ca = join(folder, 'webhook-ca.crt')
  await until(async () => {
    const secret = await client.call({ method: 'GET', path: '/api/v1/namespaces/kanon/secrets/kanon-tls-ca' })
    if (!secret.ok) return false
    const data = secret.value['data'] as JsonObject
    writeFileSync(ca, Buffer.from(String(data['tls.crt']), 'base64'))
    return true
  })
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  await use({ pid: kanon.pid ?? 0, url: `https://127.0.0.1:${port}${path}?timeout=10s`, ca, reviews: files.reviews, ready })
  kanon.kill('SIGTERM')
  await new Promise((resolve) => kanon.once('exit', resolve))
}

async function measure(what: string, { pid, url, ca, reviews, ready }: Served, rows: readonly Load[]): Promise<void> {
  const idle = usageOf(pid).mebibytes.toFixed(0)
  process.stdout.write(`\n${what}: ready after ${(ready / 1000).toFixed(2)} s, ${idle} MiB resident\n`)
  run(url, ca, reviews, { concurrency: 16, rate: 0, seconds: 3 })
  for (const [concurrency, rate] of rows) {
    const before = usageOf(pid)
    const loaded = run(url, ca, reviews, { concurrency, rate, seconds: 5 })
    const after = usageOf(pid)
    const how = rate === 0 ? `concurrency ${concurrency}` : `${rate}/s`
    process.stdout.write(
      `  ${how.padEnd(15)} ${loaded.perSecond.toFixed(0).padStart(5)}/s  p50 ${loaded.p50.toFixed(1)} ms  p90 ${loaded.p90.toFixed(1)} ms  p99 ${loaded.p99.toFixed(1)} ms  ` +
        `cpu ${(((after.cpuSeconds - before.cpuSeconds) / 5) * 100).toFixed(0)} %  ${after.mebibytes.toFixed(0)} MiB${loaded.failed > 0 ? `  ${loaded.failed} FAILED` : ''}\n`,
    )
  }
}

function run(
  url: string,
  ca: string,
  reviews: string,
  { concurrency, rate, seconds }: { readonly concurrency: number; readonly rate: number; readonly seconds: number },
): Loaded {
  const args = [join(import.meta.dirname, 'load.ts'), url, ca, reviews, String(concurrency), String(rate), String(seconds)]
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  return JSON.parse(stdout) as Loaded
}
