import { quoteGo } from '../../core/go-quote.ts'
import { nameOf, namespaceOf } from '../../kube/object.ts'
import { compareResults, reviewFailure } from '../../policy/gator.ts'
import type { GatorEngine, GatorInput, GatorResult, GatorStat } from '../../policy/gator.ts'
import type { ExitStatus, Host } from '../host.ts'
import { clock } from './clock.ts'
import type { GoCommand } from './command.ts'
import { fail, failure, success } from './command.ts'
import type { GoArguments } from './flags.ts'
import { printJsonResults, printYamlResults } from './results.ts'
import { filenameFlag, imageFlags, tempDirFlag } from './input-flags.ts'
import { readInputs } from './read.ts'

export const testCommand: GoCommand = {
  name: 'test',
  usage: '',
  summary: 'test evaluates resources against policies as defined by constraint templates and constraints.',
  long: 'test evaluates resources against policies as defined by constraint templates and constraints.',
  examples: `# test a manifest containing Kubernetes objects, Constraint Templates, and Constraints
kanon gator test --filename="manifest.yaml"

# test a directory
kanon gator test --filename="config-and-policies/"

# Use multiple inputs
kanon gator test --filename="manifest.yaml" --filename="templates-and-constraints/"

# Receive input from stdin
cat manifest.yaml | kanon gator test

# Output structured violations data
kanon gator test --filename="manifest.yaml" --output=json`,
  flags: [
    { name: 'deny-only', type: 'bool', doc: 'output only denied constraints' },
    { name: 'enable-k8s-native-validation', type: 'bool', default: 'true', doc: 'enable the validating admission policy driver' },
    filenameFlag('f', 'a file or directory containing Kubernetes resources.  Can be specified multiple times.'),
    ...imageFlags,
    { name: 'output', shorthand: 'o', type: 'string', doc: 'Output format.  One of: json|yaml.' },
    { name: 'stats', type: 'bool', doc: 'include performance stats returned from the Constraint Framework.' },
    tempDirFlag,
    { name: 'trace', shorthand: 't', type: 'bool', doc: 'include a trace for the underlying Constraint Framework evaluation.' },
    { name: 'verbose', shorthand: 'v', type: 'bool', doc: 'print extended test output' },
  ],
  takes: 'none',
  run,
}

async function run({ values }: GoArguments, host: Host): Promise<ExitStatus> {
  const inputs = await readInputs(values, host)
  if (!inputs.ok) return fail(inputs.error, host)
  if (values.on('trace')) host.err(notTraced)
  const answer = reviewAll(inputs.value, values.on('enable-k8s-native-validation'), host)
  if (typeof answer === 'string') return fail(`auditing objects: ${answer}`, host)
  const { results, stats } = answer
  const shown = values.on('deny-only') ? results.filter(isDenied) : results
  const withStats = values.on('stats') ? stats : undefined
  switch (values.text('output').toLowerCase()) {
    case 'json':
      host.out(printJsonResults(shown, withStats))
      break
    case 'yaml':
      host.out(printYamlResults(shown, withStats))
      break
    default:
      for (const result of shown) host.out(lineOf(result))
  }
  return results.some(isDenied) ? failure : success
}

const isDenied = ({ enforcementAction, scopedActions }: GatorResult): boolean =>
  enforcementAction === 'deny' || scopedActions.includes('deny')

/** What stands for traces: gator's are those of its engine. */
export const notTraced = 'Warning: evaluations are not traced; `kanon rego eval --explain full` shows the steps of a module\n'

/** Templates in CEL are evaluated unless that is switched off. */
export const enginesWith = (native: boolean): readonly GatorEngine[] => (native ? ['rego', 'cel'] : ['rego'])

interface Answer {
  readonly results: readonly GatorResult[]
  readonly stats: readonly GatorStat[]
}

/** Every object is reviewed by every constraint, itself included. */
function reviewAll(inputs: readonly GatorInput[], native: boolean, { gator, now }: Host): Answer | string {
  const client = gator?.open(inputs, { engines: enginesWith(native), purpose: 'test', clock, now })
  if (client === undefined) return 'Gatekeeper is not known here'
  if (!client.ok) return client.error
  const results: GatorResult[] = []
  const stats: GatorStat[] = []
  for (const object of client.value.objects) {
    const review = client.value.review(object)
    if (!review.ok) return reviewFailure(object, review.error)
    for (const result of review.value.results) results.push(result)
    for (const stat of review.value.stats) stats.push(stat)
  }
  return { results: results.sort(compareResults), stats }
}

function lineOf({ object, constraint, message }: GatorResult): string {
  const namespace = namespaceOf(object)
  const place = namespace === '' ? nameOf(object) : `${namespace}/${nameOf(object)}`
  return `${object.apiVersion}/${object.kind} ${place}: ["${nameOf(constraint)}"] Message: ${quoteGo(message)}\n`
}
