import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { printYaml } from '../../kube/yaml/yaml.ts'
import type { ExitStatus, Host } from '../host.ts'
import type { GoCommand } from './command.ts'
import { fail, success } from './command.ts'
import type { GoArguments } from './flags.ts'
import { printGoJson } from './go-json.ts'
import { filenameFlag, imageFlags, tempDirFlag } from './input-flags.ts'
import { goReason, readInputs } from './read.ts'
import { sorted } from './results.ts'

export const expandCommand: GoCommand = {
  name: 'expand',
  usage: '',
  summary:
    'expand allow for testing generator resource expansion configs by expanding a generator resource and outputting the resultant resource(s)',
  long: 'expand allow for testing generator resource expansion configs by expanding a generator resource and outputting the resultant resource(s)',
  examples: `# expand resources in a manifest
kanon gator expand --filename="manifest.yaml"

# expand a directory
kanon gator expand --filename="config-and-policies/"

# Use multiple inputs
kanon gator expand --filename="manifest.yaml" --filename="templates-and-constraints/"

# Output JSON to file
kanon gator expand --filename="manifest.yaml" --format=json --outputfile=results.yaml`,
  flags: [
    filenameFlag('n', 'a file or directory containing Kubernetes resources.  Can be specified multiple times.'),
    { name: 'format', shorthand: 'f', type: 'string', doc: 'Output format.  One of: json|yaml.' },
    ...imageFlags,
    {
      name: 'outputfile',
      shorthand: 'o',
      type: 'string',
      doc: 'Output file path. If the file already exists, it will be overwritten.',
    },
    tempDirFlag,
  ],
  takes: 'zero',
  run,
}

async function run({ values }: GoArguments, host: Host): Promise<ExitStatus> {
  const inputs = await readInputs(values, host)
  if (!inputs.ok) return fail(inputs.error, host)
  const made = host.gator?.expand(inputs.value, host.now())
  if (made === undefined) return fail('Gatekeeper is not known here', host)
  if (!made.ok) return fail(`error expanding resources: ${made.error}`, host)
  const format = values.text('format')
  if (!['', 'json', 'yaml'].includes(format)) return fail(`unrecognized value for format flag: ${format}`, host)
  const objects = made.value.map(sorted)
  const text = objects.map((object) => (format === 'json' ? printGoJson(object, 4) : printYaml(object, { floats: true }))).join('---\n')
  const file = values.text('outputfile')
  if (file === '') {
    host.out(`${text}\n`)
    return success
  }
  host.out(`Writing output to file: ${file}\n`)
  try {
    writeFileSync(resolve(host.cwd, file), text)
  } catch (error) {
    return fail(`error creating file at path ${file}: open ${file}: ${goReason(error)}`, host)
  }
  return success
}
