import type { ExitStatus, Host } from '../host.ts'
import type { GoCommand } from './command.ts'
import { fail, success } from './command.ts'
import type { GoArguments } from './flags.ts'
import { readInputs } from './read.ts'
import { filenameFlag, imageFlags, tempDirFlag } from './input-flags.ts'

export const syncTestCommand: GoCommand = {
  name: 'sync test',
  usage: '',
  summary: 'Test that the provided SyncSet(s) and/or Config contain the GVKs required by the input templates.',
  long: 'Test that the provided SyncSet(s) and/or Config contain the GVKs required by the input templates.',
  examples: '',
  flags: [
    filenameFlag('n', 'a file or directory containing Kubernetes resources. Can be specified multiple times.'),
    {
      name: 'force-omit-gvk-manifest',
      shorthand: 'f',
      type: 'bool',
      doc: "Do not require a GVK manifest; if one is not provided, assume all GVKs listed in the requirements and configs are supported by the cluster under test. If this assumption isn't true, the given config may cause errors or templates may not be enforced correctly even after passing this test.",
    },
    ...imageFlags,
    tempDirFlag,
  ],
  takes: 'any',
  run,
}

async function run({ values }: GoArguments, host: Host): Promise<ExitStatus> {
  const inputs = await readInputs(values, host)
  if (!inputs.ok) return fail(inputs.error, host)
  const answer = host.gator?.checkSync(inputs.value, values.on('force-omit-gvk-manifest'))
  if (answer === undefined) return fail('Gatekeeper is not known here', host)
  for (const name of answer.skipped)
    host.out(`skipping unstructured ${JSON.stringify(name)} because it is not a syncset, config, gvk manifest, or template\n`)
  if (answer.assumesAll)
    host.out(
      'ignoring absence of supported GVK manifest due to --force-omit-gvk-manifest flag; will assume all synced GVKs are supported by cluster\n',
    )
  return answer.problem === undefined ? success : fail(answer.problem, host)
}
