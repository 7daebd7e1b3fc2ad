import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { kubectlPath } from '../../scripts/kubectl.ts'
import { startCluster } from './cluster.ts'
import { meantDifferences } from './meant-differences.ts'

/** Commands and what a real API server answers, beside the public test data. */
const data = process.env['KANON_CONFORMANCE']
const folder = data === undefined ? undefined : join(data, '../tutorials')
const recorded = folder === undefined ? undefined : join(folder, 'kubectl-1.36.txt')
const kubectl = kubectlPath()
const why =
  kubectl === undefined
    ? 'there is no kubectl for this machine; name one in KUBECTL'
    : recorded === undefined || !existsSync(recorded)
      ? 'KANON_CONFORMANCE names no folder with the recorded answers beside it'
      : undefined
if (why !== undefined) process.stderr.write(`SKIPPED: the transcript of kubectl: ${why}\n`)

/** Each command with what followed it. */
function commandsOf(text: string): readonly { readonly command: string; readonly answer: string }[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => ({ command: part.slice(0, part.indexOf('\n')), answer: part.slice(part.indexOf('\n') + 1).trimEnd() }))
}

test.skipIf(why !== undefined)(
  'kubectl is answered as by a real API server, apart from the differences that are meant',
  async () => {
    const cluster = await startCluster()
    try {
      const run = spawnSync('bash', [join(folder ?? '', 'kubectl-script.sh'), folder ?? ''], {
        encoding: 'utf8',
        env: { ...process.env, KUBECONFIG: cluster.kubeconfig, KUBECTL: kubectl },
        timeout: 200_000,
        maxBuffer: 16 * 1024 * 1024,
      })
      const [wanted, found] = [commandsOf(readFileSync(recorded ?? '', 'utf8')), commandsOf(run.stdout)]
      expect(found.map(({ command }) => command)).toEqual(wanted.map(({ command }) => command))
      const different = wanted.filter((one, i) => one.answer !== found[i]?.answer)
      const unexpected = different.filter(({ command }) => !meantDifferences.some((meant) => meant.command === command))
      expect(unexpected.map(({ command }) => ({ command, found: found.find((one) => one.command === command)?.answer }))).toEqual([])
      // A difference that is no longer one is taken off the list.
      const stale = meantDifferences.filter((meant) => !different.some(({ command }) => command === meant.command))
      expect(stale).toEqual([])
    } finally {
      await cluster.stop()
    }
  },
  240_000,
)
