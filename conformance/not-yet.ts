import type { JsonObject } from '../src/core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../src/core/json.ts'
import type { KubeObject } from '../src/kube/object.ts'
import { nameOf } from '../src/kube/object.ts'
import type { Dialect } from '../src/policy/dialect.ts'

/** What rules may be that Kanon does not evaluate yet. A line goes when its work lands. */
const rulesNotYet: readonly { readonly name: string; readonly path: readonly string[] }[] = [
  { name: 'verifyImages', path: ['verifyImages'] },
  { name: 'validate.cel', path: ['validate', 'cel'] },
  { name: 'validate.manifests', path: ['validate', 'manifests'] },
]

/** How a result entry says of which kind its policy is. */
const kindFlags: Readonly<Record<string, string>> = {
  isvalidatingpolicy: 'ValidatingPolicy',
  ismutatingpolicy: 'MutatingPolicy',
  isgeneratingpolicy: 'GeneratingPolicy',
  isdeletingpolicy: 'DeletingPolicy',
  isimagevalidatingpolicy: 'ImageValidatingPolicy',
  isvalidatingadmissionpolicy: 'ValidatingAdmissionPolicy',
  ismutatingadmissionpolicy: 'MutatingAdmissionPolicy',
}

/** Why a result entry cannot be judged yet: its policy is of a kind, or its rule of a type, that nothing evaluates. */
export function notYet(result: JsonObject, policies: readonly KubeObject[], dialects: readonly Dialect[]): string | undefined {
  const known = (kind: string): boolean => dialects.some(({ kinds }) => kinds.some((one) => one.kind === kind && one.role === 'policy'))
  const flagged = flaggedKind(result)
  if (flagged !== undefined && !known(flagged)) return flagged
  const policy = String(ownValue(result, 'policy') ?? '')
  const named = policies.filter((object) => nameOf(object) === policy.slice(policy.indexOf('/') + 1))
  if (named.length > 0 && !named.some(({ kind }) => known(kind))) return named[0]?.kind
  const rule = String(ownValue(result, 'rule') ?? '')
  return named
    .flatMap((object) => rulesOf(object, rule))
    .map(ruleNotYet)
    .find((reason) => reason !== undefined)
}

function flaggedKind(result: JsonObject): string | undefined {
  for (const [key, value] of Object.entries(result)) {
    if (value === true && Object.hasOwn(kindFlags, key.toLowerCase())) return kindFlags[key.toLowerCase()]
  }
  return undefined
}

function rulesOf(policy: KubeObject, name: string): readonly JsonObject[] {
  const spec = policy['spec']
  const rules = spec !== undefined && isJsonObject(spec) ? spec['rules'] : undefined
  if (rules === undefined || !isJsonArray(rules)) return []
  const plain = name.replace(/^autogen-(cronjob-)?/, '')
  return rules.filter(isJsonObject).filter((rule) => rule['name'] === name || rule['name'] === plain)
}

function ruleNotYet(rule: JsonObject): string | undefined {
  return rulesNotYet.find(({ path }) => has(rule, path))?.name
}

function has(rule: JsonObject, path: readonly string[]): boolean {
  let value: unknown = rule
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return false
    value = (value as JsonObject)[key]
  }
  return value !== null
}
