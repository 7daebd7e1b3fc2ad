import { anyField, booleanField, objectField, objectsField, stringField } from '../../../core/fields.ts'
import { marshalJson } from '../../../core/go-format.ts'
import type { Json, JsonObject, JsonPath } from '../../../core/json.ts'
import type { Diagnostic } from '../../../core/diagnostic.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import { hasWildcard } from '../../../core/wildcard.ts'
import type { Manifest } from '../../../kube/manifest.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { annotationsOf, nameOf, namespaceOf } from '../../../kube/object.ts'
import { locate } from '../../../kube/yaml/yaml.ts'
import type { Facts } from '../../../policy/facts.ts'
import type { ExplainedRule } from '../../../policy/explain.ts'
import type { CompiledPolicy, Effect, PolicyOutcome, RuleOutcome } from '../../../policy/policy.ts'
import type { PolicyRequest } from '../../../policy/request.ts'
import type { ExpandedRule } from '../autogen.ts'
import { expandRules } from '../autogen.ts'
import { compileConditions } from '../conditions.ts'
import { RuleContext } from '../context.ts'
import type { Expressions } from '../expressions.ts'
import { compileMatch } from '../match.ts'
import type { PolicyConditions } from '../match-conditions.ts'
import { compilePolicyConditions } from '../match-conditions.ts'
import type { CompiledException } from '../policy-exception.ts'
import { substitute } from '../variables.ts'
import { compileFailureAction } from './failure-action.ts'
import { compileGenerate } from './generate.ts'
import { compileMutate } from './mutate.ts'
import { explainRule } from './explain.ts'
import type { CompiledRule, Finding, Handler, PolicySettings, Problem, RuleRun } from './rule.ts'
import { ruleError, skip } from './rule.ts'
import { compileValidate, evaluateConditions } from './validate.ts'

/** Compiles a ClusterPolicy or Policy with the exceptions that name it. */
export function compileClusterPolicy(
  manifest: Manifest,
  exceptions: readonly CompiledException[],
  expressions: Expressions,
): Result<CompiledPolicy, readonly Diagnostic[]> {
  const { object } = manifest
  const spec = objectField(object, 'spec')
  if (spec === undefined)
    return err([
      toDiagnostic(manifest, { code: 'missing-field', message: `expected \`spec\` in ${object.kind} ${nameOf(object)}`, path: [] }),
    ])
  const namespace = object.kind === 'Policy' ? namespaceOf(object) || 'default' : ''
  const name = nameOf(object)
  const settings: PolicySettings = {
    key: namespace === '' ? name : `${namespace}/${name}`,
    kind: object.kind,
    name,
    namespace,
    emitWarning: booleanField(spec, 'emitWarning') ?? false,
    useServerSideApply: booleanField(spec, 'useServerSideApply') ?? false,
    expressions,
    exceptions,
  }
  const compiled = expandRules(object).map((rule) => compileRule(rule, spec, settings))
  const problems = compiled.flatMap((rule) => (rule.ok ? [] : rule.error))
  if (problems.length > 0) return err(problems.map((problem) => toDiagnostic(manifest, problem)))
  return ok(
    assemble(
      manifest,
      spec,
      settings,
      compiled.flatMap((rule) => (rule.ok ? [rule.value] : [])),
    ),
  )
}

function toDiagnostic(manifest: Manifest, { code, message, path, help }: Problem): Diagnostic {
  const { document } = manifest
  return {
    code,
    severity: 'error',
    message,
    source: document.source,
    span: locate(document, path, 'key'),
    ...(help === undefined ? {} : { help }),
  }
}

const effectOfField: readonly (readonly [field: string, effect: Effect])[] = [
  ['mutate', 'mutate'],
  ['validate', 'validate'],
  ['generate', 'generate'],
  ['verifyImages', 'verifyImages'],
]

