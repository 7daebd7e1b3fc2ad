import type { Diagnostic } from '../../../core/diagnostic.ts'
import { objectField } from '../../../core/fields.ts'
import type { Json, JsonObject } from '../../../core/json.ts'
import { isJsonObject, ownValue } from '../../../core/json.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import { printFieldError } from '../../../kube/field-error.ts'
import type { Manifest } from '../../../kube/manifest.ts'
import type { GroupVersionKind, KubeObject } from '../../../kube/object.ts'
import { nameOf } from '../../../kube/object.ts'
import type { CelValue } from '../../../languages/cel/cel.ts'
import { celDoubles } from '../../../languages/cel/cel.ts'
import { newRegoMemory } from '../../../languages/rego/rego.ts'
import type { Facts } from '../../../policy/facts.ts'
import type { CompiledPolicy, Effect, PolicyOutcome, ResourceSelector } from '../../../policy/policy.ts'
import type { PolicyRequest } from '../../../policy/request.ts'
import { operations } from '../../../policy/request.ts'
import type { Configuration } from '../config.ts'
import type { Providers } from '../external-data.ts'
import { externalData } from '../external-data.ts'
import { explainConstraint } from '../explain/constraint.ts'
import { inventoryFrom } from '../inventory.ts'
import type { InventoryScope } from '../inventory.ts'
import type { Judge } from '../expansion/judge.ts'
import { judgeWithExpansions } from '../expansion/judge.ts'
import type { RequestExpander } from '../expansion/request.ts'
import { problemAt } from '../read.ts'
import type { Template } from '../template/template.ts'
import type { NativeAttempt, NativeProgram, NativeQuestion } from '../template/native/program.ts'
import type { TemplateInput, TemplateProgram, TemplateTrace, TemplateWorld } from '../template/program.ts'
import type { Violation } from '../template/violations.ts'
import type { Actions } from './enforcement.ts'
import { compileActions, pointOf } from './enforcement.ts'
import type { Match } from './match.ts'
import { checkSelectors } from './check-selectors.ts'
import { compileMatch, kindEntries } from './match.ts'
import { matchesRequest, namespaceOfRequest } from './request-match.ts'
import { failed, passed, violated } from './outcomes.ts'
import type { Numbers } from './review.ts'
import { reviewOf, rounded } from './review.ts'

/** What constraints are compiled with. */
export interface Surroundings {
  readonly configuration: Configuration
  readonly providers: Providers
  readonly expand: RequestExpander
  /** The kinds of objects that make others: a constraint sees them for what they make. */
  readonly generators: readonly GroupVersionKind[]
  /** `gator test` reads parameters as it reads reviews: with numbers that are floats, which shows in texts. */
  readonly numbers?: Numbers
  /** See MatchTarget. */
  readonly hasUnnamedNamespace?: boolean
  /** Takes what templates print. */
  readonly print?: (text: string) => void
}

type Problems = readonly Diagnostic[]

/** A constraint as a policy. The error is what the API server or upstream refuses in it. */
export function compileConstraint(manifest: Manifest, template: Template, surroundings: Surroundings): Result<CompiledPolicy, Problems> {
  const constraint = readConstraint(manifest, template)
  return constraint.ok ? ok(policyOf(constraint.value, surroundings)) : constraint
}

/** A path begins with an object that has no name. */
const pathOf = (field: string): string => (field === '' || field === '<nil>' ? '[]' : `[].${field}`)

/** A constraint with the defaults of its template. */
export function readConstraint(manifest: Manifest, template: Template): Result<Constraint, Problems> {
  const refuse = (message: string, path: readonly string[] = ['spec']): Result<never, Problems> =>
    err([problemAt(manifest, path, { code: 'invalid-constraint', message })])
  const wrongSelector = checkSelectors(manifest.object)
  if (wrongSelector !== undefined) return refuse(`invalid Constraint: ${wrongSelector}`, ['spec', 'match'])
  const { object, unknown } = template.constraints.prune(manifest.object)
  const complete = template.constraints.applyDefaults(object)
  const wrong = template.constraints.validate(complete)
  if (wrong.length > 0) {
    const texts = wrong.map((error) => printFieldError({ ...error, field: pathOf(error.field) }))
    return refuse(`schema validation failed: ${texts.length === 1 ? texts.join('') : `[${texts.join(', ')}]`}`)
  }
  if (unknown.length > 0) return refuse(`invalid Constraint: unknown fields: [${unknown.map(fieldName).join(' ')}]`)
  const spec = objectField(complete, 'spec')
  const match = compileMatch(objectField(spec, 'match'))
  if (!match.ok) return refuse(`invalid Constraint: ${match.error}`, ['spec', 'match'])
  const actions = compileActions(spec)
  if (!actions.ok) return refuse(actions.error)
  return ok({ manifest, object: complete, template, match: match.value, actions: actions.value })
}

