import type { Json, JsonObject } from '../../../core/json.ts'
import { isJsonObject, ownValue } from '../../../core/json.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { nameOf } from '../../../kube/object.ts'
import type { Compilation } from '../../../policy/dialect.ts'
import type { CompiledPolicy, RuleOutcome, RuleResult } from '../../../policy/policy.ts'
import type { TestRow } from '../../../policy/test-suite.ts'
import { differences, sameResource } from './compare.ts'
import type { PolicyResponse, ResourceKey, ResourceResponses, RuleResponse } from './responses.ts'
import { keyOf, printKey, sameKey } from './responses.ts'
import type { Expectation } from './test-file.ts'

/** The objects of a file that an expectation names, or why there are none. */
export type ExpectedFile = { readonly objects: readonly KubeObject[] } | { readonly problem: string }

export interface Judging {
  readonly compilation: Compilation
  readonly responses: readonly ResourceResponses[]
  readonly expectedFile: (path: string) => ExpectedFile
}

interface Verdict {
  readonly holds: boolean
  readonly reason: string
  readonly message: string
}

/** A verdict with what it is about; `missing` is a row that upstream leaves out. */
type Finding = { readonly resource: string; readonly actual: string; readonly verdict: Verdict } | 'missing'

interface Place {
  readonly key: ResourceKey
  readonly findings: readonly Finding[]
}

/** The rows of one expectation: one for each response of its rule on each resource it is about. */
export function rowsOf(expectation: Expectation, judging: Judging): readonly TestRow[] {
  const policies = policiesOf(expectation, judging.compilation)
  if (policies.length === 0) return [notFound(expectation, judging)]
  const places = placesOf(expectation, policies, judging)
  const asked = askedFor(expectation)
  const found = asked.filter(({ matches }) => places.some(({ key }) => matches(key)))
  if (found.length === 0) return rowsOfAll(expectation, places)
  return found.flatMap(({ name, matches }) =>
    places.filter(({ key }) => matches(key)).flatMap(({ key, findings }) => findingRows(expectation, name, key, findings)),
  )
}

/**
 * An expectation that names no resource, or only ones that do not exist, is checked against every resource. No answer
 * about any of them is a failure: nothing was tested.
 */
function rowsOfAll(expectation: Expectation, places: readonly Place[]): readonly TestRow[] {
  const answered = places.filter(({ findings }) => findings.length > 0)
  if (answered.length === 0) return [row(expectation, { asked: '', resource: expectation.resources.join(','), actual: '' }, missing)]
  return answered.flatMap(({ key, findings }) => findingRows(expectation, '', key, findings))
}

function findingRows(expectation: Expectation, asked: string, key: ResourceKey, findings: readonly Finding[]): readonly TestRow[] {
  if (findings.length === 0) return [row(expectation, { asked, resource: printKey(key), actual: '' }, excluded)]
  return findings.flatMap((finding) =>
    finding === 'missing' ? [] : [row(expectation, { asked, resource: finding.resource, actual: finding.actual }, finding.verdict)],
  )
}

const missing: Verdict = { holds: false, reason: 'Not found', message: 'Not found' }
const excluded: Verdict = { holds: true, reason: 'Excluded', message: 'Excluded' }

function row(
  expectation: Expectation,
  about: { readonly asked: string; readonly resource: string; readonly actual: string },
  verdict: Verdict,
): TestRow {
  const skipped = verdict === excluded || expectation.result === 'skip'
  return {
    entry: expectation.entry,
    policy: expectation.policy,
    rule: expectation.rule,
    ...about,
    expected: expectation.result,
    status: verdict.holds ? (skipped ? 'skipped' : 'passed') : 'failed',
    reason: verdict.reason,
    message: verdict.message,
  }
}