function compileRule(rule: ExpandedRule, spec: JsonObject, settings: PolicySettings): Result<CompiledRule, readonly Problem[]> {
  const { raw, path } = rule
  const name = stringField(raw, 'name') ?? ''
  const problem = (message: string, field: JsonPath = []): Result<never, readonly Problem[]> =>
    err([{ code: 'invalid-rule', message: `rule \`${name}\`: ${message}`, path: [...path, ...field] }])
  const match = compileMatch(raw, { namespace: settings.namespace })
  if (!match.ok) return problem(match.error, ['match'])
  const conditions = anyField(raw, 'preconditions')
  const preconditions = conditions === undefined ? ok(undefined) : compileConditions(conditions, 'single')
  if (!preconditions.ok) return problem(preconditions.error, ['preconditions'])
  const effect = effectOfField.find(([field]) => anyField(raw, field) !== undefined)
  if (effect === undefined) return problem('expected one of validate, mutate, generate, verifyImages')
  const handle = compileHandler(effect[1], raw, name)
  if (!handle.ok) return problem(handle.error, [effect[0]])
  return ok({
    name,
    effect: effect[1],
    raw,
    expanded: rule,
    match: match.value,
    preconditions: preconditions.value,
    context: objectsField(raw, 'context') ?? [],
    failureAction: compileFailureAction(raw, spec),
    reportProperties: stringsOf(objectField(raw, 'reportProperties')),
    handle: handle.value,
  })
}

function unsupported(what: string): Handler {
  const findings = [ruleError(`${what} are not supported yet`)]
  return () => findings
}

function compileHandler(effect: Effect, raw: JsonObject, name: string): Result<Handler, string> {
  switch (effect) {
    case 'validate':
      return compileValidate(name, objectField(raw, 'validate') ?? {})
    case 'mutate':
      return compileMutate(objectField(raw, 'mutate') ?? {})
    case 'generate':
      return compileGenerate(objectField(raw, 'generate') ?? {})
    case 'verifyImages':
      return ok(unsupported('rules of type verifyImages'))
  }
}

const stringsOf = (map: JsonObject | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(map ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))

function assemble(manifest: Manifest, spec: JsonObject, settings: PolicySettings, rules: readonly CompiledRule[]): CompiledPolicy {
  const { object } = manifest
  const annotations = annotationsOf(object)
  const webhook = objectField(spec, 'webhookConfiguration')
  const failurePolicy = stringField(webhook, 'failurePolicy') ?? stringField(spec, 'failurePolicy') ?? 'Fail'
  const background = booleanField(spec, 'background') ?? true
  const byEffect = new Map<Effect, RulesByKind>(
    effectOfField.map(([, effect]) => [effect, rulesByKind(rules.filter((rule) => rule.effect === effect))]),
  )
  const conditions = compilePolicyConditions(objectsField(webhook, 'matchConditions') ?? [])
  const onlyOne = stringField(spec, 'applyRules') === 'One'
  const process = background ? 'background scan' : 'admission review'
  const policy: CompiledPolicy = {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name: settings.name,
    namespace: settings.namespace,
    manifest,
    rules: rules.map((rule) => ({ name: rule.name, effect: rule.effect, derived: rule.expanded.derivedFrom !== undefined })),
    effects: new Set(rules.map((rule) => rule.effect)),
    selectors: rules.flatMap((rule) => rule.match.selectors),
    failurePolicy: failurePolicy === 'Ignore' ? 'Ignore' : 'Fail',
    admission: booleanField(spec, 'admission') ?? true,
    background,
    enforces: rules.some((rule) => rule.failureAction.canEnforce),
    scored: annotations['policies.kyverno.io/scored'] !== 'false',
    severity: annotations['policies.kyverno.io/severity'] ?? '',
    category: annotations['policies.kyverno.io/category'] ?? '',
    reportSource: 'kyverno',
    evaluate: (phase, request, facts) =>
      evaluatePolicy(
        { policy, settings, rules: byEffect.get(phase)?.(request.kind.kind) ?? [], conditions, onlyOne, process },
        request,
        facts,
      ),
    explain: (request, facts) => rules.map((rule) => explain(rule, settings, manifest, { request, facts })),
  }
  return policy
}

function explain(
  rule: CompiledRule,
  settings: PolicySettings,
  { document }: Manifest,
  { request, facts }: { readonly request: PolicyRequest; readonly facts: Facts },
): ExplainedRule {
  const object = request.object ?? request.oldObject
  const context = (): RuleContext => contextFor(rule, settings, request, facts)
  const findings = (own: RuleContext): readonly Finding[] =>
    object === undefined ? [] : findingsOf(rule, settings, { request, facts, context: own, object })
  return explainRule({ rule, document, namespace: settings.namespace, context, findings }, request, facts)
}

type RulesByKind = (kind: string) => readonly CompiledRule[]

