/**
 * `npm start`: a sandbox cluster with the starter policies, and what kubectl is told by it. Stays up until it is interrupted; `npm start -- --exit` ends with
 * the demonstration.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { kubectlPath } from './kubectl.ts'

interface Step {
  readonly say: string
  readonly args: readonly string[]
  readonly status: number
  /** What the answer has to say. */
  readonly expect: string
}

const steps: readonly Step[] = [
  { say: 'The policies are in force:', args: ['get', 'clusterpolicies'], status: 0, expect: 'disallow-latest-tag' },
  {
    say: 'A Deployment whose image is nginx:latest is refused:',
    args: ['create', 'deployment', 'nginx', '--image=nginx:latest'],
    status: 1,
    expect: 'admission webhook "validate.kyverno.svc-fail" denied the request',
  },
  {
    say: 'With a fixed tag it is created, with a warning from another policy:',
    args: ['create', 'deployment', 'nginx', '--image=nginx:1.27'],
    status: 0,
    expect: 'deployment.apps/nginx created',
  },
  {
    say: 'A privileged Pod is refused:',
    args: ['run', 'root', '--image=busybox:1.36', '--privileged'],
    status: 1,
    expect: 'Privileged containers are not allowed',
  },
  {
    say: 'Pods get a label on their way in:',
    args: ['run', 'web', '--image=nginx:1.27', '--dry-run=server', '-o', 'jsonpath={.metadata.labels}{"\\n"}'],
    status: 0,
    expect: '"team":"default"',
  },
]

const root = join(import.meta.dirname, '..')
const stays = !process.argv.includes('--exit')
const folder = mkdtempSync(join(tmpdir(), 'kanon-demo-'))
const kubeconfig = join(folder, 'kubeconfig')
const sandbox = spawn(process.execPath, ['dist/kanon.mjs', 'sandbox', 'examples/starter', '--kubeconfig', kubeconfig], {
  cwd: root,
  stdio: ['ignore', 'pipe', 'inherit'],
})
const ended = new Promise<number | null>((resolve) => sandbox.once('exit', resolve))
process.once('SIGINT', () => sandbox.kill('SIGINT'))
process.once('SIGTERM', () => sandbox.kill('SIGTERM'))

process.stdout.write('$ kanon sandbox examples/starter\n')
const up = await new Promise<boolean>((resolve) => {
  sandbox.stdout.on('data', (chunk: Buffer) => {
    process.stdout.write(chunk)
    if (chunk.includes('Press Ctrl-C')) resolve(true)
  })
  void ended.then(() => resolve(false))
})
if (!up) process.exit(1)

const kubectl = kubectlPath()
if (kubectl === undefined) {
  process.stdout.write('\nno kubectl for this machine was found: install one, or name it in KUBECTL\n')
} else {
  for (const step of steps) show(kubectl, step)
}
if (stays) process.stdout.write(`\nThe sandbox stays up. In another terminal: export KUBECONFIG=${kubeconfig}\n`)
else sandbox.kill('SIGINT')
await ended
rmSync(folder, { recursive: true, force: true })

function show(kubectlFile: string, { say, args, status, expect }: Step): void {
  process.stdout.write(`\n# ${say}\n$ kubectl ${args.map((arg) => (/[\s{}"]/.test(arg) ? `'${arg}'` : arg)).join(' ')}\n`)
  const run = spawnSync(kubectlFile, [...args], { encoding: 'utf8', env: { ...process.env, KUBECONFIG: kubeconfig } })
  const text = run.stderr + run.stdout
  process.stdout.write(text)
  if (run.status === status && text.includes(expect)) return
  process.stdout.write(`expected exit status ${status} and: ${expect}\n`)
  process.exitCode = 1
}
