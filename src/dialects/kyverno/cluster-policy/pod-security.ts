import { objectsField, stringField } from '../../../core/fields.ts'
import type { JsonObject, JsonPath } from '../../../core/json.ts'
import { isJsonObject, valueAt } from '../../../core/json.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { Images } from '../../../kube/images.ts'
import { imagesOf } from '../../../kube/images.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { podTemplatePath } from '../../../kube/pod-template.ts'
import type { LevelVersion } from '../../../standards/pod-security/pod-security.ts'
import { parseLevel, parseVersion } from '../../../standards/pod-security/pod-security.ts'
import { evaluateChecks } from '../pod-security/evaluate.ts'
import type { CheckResult, PodParts } from '../pod-security/evaluate.ts'
import type { Exclusion } from '../pod-security/exclude.ts'
import { exclude, readExclusion } from '../pod-security/exclude.ts'
import { faultsText, reportedControls } from '../pod-security/message.ts'
import { nearestExisting } from './list.ts'
import type { Finding, Handler, RuleRun } from './rule.ts'
import { failure, pass, ruleError, skip } from './rule.ts'

interface PodSecurityRule {
  readonly name: string
  readonly level: string
  readonly version: string
  readonly levelVersion: LevelVersion
  readonly exclusions: readonly Exclusion[]
}

/** A rule `validate.podSecurity`: the Pod Security Standards at a level and version, without what is excluded. */
export function compilePodSecurity(name: string, raw: JsonObject): Handler {
  const level = stringField(raw, 'level') ?? ''
  const version = stringField(raw, 'version') ?? ''
  const levelVersion = readLevelVersion(level, version)
  const rule = levelVersion.ok
    ? ok({ name, level, version, levelVersion: levelVersion.value, exclusions: (objectsField(raw, 'exclude') ?? []).map(readExclusion) })
    : levelVersion
  return (run) => {
    if (run.request.operation === 'DELETE') return []
    return [rule.ok ? evaluate(rule.value, run) : ruleError('failed to parse pod security api version', rule.error)]
  }
}

function readLevelVersion(level: string, version: string): Result<LevelVersion, string> {
  const parsedLevel = parseLevel(level)
  if (!parsedLevel.ok) return parsedLevel
  const parsedVersion = parseVersion(version === '' ? 'latest' : version)
  return parsedVersion.ok ? ok({ level: parsedLevel.value, version: parsedVersion.value }) : parsedVersion
}

function evaluate(rule: PodSecurityRule, { object, exceptions }: RuleRun): Finding {
  const template = podTemplatePath(object.kind)
  const pod = template === undefined ? err('could not find correct resource type') : podAt(object, template)
  if (template === undefined || !pod.ok) return ruleError('Error while getting new resource', pod.ok ? '' : pod.error)
  const excluding = (results: readonly CheckResult[], exclusions: readonly Exclusion[]): readonly CheckResult[] =>
    exclusions.reduce((left, exclusion) => (left.length === 0 ? left : exclude(left, exclusion, rule.levelVersion, pod.value)), results)
  const results = excluding(evaluateChecks(rule.levelVersion, pod.value), rule.exclusions)
  if (results.length === 0) return pass(`Validation rule '${rule.name}' passed.`)
  const left = excluding(
    results,
    exceptions.flatMap(({ podSecurity }) => podSecurity.filter(isJsonObject).map(readExclusion)),
  )
  if (left.length === 0) {
    const names = exceptions.map(({ namespace, name }) => `${namespace}/${name}`)
    return { ...skip(`rule is skipped due to policy exceptions ${names.join(', ')}`), exceptions: names }
  }
  return violationOf(rule, left, object, template)
}

function podAt(object: KubeObject, template: JsonPath): Result<PodParts, string> {
  const holder = valueAt(object, template)
  if (holder === undefined || !isJsonObject(holder)) return ok({ metadata: {}, spec: {} })
  const { metadata, spec } = holder
  return ok({ metadata: isJsonObject(metadata) ? metadata : {}, spec: isJsonObject(spec) ? spec : {} })
}

function violationOf(rule: PodSecurityRule, results: readonly CheckResult[], object: KubeObject, template: JsonPath): Finding {
  const text = `Validation rule '${rule.name}' failed. It violates PodSecurity "${rule.level}:${rule.version}": ${faultsText(results, template)}`
  const places = results.flatMap(({ faults }) => faults.map(({ path }) => nearestExisting(object, [...template, ...path])))
  const images = imagesOf(object)
  const imageOf = (container: string): string => (images.ok ? imageNamed(container, images.value) : undefined) ?? container
  return {
    ...failure(text, places),
    properties: { standard: rule.level, version: rule.version, ...reportedControls(results, imageOf) },
  }
}

/** The reference of the image of a container, whichever list it is in. */
function imageNamed(container: string, images: Images): string | undefined {
  for (const list of ['initContainers', 'containers', 'ephemeralContainers']) {
    const image = images.get(list)?.get(container)
    if (image !== undefined) return image.reference
  }
  return undefined
}