/** The rules that may concern a kind, by the part of their selectors that is nearly always literal; the others need not even be asked. */
function rulesByKind(rules: readonly CompiledRule[]): RulesByKind {
  const mayMean = (rule: CompiledRule, kind: string): boolean =>
    rule.match.selectors.some((selector) => selector.kind === kind || hasWildcard(selector.kind))
  const kinds = new Set(rules.flatMap((rule) => rule.match.selectors.map((selector) => selector.kind)))
  const known = new Map([...kinds].map((kind) => [kind, rules.filter((rule) => mayMean(rule, kind))]))
  const rest = rules.filter((rule) => rule.match.selectors.some((selector) => hasWildcard(selector.kind)))
  return (kind) => known.get(kind) ?? rest
}

interface PolicyRun {
  readonly policy: CompiledPolicy
  readonly settings: PolicySettings
  readonly rules: readonly CompiledRule[]
  /** The policy's `matchConditions`. */
  readonly conditions: PolicyConditions
  readonly onlyOne: boolean
  readonly process: string
}

/** Rules run in the order written; each mutation is seen by the rules after it. */
function evaluatePolicy(run: PolicyRun, original: PolicyRequest, facts: Facts): PolicyOutcome {
  const outcomes: RuleOutcome[] = []
  let request = original
  const met = run.rules.length === 0 || run.conditions(original)
  // Where a condition cannot be decided, the API server asks no webhook that may be left out.
  if (met === false || (met !== true && run.policy.failurePolicy === 'Ignore')) return { policy: run.policy, rules: [] }
  for (const rule of run.rules) {
    if (rule.effect === 'mutate' && request.operation === 'DELETE') continue
    if (rule.match.whyNot(request, facts) !== undefined) continue
    const found = runRule(rule, run, { request, facts, met })
    outcomes.push(...found)
    const patched = found.at(-1)?.patched
    if (patched !== undefined) request = { ...request, object: patched }
    if (run.onlyOne && found.some(({ result }) => result !== 'skip')) break
  }
  const { object } = request
  return object === original.object || object === undefined
    ? { policy: run.policy, rules: outcomes }
    : { policy: run.policy, rules: outcomes, object }
}

interface Asked {
  readonly request: PolicyRequest
  readonly facts: Facts
  /** True, or why the policy's match conditions cannot be decided. */
  readonly met: true | string
}

function runRule(rule: CompiledRule, run: PolicyRun, { request, facts, met }: Asked): readonly RuleOutcome[] {
  const object = request.object ?? request.oldObject
  if (object === undefined) return []
  const context = contextFor(rule, run.settings, request, facts)
  const findings =
    met === true
      ? findingsOf(rule, run.settings, { request, facts, context, object })
      : [ruleError('failed to evaluate match conditions', met)]
  const enforcement = rule.failureAction.in(request.namespace, facts) === 'Enforce' ? 'deny' : run.settings.emitWarning ? 'warn' : 'audit'
  return findings.map((finding) => outcomeOf(finding, rule, { run, context, enforcement }))
}

function contextFor(rule: CompiledRule, settings: PolicySettings, request: PolicyRequest, facts: Facts): RuleContext {
  const context = new RuleContext({
    expressions: settings.expressions,
    request,
    facts,
    policyNamespace: settings.namespace,
    policy: settings.key,
    rule: rule.name,
  })
  context.addEntries(rule.context)
  return context
}

interface Subject {
  readonly request: PolicyRequest
  readonly facts: Facts
  readonly context: RuleContext
  readonly object: KubeObject
}

function findingsOf(rule: CompiledRule, settings: PolicySettings, subject: Subject): readonly Finding[] {
  const { request, facts, context } = subject
  if (rule.preconditions !== undefined) {
    const met = evaluateConditions(rule.preconditions, context)
    if (typeof met === 'string') return [ruleError('failed to evaluate preconditions', met)]
    if (!met.result) return [skip(met.message === '' ? 'preconditions not met' : `preconditions not met; ${met.message}`)]
  }
  const exceptions = settings.exceptions.filter((exception) =>
    exception.exempts({ policyKey: settings.key, policyKind: settings.kind, ruleName: rule.name }, request, facts, (conditions) => {
      const compiled = compileConditions(conditions)
      const held = compiled.ok ? evaluateConditions(compiled.value, context) : compiled.error
      return typeof held !== 'string' && held.result
    }),
  )
  const excused = excuse(rule, exceptions)
  if (excused !== undefined) return [excused]
  const findings = rule.handle({ ...subject, exceptions })
  return rule.effect === 'validate' ? tolerateExisting(findings, rule, settings, { ...subject, exceptions }) : findings
}

