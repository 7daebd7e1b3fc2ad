import type { Json, JsonObject } from '../../core/json.ts'
import type { Manifest } from '../../kube/manifest.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Compilation } from '../../policy/dialect.ts'
import type { Answer, Facts, Question } from '../../policy/facts.ts'
import type { CompiledPolicy, RuleOutcome } from '../../policy/policy.ts'
import type { PolicyRequest } from '../../policy/request.ts'
import { creationOf } from '../../policy/request.ts'
import { gatekeeper } from './dialect.ts'

/** What tests of the dialect are written with. */
export function manifestOf(object: KubeObject): Manifest {
  const text = JSON.stringify(object)
  return { object, document: { source: { name: 'f.yaml', text }, start: 0, end: text.length, base: [], value: object } }
}

export interface TemplateParts {
  readonly apiVersion?: string
  readonly name?: string
  readonly kind?: string
  readonly rego?: string
  readonly libs?: readonly string[]
  readonly code?: readonly Json[]
  readonly schema?: JsonObject
  readonly legacySchema?: boolean
  readonly spec?: JsonObject
}

/** A template of kind `K`. */
export function template(parts: TemplateParts = {}): KubeObject {
  const { apiVersion = 'templates.gatekeeper.sh/v1', kind = 'K', rego, libs, code, schema, legacySchema } = parts
  const target = {
    target: 'admission.k8s.gatekeeper.sh',
    ...(rego === undefined ? {} : { rego }),
    ...(libs === undefined ? {} : { libs }),
    ...(code === undefined ? {} : { code }),
  }
  const validation = {
    ...(schema === undefined ? {} : { openAPIV3Schema: schema }),
    ...(legacySchema === undefined ? {} : { legacySchema }),
  }
  return {
    apiVersion,
    kind: 'ConstraintTemplate',
    metadata: { name: parts.name ?? kind.toLowerCase() },
    spec: { crd: { spec: { names: { kind }, validation } }, targets: [target], ...parts.spec },
  }
}

export const constraint = (spec: JsonObject = {}, name = 'c', kind = 'K'): KubeObject => ({
  apiVersion: 'constraints.gatekeeper.sh/v1beta1',
  kind,
  metadata: { name },
  spec,
})

export const pod = (metadata: JsonObject = {}, spec: JsonObject = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'default', ...metadata },
  spec,
})

export const compile = (...objects: readonly KubeObject[]): Compilation => gatekeeper.compile(objects.map(manifestOf))

export const rejections = (...objects: readonly KubeObject[]): readonly string[] =>
  compile(...objects).rejected.flatMap(({ diagnostics }) => diagnostics.map(({ message }) => message))

/** The certificate of an authority, in base64: what `caBundle` of a Provider holds. */
export const caBundle =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJjRENDQVJlZ0F3SUJBZ0lVSkJyQzZsNFRXWE1hRE1JWmlvSzNQOXUyKzFVd0NnWUlLb1' +
  'pJemowRUF3SXcKRFRFTE1Ba0dBMVVFQXd3Q1kyRXdJQmNOTWpZeE1USXhNVE14TURRNFdoZ1BNakV5TmpFd01qZ3hNekV3TkRoYQpNQTB4Q3pB' +
  'SkJnTlZCQU1NQW1OaE1Ga3dFd1lIS29aSXpqMENBUVlJS29aSXpqMERBUWNEUWdBRTZpZy9uQUkzClBsQlFhWVVqeE0yeTkyemp6aVpjUEw2dU' +
  'MxL0FzVE9uNlNYWDlYWi9TVVF5WkxLL2M0eUpaT2ZJbG1zckFOQkYKSHZNaW91Mit5MTZXYWFOVE1GRXdIUVlEVlIwT0JCWUVGQTRGSDBxMUFG' +
  'SW9ZL2FFMCtCV0ZVQVVHUmsrTUI4RwpBMVVkSXdRWU1CYUFGQTRGSDBxMUFGSW9ZL2FFMCtCV0ZVQVVHUmsrTUE4R0ExVWRFd0VCL3dRRk1BTU' +
  'JBZjh3CkNnWUlLb1pJemowRUF3SURSd0F3UkFJZ1p1ZzJHaTRsSnN6ZWorM3Fick03TDI4eFpPUzJYUGJaNnFqRjVuc2QKS2xNQ0lCZnBxS3pU' +
  'L1hLMWNHVjVTMWFWbGNjSDVRNXc3WXlqMWtvYzlnZngzV2w3Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K'

/** As a webhook would be asked. */
export function request(object: KubeObject, more: Partial<PolicyRequest> = {}): PolicyRequest {
  const requester = { userInfo: { username: 'me', uid: '', groups: [], extra: {} }, roles: [], clusterRoles: [] }
  return creationOf(object, { uid: 'u', resource: 'pods', requester, now: new Date(0), ...more })
}

/** As the command line would ask. */
export const fileRequest = (object: KubeObject): PolicyRequest => request(object, { uid: '', requester: undefined })

export const factsOf = (answer: (question: Question) => Answer | undefined = () => undefined): Facts => ({ read: answer, missing: [] })

export function outcomes(policies: readonly CompiledPolicy[], asked: PolicyRequest, facts: Facts = factsOf()): readonly RuleOutcome[] {
  return policies.flatMap((policy) => policy.evaluate('validate', asked, facts).rules)
}

/** Messages of what did not pass. */
export const messages = (policies: readonly CompiledPolicy[], asked: PolicyRequest, facts: Facts = factsOf()): readonly string[] =>
  outcomes(policies, asked, facts)
    .filter(({ result }) => result !== 'pass')
    .map(({ message }) => message)