/** `unknown field "spec.x"` */
const fieldName = (text: string): string => /"(.*)"/.exec(text)?.[1] ?? text

export interface Constraint {
  readonly manifest: Manifest
  /** With defaults. */
  readonly object: KubeObject
  readonly template: Template
  readonly match: Match
  readonly actions: Actions
}

const effects: ReadonlySet<Effect> = new Set<Effect>(['validate'])

function policyOf(constraint: Constraint, surroundings: Surroundings): CompiledPolicy {
  const { object, manifest, actions } = constraint
  const evaluate = evaluator(constraint, surroundings)
  const policy: CompiledPolicy = {
    apiVersion: manifest.object.apiVersion,
    kind: object.kind,
    name: nameOf(object),
    namespace: '',
    manifest,
    rules: [{ name: '', effect: 'validate', derived: false }],
    effects,
    selectors: [...selectorsOf(object), ...surroundings.generators.map((kind) => ({ ...kind, subresource: '', operations }))],
    failurePolicy: 'Ignore',
    admission: actions('validation.gatekeeper.sh').length > 0,
    background: actions('audit.gatekeeper.sh').length > 0,
    enforces: actions('validation.gatekeeper.sh').includes('deny'),
    scored: true,
    severity: '',
    category: '',
    reportSource: 'gatekeeper',
    evaluate: (phase, request, facts): PolicyOutcome => ({ policy, rules: phase === 'validate' ? evaluate(request, facts) : [] }),
    explain: explainer(constraint, surroundings, evaluate),
  }
  return policy
}

function selectorsOf(constraint: JsonObject): readonly ResourceSelector[] {
  const entries = kindEntries(objectField(objectField(constraint, 'spec'), 'match'))
  const selector = (group: string, kind: string): ResourceSelector => ({ group, version: '*', kind, subresource: '*', operations })
  const all = (words: readonly string[]): readonly string[] => (words.length === 0 || words.includes('*') ? ['*'] : words)
  if (entries.length === 0) return [selector('*', '*')]
  return entries.flatMap(({ groups, kinds }) => all(groups).flatMap((group) => all(kinds).map((kind) => selector(group, kind))))
}

/** What the rules of a template say of a request. */
interface Asking {
  /** The error is why there is no answer. */
  readonly ask: (request: PolicyRequest, facts: Facts) => Result<readonly Violation[], string>
  /** How the rules come to it; undefined where that cannot be told. */
  readonly trace: ((request: PolicyRequest, facts: Facts) => TemplateTrace | readonly NativeAttempt[]) | undefined
}

/** What is around a constraint where single objects are judged. */
type JudgeSurroundings = Omit<Surroundings, 'expand' | 'generators'>

function askingOf(constraint: Constraint, surroundings: JudgeSurroundings): Asking {
  const { program } = constraint.template
  return program.language === 'cel' ? nativeAsking(constraint, program, surroundings) : regoAsking(constraint, program, surroundings)
}

function regoAsking(
  { object, template }: Constraint,
  program: TemplateProgram,
  { configuration, providers, numbers = 'exact', print }: JudgeSurroundings,
): Asking {
  const written: Json = parametersOf(object) ?? {}
  const parameters = rounded(written, numbers)
  const memory = newRegoMemory()
  const scope: InventoryScope = {
    question: { ask: 'inventory', kinds: configuration.synced },
    isExcluded: (name) => configuration.isExcluded('sync', name),
  }
  const inputOf = (request: PolicyRequest, facts: Facts): TemplateInput => ({
    review: reviewOf(request, seesNamespace(template, request) ? (namespaceObject(request, facts) ?? {}) : null),
    parameters,
    memory,
  })
  const worldOf = (request: PolicyRequest, facts: Facts): TemplateWorld => new RequestWorld(request, facts, { scope, providers, print })
  const { trace } = program
  return {
    ask: (request, facts) => program.evaluate(inputOf(request, facts), worldOf(request, facts)),
    trace: trace === undefined ? undefined : (request, facts) => trace(inputOf(request, facts), worldOf(request, facts)),
  }
}

interface Around {
  readonly scope: InventoryScope
  readonly providers: Providers
  readonly print: ((text: string) => void) | undefined
}