/** An exception excuses all of a rule; of Pod Security, one that names controls excuses only these. */
function excuse({ raw }: CompiledRule, exceptions: readonly CompiledException[]): Finding | undefined {
  const isPodSecurity = objectField(objectField(raw, 'validate'), 'podSecurity') !== undefined
  const whole = isPodSecurity ? exceptions.filter(({ podSecurity }) => podSecurity.length === 0).slice(0, 1) : exceptions
  if (whole.length === 0) return undefined
  const names = whole.map(({ namespace, name }) => `${namespace}/${name}`)
  const text = isPodSecurity ? `policy exception ${names.join(', ')}` : `policy exceptions${names.join(', ')}`
  return { ...skip(`rule is skipped due to ${text}`), exceptions: names }
}

/**
 * `allowExistingViolations` (default true): an update of an object that broke the rule before is let through, so that people can still change it.
 * The rule is run on the old object as if it were being created.
 */
function tolerateExisting(
  findings: readonly Finding[],
  rule: CompiledRule,
  settings: PolicySettings,
  subject: RuleRun,
): readonly Finding[] {
  const { request, facts, exceptions } = subject
  const { object, oldObject } = request
  if (request.operation !== 'UPDATE' || oldObject === undefined || object === undefined) return findings
  // Where a person plays the cluster there is one version of the object, so nothing existed before.
  if (request.given !== undefined) return findings
  if (!findings.some(({ result }) => result === 'fail')) return findings
  if (booleanField(objectField(rule.raw, 'validate'), 'allowExistingViolations') === false) return findings
  if (rule.failureAction.in(request.namespace, facts) !== 'Enforce') return findings
  // The object before is matched by its own kind and as a whole: to a rule about a subresource nothing existed before.
  const before: PolicyRequest = {
    ...request,
    operation: 'CREATE',
    kind: request.objectKind ?? request.kind,
    subresource: '',
    object: oldObject,
    oldObject: undefined,
  }
  if (rule.match.whyNot(before, facts) !== undefined) return findings
  const context = contextFor(rule, settings, before, facts)
  // A rule that is for updates alone said nothing of the object before.
  const met = rule.preconditions === undefined ? undefined : evaluateConditions(rule.preconditions, context)
  if (met !== undefined && (typeof met === 'string' || !met.result)) return findings
  const old = rule.handle({ request: before, facts, context, object: oldObject, exceptions })
  if (old.some(({ result }) => result === 'error')) return [skip('failed to validate old object')]
  return old.some(({ result }) => result === 'fail')
    ? [skip('skipping the rule evaluation as pre-existing violations are allowed')]
    : findings
}

interface Around {
  readonly run: PolicyRun
  readonly context: RuleContext
  readonly enforcement: RuleOutcome['enforcement']
}

const messageKeys: Readonly<Record<RuleOutcome['result'], string>> = {
  pass: 'passMessage',
  fail: 'failMessage',
  warn: 'warnMessage',
  error: 'errorMessage',
  skip: 'skipMessage',
}

const none: Readonly<Record<string, string>> = {}

function outcomeOf(finding: Finding, rule: CompiledRule, { run, context, enforcement }: Around): RuleOutcome {
  const { result, message, at = [], exceptions = [], properties: found = none, ...rest } = finding
  const reported = reportPropertiesOf(rule, context)
  const properties =
    exceptions.length === 0
      ? { process: run.process, ...found, ...reported }
      : { process: run.process, ...found, ...reported, exceptions: exceptions.map((name) => name.split('/').at(-1) ?? name).join(',') }
  return {
    rule: rule.name,
    effect: rule.effect,
    result,
    message: reported[messageKeys[result]] ?? reported['message'] ?? message,
    enforcement,
    emitWarning: run.settings.emitWarning,
    at,
    properties,
    exceptions,
    ...rest,
  }
}

function reportPropertiesOf(rule: CompiledRule, context: RuleContext): Readonly<Record<string, string>> {
  const entries = Object.entries(rule.reportProperties)
  if (entries.length === 0) return none
  return Object.fromEntries(
    entries.map(([key, value]) => {
      const substituted = substitute(value, context)
      const shown: Json = substituted.ok ? substituted.value : value
      return [key, typeof shown === 'string' ? shown : marshalJson(shown)]
    }),
  )
}
