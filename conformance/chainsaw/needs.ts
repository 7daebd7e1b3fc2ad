import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import type { Json, JsonObject } from '../../src/core/json.ts'
import { isJsonArray, isJsonObject, ownValue, valueAt } from '../../src/core/json.ts'
import { objectAt, objectsAt, textAt } from './json.ts'
import type { Bindings } from './expression.ts'
import { bind, substitute } from './template.ts'
import type { ChainsawTest, Operation, Step } from './test-file.ts'
import { readObjects } from './test-file.ts'

const cel = 'CEL policies'
const reports = 'reports'
const cleanup = 'cleanup'

/** Kinds that nothing makes, evaluates or serves yet, by group. A line goes when its work lands. */
const kindsNotYet: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'policies.kyverno.io': { '*': cel },
  'admissionregistration.k8s.io': {
    ValidatingAdmissionPolicy: 'ValidatingAdmissionPolicy',
    ValidatingAdmissionPolicyBinding: 'ValidatingAdmissionPolicy',
    MutatingAdmissionPolicy: 'MutatingAdmissionPolicy',
    MutatingAdmissionPolicyBinding: 'MutatingAdmissionPolicy',
  },
  'wgpolicyk8s.io': { '*': reports },
  'openreports.io': { '*': reports },
  'reports.kyverno.io': { '*': reports },
  'kyverno.io': {
    UpdateRequest: 'generation and mutation of existing objects',
    CleanupPolicy: cleanup,
    ClusterCleanupPolicy: cleanup,
    GlobalContextEntry: 'global context',
    AdmissionReport: reports,
    ClusterAdmissionReport: reports,
    BackgroundScanReport: reports,
    ClusterBackgroundScanReport: reports,
  },
  'events.k8s.io': { Event: 'events' },
  '': { Event: 'events' },
}

/** What rules may have, by its path from the rule. */
const ofRules: readonly (readonly [path: readonly string[], reason: string])[] = [
  [['validate', 'cel'], 'validate.cel'],
  [['validate', 'manifests'], 'validate.manifests'],
  [['verifyImages'], 'verifyImages'],
  [['celPreconditions'], 'CEL preconditions'],
  [['generate'], 'generate'],
  [['mutate', 'targets'], 'mutation of existing objects'],
]

/** What a context entry may load from, anywhere in a rule. */
const ofContext: Readonly<Record<string, string>> = { imageRegistry: 'a registry', globalReference: 'global context' }

/** What programs do that tests start. */
const ofPrograms: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/\b(helm|curl|wget|cosign|notation|crane|docker)\b/, 'the network'],
  [/(^|[\s;&|])kyverno\s/, 'the command kyverno in a cluster'],
]

const mostDepth = 64

/** What a test needs that nothing provides yet, from its own steps and the manifests that it has. Undefined where it can be run. */
export function needsMore(test: ChainsawTest): string | undefined {
  if (test.skip) return 'left out upstream'
  const operations = test.steps.flatMap((step) => [...step.try, ...step.catch, ...step.finally, ...step.cleanup])
  const missing = test.steps.some((step) => lacksFile(step, test))
  const written = operations.map(({ body }) => ownValue(body, 'resource')).filter((value): value is JsonObject => isJsonObject(value))
  const referred = operations.flatMap(({ body }) => [objectAt(body, 'ref'), body])
  const reasons = [
    ...[...manifestsOf(test.folder), ...written].map(ofManifest),
    ...referred.map(ofKind),
    ...operations.map(ofProgram),
    missing ? 'a file that the data does not have' : undefined,
  ]
  return reasons.find((reason) => reason !== undefined)
}

function manifestsOf(folder: string): readonly JsonObject[] {
  return globSync('**/*.{yaml,yml}', { cwd: folder })
    .toSorted()
    .flatMap((name) => {
      const objects = readObjects(join(folder, name))
      return objects.ok ? objects.value : []
    })
}

function ofManifest(object: JsonObject): string | undefined {
  const group = groupOf(object)
  const kind = textAt(object, 'kind')
  if (kind === 'ConfigMap' && textAt(objectAt(object, 'metadata'), 'namespace') === 'kyverno') return "changes of Kyverno's settings"
  const isPolicy = group === 'kyverno.io' && (kind === 'ClusterPolicy' || kind === 'Policy')
  return ofKind(object) ?? (isPolicy ? ofPolicy(object) : undefined)
}

const groupOf = (object: JsonObject): string =>
  textAt(object, 'apiVersion').includes('/') ? (textAt(object, 'apiVersion').split('/')[0] ?? '') : ''

function ofKind(object: JsonObject): string | undefined {
  const kind = textAt(object, 'kind')
  const group = kindsNotYet[groupOf(object)]
  return kind === '' || group === undefined ? undefined : (group[kind] ?? group['*'])
}

function ofPolicy(policy: JsonObject): string | undefined {
  for (const rule of objectsAt(objectAt(policy, 'spec'), 'rules')) {
    const reason = ofRules.find(([path]) => isGiven(valueAt(rule, path)))?.[1] ?? loadsFrom(rule, 0)
    if (reason !== undefined) return reason
  }
  return undefined
}

function isGiven(value: Json | undefined): boolean {
  return value !== undefined && value !== null && !(isJsonArray(value) && value.length === 0)
}

function loadsFrom(value: Json, depth: number): string | undefined {
  if (depth > mostDepth || typeof value !== 'object' || value === null) return undefined
  if (isJsonArray(value)) return value.map((item) => loadsFrom(item, depth + 1)).find((reason) => reason !== undefined)
  const own = isJsonArray(value['context'])
    ? objectsAt(value, 'context').flatMap((entry) => Object.keys(ofContext).filter((key) => Object.hasOwn(entry, key)))
    : []
  const [first] = own
  if (first !== undefined) return ofContext[first]
  return Object.values(value)
    .map((item) => loadsFrom(item, depth + 1))
    .find((reason) => reason !== undefined)
}

function ofProgram({ name, body }: Operation): string | undefined {
  if (name !== 'script' && name !== 'command') return undefined
  const line = `${textAt(body, 'content')}${textAt(body, 'entrypoint')} `
  return ofPrograms.find(([pattern]) => pattern.test(line))?.[1]
}

/** Whether a step reads, or one of its scripts starts, a file that is not there. */
function lacksFile(step: Step, { folder, metadata, bindings: ofTest }: ChainsawTest): boolean {
  // The namespace is only known when the test runs; files are not named after it.
  const start = new Map<string, Json>([
    ['namespace', ''],
    ['test', { metadata }],
  ])
  const known = bind(start, [...ofTest, ...step.bindings])
  const bindings = known.ok ? known.value : start
  return [...step.try, ...step.catch, ...step.finally, ...step.cleanup].some((operation) =>
    filesOf(operation, bindings).some((path) => !existsSync(join(folder, path))),
  )
}

/** Programs that a script of the test's own folder starts. */
const started = /(?:^|[\n;&|]|\bthen\b|\bbash\b|\bsh\b)\s*(\.\/[\w./-]+)/g

function filesOf({ name, body }: Operation, bindings: Bindings): readonly string[] {
  if (name === 'script') return [...textAt(body, 'content').matchAll(started)].map((match) => match[1] ?? '')
  const file = substitute(textAt(body, 'file'), bindings)
  return file.ok && typeof file.value === 'string' && file.value !== '' && !/[*?[]/.test(file.value) ? [file.value] : []
}