/** What a template sees besides its input, while a request is decided. */
class RequestWorld implements TemplateWorld {
  readonly now: Date
  readonly deadline: number | undefined
  readonly print: ((text: string) => void) | undefined
  readonly #facts: Facts
  readonly #around: Around

  constructor(request: PolicyRequest, facts: Facts, around: Around) {
    this.now = request.now
    this.deadline = request.deadline
    this.print = around.print
    this.#facts = facts
    this.#around = around
  }

  inventory(): JsonObject {
    return inventoryFrom(this.#facts, this.#around.scope)
  }

  externalData(name: string, keys: readonly string[]): Json {
    return externalData(this.#around.providers, this.#facts)(name, keys)
  }
}

function nativeAsking({ object, template }: Constraint, program: NativeProgram, { numbers }: JudgeSurroundings): Asking {
  const read = (value: Json): CelValue => (numbers === 'floats' ? celDoubles(value) : value)
  const { evaluate, trace } = program.of({ parameters: read(parametersOf(object) ?? null), whole: read(object) })
  const questionOf = (request: PolicyRequest, facts: Facts): NativeQuestion => ({
    request,
    namespace: () => (seesNamespace(template, request) ? (namespaceObject(request, facts) ?? null) : null),
  })
  return {
    ask: (request, facts) => ok(evaluate(questionOf(request, facts))),
    trace: (request, facts) => trace(questionOf(request, facts)),
  }
}

const parametersOf = (constraint: KubeObject): Json | undefined => ownValue(objectField(constraint, 'spec') ?? {}, 'parameters')

/** The command line has no Namespaces to show. */
const seesNamespace = ({ usesNamespace }: Template, request: PolicyRequest): boolean =>
  usesNamespace && pointOf(request) !== 'gator.gatekeeper.sh'

/** What a constraint says of single objects, wherever it is enforced. */
export function judgeOf(constraint: Constraint, surroundings: JudgeSurroundings): WithFacts {
  const { match } = constraint
  const { hasUnnamedNamespace = false } = surroundings
  const { ask } = askingOf(constraint, surroundings)
  return (facts) => (request, source, enforcements) => {
    const matched = matchesRequest(match, request, facts, source, hasUnnamedNamespace)
    if (!matched.ok) return violated([{ message: notMatched(request, matched.error), details: {} }], enforcements)
    if (!matched.value) return []
    const answer = ask(request, facts)
    if (!answer.ok) return [failed(answer.error)]
    return answer.value.length === 0 ? [passed(enforcements)] : violated(answer.value, enforcements)
  }
}

type WithFacts = (facts: Facts) => Judge
type Evaluate = (request: PolicyRequest, facts: Facts) => PolicyOutcome['rules']

function evaluator(constraint: Constraint, surroundings: Surroundings): Evaluate {
  const { template, actions } = constraint
  const { configuration, expand } = surroundings
  const judgeWith = judgeOf(constraint, surroundings)
  return (request, facts) => {
    const point = pointOf(request)
    if (point !== 'gator.gatekeeper.sh' && configuration.isExcluded(request.background ? 'audit' : 'webhook', namespaceOfRequest(request)))
      return []
    if (point === 'validation.gatekeeper.sh' && template.operations?.has(request.operation) === false) return []
    const enforcements = actions(point)
    if (enforcements.length === 0) return []
    return judgeWithExpansions(request, enforcements, { judge: judgeWith(facts), expand, facts })
  }
}

/** The way of the constraint with a request. */
function explainer(constraint: Constraint, surroundings: Surroundings, evaluate: Evaluate): NonNullable<CompiledPolicy['explain']> {
  const { match } = constraint
  const { trace } = askingOf(constraint, surroundings)
  return (request, facts) => [
    explainConstraint(
      {
        ...constraint,
        ...surroundings,
        outcomes: evaluate(request, facts),
        matches: (asked, source) => matchesRequest(match, asked, facts, source),
        trace: trace === undefined ? undefined : (asked) => trace(asked, facts),
      },
      request,
      facts,
    ),
  ]
}

/** Where it cannot be told whether a constraint is for an object, the object has violated it. */
function notMatched({ name }: PolicyRequest, why: string): string {
  return `unable to match constraints: error matching the requested object: ${name} :failed to run Match criteria: ${why}`
}

/** The Namespace of the object; undefined where there is none. */
function namespaceObject(request: PolicyRequest, facts: Facts): JsonObject | undefined {
  const name = namespaceOfRequest(request)
  if (name === '') return undefined
  const answer = facts.read({ ask: 'object', apiVersion: 'v1', kind: 'Namespace', namespace: '', name })
  return answer !== undefined && answer.known && isJsonObject(answer.value) ? answer.value : undefined
}