function notFound(expectation: Expectation, { compilation }: Judging): TestRow {
  const about = { asked: '', resource: expectation.resources.join(','), actual: '' }
  const rejected = compilation.rejected.find(({ manifest }) => nameOf(manifest.object) === expectation.policy.split('/').at(-1))
  if (rejected === undefined) return row(expectation, about, missing)
  const message = rejected.diagnostics.map((diagnostic) => diagnostic.message).join('\n')
  return row(expectation, about, { holds: false, reason: 'Invalid policy', message })
}

/** Policies of several kinds may share a name: the entry's flags choose one, and otherwise a rule that is named is not that of a kind without rules. */
function policiesOf({ policy: name, policyKind, rule }: Expectation, { policies }: Compilation): readonly CompiledPolicy[] {
  const named = policies.filter((policy) => isNamed(policy, name))
  const flagged = named.filter(({ kind }) => kind === policyKind || kind === `Namespaced${policyKind}`)
  if (policyKind !== '' && flagged.length > 0) return flagged
  const withRules = named.filter(({ rules }) => rules.some((summary) => summary.name !== ''))
  return rule !== '' && withRules.length > 0 ? withRules : named
}

function isNamed(policy: CompiledPolicy, wanted: string): boolean {
  const slash = wanted.indexOf('/')
  return slash < 0 ? policy.name === wanted : policy.name === wanted.slice(slash + 1) && policy.namespace === wanted.slice(0, slash)
}

interface Asked {
  readonly name: string
  readonly matches: (key: ResourceKey) => boolean
}

function askedFor({ resources, resourceSpecs }: Expectation): readonly Asked[] {
  const named = resources.map((name): Asked => {
    const slash = name.indexOf('/')
    if (slash < 0) return { name, matches: (key) => key.name === name }
    return { name, matches: (key) => key.name === name.slice(slash + 1) && key.namespace === name.slice(0, slash) }
  })
  const specified = resourceSpecs.map((spec): Asked => ({
    name: spec.namespace === '' ? spec.name : `${spec.namespace}/${spec.name}`,
    matches: (key) => key.apiVersion === spec.apiVersion && key.namespace === spec.namespace && key.name === spec.name,
  }))
  return [...named, ...specified]
}

/** Every object that was evaluated and every one that a rule changed from outside, with what the expectation finds there. */
function placesOf(expectation: Expectation, policies: readonly CompiledPolicy[], judging: Judging): readonly Place[] {
  const places: Place[] = []
  const targets: { readonly key: ResourceKey; readonly findings: Finding[] }[] = []
  for (const { key, run, policies: answers } of judging.responses) {
    if (run !== expectation.operation) continue
    const responses = answers.filter(({ policy }) => policies.includes(policy))
    places.push({ key, findings: responses.flatMap((response) => triggerFindings(expectation, key, response, judging)) })
    for (const target of responses.flatMap((response) => targetFindings(expectation, response, judging))) {
      const known = targets.find((other) => sameKey(other.key, target.key))
      if (known === undefined) targets.push({ key: target.key, findings: [target.finding] })
      else known.findings.push(target.finding)
    }
  }
  return [...places, ...targets]
}

/** `rule` names the rule and those the engine makes of it for pod controllers; kinds without rules answer to any name. */
function answers(expectation: Expectation, { rule }: RuleOutcome): boolean {
  const { rule: wanted } = expectation
  return rule === '' || rule === wanted || rule === `autogen-${wanted}` || rule === `autogen-cronjob-${wanted}`
}

function triggerFindings(expectation: Expectation, key: ResourceKey, response: PolicyResponse, judging: Judging): readonly Finding[] {
  const { policy } = response
  return response.rules
    .filter(({ outcome }) => answers(expectation, outcome))
    .flatMap(({ outcome, object }) => {
      const generated = outcome.effect === 'generate' ? (outcome.generated ?? []) : []
      if (generated.length === 0) return [judge(expectation, { policy, outcome, object, resource: printKey(key) }, judging)]
      return generated.map((made) => judge(expectation, { policy, outcome, object: made, resource: nameOf(made) }, judging))
    })
}

