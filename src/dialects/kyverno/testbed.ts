import type { Json, JsonObject } from '../../core/json.ts'
import type { Manifest } from '../../kube/manifest.ts'
import type { KubeObject } from '../../kube/object.ts'
import { isKubeObject } from '../../kube/object.ts'
import { loadDocuments, loadValue, toManifests } from '../../kube/yaml/yaml.ts'
import type { Answer, Facts, Question } from '../../policy/facts.ts'
import type { CompiledPolicy, Effect, PolicyOutcome, RuleOutcome } from '../../policy/policy.ts'
import { effects } from '../../policy/policy.ts'
import type { GivenValues, PolicyRequest, Requester } from '../../policy/request.ts'
import { creationOf } from '../../policy/request.ts'
import { kyverno } from './dialect.ts'

/** What the tests of this dialect share: policies, objects and facts from short texts, through the face of the dialect. */

type Answers = (question: Question) => Json | undefined

/** A world in which everything is known: what `answers` says, and that there is nothing else. */
export function factsOf(answers: Answers = () => undefined): Facts {
  const read = (question: Question): Answer => {
    const value = answers(question)
    return value === undefined ? { known: false, reason: 'there is none' } : { known: true, value }
  }
  return { read, missing: [] }
}

/** A world that has not answered yet; `missing` collects what was asked. */
export function factsToCome(): Facts {
  const missing: Question[] = []
  const read = (question: Question): undefined => void missing.push(question)
  return { read, missing }
}

export function valueOf(yaml: string): Json {
  const value = loadValue(yaml)
  if (!value.ok) throw new Error(value.error)
  return value.value
}

export function objectOf(yaml: string): KubeObject {
  const value = valueOf(yaml)
  if (!isKubeObject(value)) throw new Error(`not a Kubernetes object: ${yaml}`)
  return value
}

export function manifestsOf(text: string): readonly Manifest[] {
  const { documents, diagnostics } = loadDocuments({ name: 'policies.yaml', text })
  if (diagnostics[0] !== undefined) throw new Error(diagnostics[0].message)
  return toManifests(documents).manifests
}

/** The manifest of an object that no file holds. */
export const manifestOf = (object: KubeObject): Manifest => ({
  object,
  document: { source: { name: 'made.yaml', text: '' }, start: 0, end: 0, base: [], value: object },
})

/** A Pod called `p` in namespace `nn`, with fields of the first level replaced. */
export const podOf = (fields = '{}'): KubeObject => ({
  ...objectOf(
    "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: nn, labels: {app: a}}, spec: {containers: [{name: c, image: 'nginx:latest'}]}}",
  ),
  ...(valueOf(fields) as JsonObject),
})

export const requestOf = (object: KubeObject, more: Partial<PolicyRequest> = {}): PolicyRequest =>
  creationOf(object, { uid: 'u', now: new Date(0), ...more })

export const deletionOf = (object: KubeObject): PolicyRequest =>
  requestOf(object, { operation: 'DELETE', object: undefined, oldObject: object })

export const updateOf = (oldObject: KubeObject, object: KubeObject): PolicyRequest => requestOf(object, { operation: 'UPDATE', oldObject })

export const requesterOf = (username: string, more: { groups?: string[]; roles?: string[]; clusterRoles?: string[] } = {}): Requester => ({
  userInfo: { username, uid: '', groups: more.groups ?? [], extra: {} },
  roles: more.roles ?? [],
  clusterRoles: more.clusterRoles ?? [],
})

/** The same values for every rule. */
export const givenOf = (
  variables: Readonly<Record<string, Json>>,
  foreachVariables: Readonly<Record<string, readonly Json[]>> = {},
): GivenValues => ({ variables: () => variables, foreachVariables: () => foreachVariables })

export const anyPod = '{any: [{resources: {kinds: [Pod]}}]}'

export interface RuleSettings {
  readonly request?: PolicyRequest
  readonly facts?: Facts
  /** Fields of the policy's spec beside its rules, each followed by a comma. */
  readonly spec?: string
  readonly match?: string
  readonly exclude?: string
}

/** The ClusterPolicy `policy` with rules in flow style, one of them or several. */
export const policyText = (rules: string, spec = ''): string =>
  `apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: policy}\nspec: {background: false, ${spec} rules: [${rules}]}\n`

/** The policies of a text, all of which must compile. */
export function compileText(text: string): readonly CompiledPolicy[] {
  const { policies, rejected } = kyverno.compile(manifestsOf(text))
  if (rejected[0] !== undefined) throw new Error(rejected[0].diagnostics.map(({ message }) => message).join('; '))
  return policies
}

export function evaluateText(text: string, phase: Effect, request: PolicyRequest, facts: Facts = factsOf()): PolicyOutcome {
  const [policy] = compileText(text)
  if (policy === undefined) throw new Error('the text holds no policy')
  return policy.evaluate(phase, request, facts)
}

/** What one rule called `r` says in whichever phase it belongs to. */
export function outcomes(rule: string, settings: RuleSettings = {}): readonly RuleOutcome[] {
  const { request = requestOf(podOf()), facts = factsOf(), spec = '', match = anyPod, exclude = '' } = settings
  const exclusion = exclude === '' ? '' : `exclude: ${exclude}, `
  const policies = compileText(policyText(`{name: r, match: ${match}, ${exclusion}${rule}}`, spec))
  return effects.flatMap((phase) => policies.flatMap((policy) => policy.evaluate(phase, request, facts).rules))
}

/** The same as lines of `result: message`. */
export const said = (rule: string, settings?: RuleSettings): readonly string[] =>
  outcomes(rule, settings).map(({ result, message }) => `${result}: ${message}`)
