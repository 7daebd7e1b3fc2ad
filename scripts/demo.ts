/** `npm start`: one policy against manifests that break it and one that does not, through the built command line. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

interface Step {
  readonly say: string
  readonly args: readonly string[]
  readonly status: number
}

const example = 'examples/latest-tag'
const steps: readonly Step[] = [
  {
    say: 'A Deployment whose image is nginx:latest is refused:',
    args: ['apply', `${example}/policy.yaml`, '-r', `${example}/deployment.yaml`],
    status: 1,
  },
  { say: 'So is a Pod:', args: ['apply', `${example}/policy.yaml`, '-r', `${example}/pod.yaml`], status: 1 },
  { say: 'With a fixed tag it passes:', args: ['apply', `${example}/policy.yaml`, '-r', `${example}/compliant.yaml`], status: 0 },
]

const root = join(import.meta.dirname, '..')
for (const { say, args, status } of steps) {
  process.stdout.write(`\n# ${say}\n$ kanon ${args.join(' ')}\n`)
  const run = spawnSync(process.execPath, ['dist/kanon.mjs', ...args], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  process.stdout.write(`(exit status ${run.status})\n`)
  if (run.status !== status) {
    process.stdout.write(`expected exit status ${status}\n`)
    process.exitCode = 1
  }
}
process.stdout.write('\n# Your own policies and manifests:\n$ npx kanon apply POLICY... -r FILE...\n')