function targetFindings(
  expectation: Expectation,
  { policy, rules }: PolicyResponse,
  judging: Judging,
): readonly { readonly key: ResourceKey; readonly finding: Finding }[] {
  return rules
    .filter(({ outcome }) => answers(expectation, outcome))
    .flatMap(({ outcome }) =>
      (outcome.targets ?? []).map(({ after }) => {
        const key = keyOf(after)
        return { key, finding: judge(expectation, { policy, outcome, object: after, resource: printKey(key) }, judging) }
      }),
    )
}

interface Response extends RuleResponse {
  readonly policy: CompiledPolicy
  readonly resource: string
}

function judge(expectation: Expectation, response: Response, judging: Judging): Finding {
  const { outcome, object, policy, resource } = response
  const actual = reportedResult(outcome, policy)
  const finding = (verdict: Verdict): Finding => ({ resource, actual, verdict })
  if (expectation.patchedResources !== '') {
    const verdict = compareWith([expectation.patchedResources], object, expectation, judging)
    if (verdict === 'missing') return verdict
    if (verdict !== undefined) return finding(verdict)
  }
  // A rule that could not generate has nothing to compare; left to itself the comparison would leave the error out.
  if (expectation.generatedResources.length > 0 && outcome.effect === 'generate' && outcome.result !== 'error') {
    const verdict = compareWith(expectation.generatedResources, object, expectation, judging)
    if (verdict === 'missing') return verdict
    if (verdict !== undefined) return finding(verdict)
  }
  if (actual === expectation.result) return finding({ holds: true, reason: 'Ok', message: outcome.message })
  return finding({ holds: false, reason: `Want ${expectation.result}, got ${actual}`, message: outcome.message })
}

/** Undefined where the object is as the files have it. An expected failure holds when it is not. */
function compareWith(
  files: readonly string[],
  object: KubeObject,
  expectation: Expectation,
  judging: Judging,
): Verdict | 'missing' | undefined {
  const expected: KubeObject[] = []
  for (const path of files) {
    const file = judging.expectedFile(path)
    if ('problem' in file) return { holds: false, reason: 'Resource error', message: file.problem }
    expected.push(...file.objects)
  }
  const key = keyOf(object)
  const match = expected.find((candidate) => sameKey(keyOf(candidate), key))
  if (match === undefined) {
    if (!expectation.failOnMissingResources) return 'missing'
    return { holds: false, reason: 'Resource error', message: `${printKey(key)} not found in ${files.join(', ')}` }
  }
  const made = withoutBookkeeping(object)
  if (sameResource(withoutBookkeeping(match), made)) return undefined
  return { holds: expectation.result === 'fail', reason: 'Resource diff', message: differences(withoutBookkeeping(match), made) }
}

/** Without the labels by which Kyverno finds again what it generated: tests do not write them down. */
function withoutBookkeeping(object: KubeObject): KubeObject {
  const metadata = ownValue(object, 'metadata')
  const labels = metadata !== undefined && isJsonObject(metadata) ? ownValue(metadata, 'labels') : undefined
  if (labels === undefined || !isJsonObject(labels) || !Object.keys(labels).some((key) => isBookkeeping(key, labels[key]))) return object
  const kept = Object.fromEntries(Object.entries(labels).filter(([key, value]) => !isBookkeeping(key, value)))
  return { ...object, metadata: { ...(metadata as JsonObject), labels: kept } }
}

const isBookkeeping = (key: string, value: Json | undefined): boolean =>
  key.startsWith('generate.kyverno.io/') || (key === 'app.kubernetes.io/managed-by' && value === 'kyverno')

/** The result as a report has it: a policy that is not scored only warns. */
function reportedResult({ result }: RuleOutcome, { scored }: CompiledPolicy): RuleResult {
  return result === 'fail' && !scored ? 'warn' : result
}
