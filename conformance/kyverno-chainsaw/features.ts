import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Json, JsonObject } from '../../src/core/json.ts'
import { isJsonArray, isJsonObject } from '../../src/core/json.ts'
import { readDocuments } from './run-test.ts'

/** Kinds that nothing makes or evaluates yet, wherever a test mentions them. A line goes when its work lands. */
const kinds: Readonly<Record<string, string>> = {
  PolicyReport: 'reports',
  ClusterPolicyReport: 'reports',
  EphemeralReport: 'reports',
  ClusterEphemeralReport: 'reports',
  Report: 'reports',
  ClusterReport: 'reports',
  Event: 'events',
  UpdateRequest: 'update requests',
  GlobalContextEntry: 'global context',
  CleanupPolicy: 'cleanup',
  ClusterCleanupPolicy: 'cleanup',
  ValidatingPolicy: 'CEL policies',
  NamespacedValidatingPolicy: 'CEL policies',
  MutatingPolicy: 'CEL policies',
  GeneratingPolicy: 'CEL policies',
  DeletingPolicy: 'CEL policies',
  ImageValidatingPolicy: 'CEL policies',
  ValidatingAdmissionPolicy: 'ValidatingAdmissionPolicy',
  ValidatingAdmissionPolicyBinding: 'ValidatingAdmissionPolicy',
  MutatingAdmissionPolicy: 'MutatingAdmissionPolicy',
}

/** Fields of policies, by their path from any node. */
const fields: readonly (readonly [path: readonly string[], reason: string])[] = [
  [['validate', 'cel'], 'validate.cel'],
  [['validate', 'manifests'], 'validate.manifests'],
  [['celPreconditions'], 'CEL preconditions'],
  [['matchConditions'], 'matchConditions (CEL)'],
  [['verifyImages'], 'image verification'],
  [['imageRegistry'], 'a registry'],
  [['generate'], 'generate'],
  [['mutate', 'targets'], 'mutation of existing objects'],
  [['mutateExistingOnPolicyUpdate'], 'mutation of existing objects'],
  [['globalReference'], 'global context'],
]

/** What a test needs that nothing provides yet, read from its own files. */
export function needsMore(testFile: string): string | undefined {
  const folder = dirname(testFile)
  const documents = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml') || name.endsWith('.yml'))
    .flatMap((name) => readDocuments(join(folder, name)))
  for (const document of documents) {
    const reason = reasonIn(document, 0)
    if (reason !== undefined) return reason
  }
  return undefined
}

function reasonIn(value: Json, depth: number): string | undefined {
  if (depth > 60) return undefined
  if (isJsonArray(value)) return value.map((item) => reasonIn(item, depth + 1)).find((reason) => reason !== undefined)
  if (!isJsonObject(value)) return undefined
  const { kind } = value
  if (typeof kind === 'string' && Object.hasOwn(kinds, kind)) return kinds[kind]
  if (typeof value['apiVersion'] === 'string' && value['apiVersion'].startsWith('policies.kyverno.io/')) return 'CEL policies'
  // Steps that stop or change Kyverno's own Deployments or settings.
  if (kind === 'ConfigMap' && isJsonObject(value['metadata']) && value['metadata']['namespace'] === 'kyverno')
    return "changes of Kyverno's settings"
  if (kind === 'Test' && /\bhelm (install|upgrade|repo)\b/.test(JSON.stringify(value))) return 'the network'
  for (const [path, reason] of fields) if (has(value, path)) return reason
  return Object.values(value)
    .map((item) => reasonIn(item, depth + 1))
    .find((reason) => reason !== undefined)
}

function has(object: JsonObject, path: readonly string[]): boolean {
  let value: Json = object
  for (const key of path) {
    if (!isJsonObject(value) || !Object.hasOwn(value, key)) return false
    value = value[key] ?? null
  }
  return value !== null && value !== false && !(isJsonArray(value) && value.length === 0)
}
