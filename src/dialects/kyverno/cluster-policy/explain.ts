import { formatValue } from '../../../core/go-format.ts'
import type { Json, JsonObject, JsonPath } from '../../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../../core/json.ts'
import { changesOf } from '../../../core/json-changes.ts'
import type { Result } from '../../../core/result.ts'
import type { Document } from '../../../kube/manifest.ts'
import { locate } from '../../../kube/yaml/yaml.ts'
import { compilePattern } from '../../../languages/pattern/pattern.ts'
import type { PatternResult } from '../../../languages/pattern/pattern.ts'
import type { ExplainedOutcome, ExplainedRule, ExplainedStep, ExplainedValue } from '../../../policy/explain.ts'
import type { Facts } from '../../../policy/facts.ts'
import type { PolicyRequest } from '../../../policy/request.ts'
import { evaluateOperator } from '../conditions.ts'
import type { RuleContext } from '../context.ts'
import { compileMatch } from '../match.ts'
import { anyField, booleanField, objectField, objectsField, stringField } from '../read.ts'
import { hasVariables, substitute } from '../variables.ts'
import { elementScope, evaluateList, setElement } from './list.ts'
import type { CompiledRule, Finding } from './rule.ts'
import { describeObject } from './rule.ts'

/** Elements of a foreach, and items of a list, that are shown. */
const mostShown = 20
const deepestLoop = 5

/** What explaining one rule needs of the policy. */
export interface ExplainedSubject {
  readonly rule: CompiledRule
  readonly document: Document
  /** '' for cluster policies. */
  readonly namespace: string
  /** A new context of the rule. */
  readonly context: () => RuleContext
  /** What the rule says in the end. */
  readonly findings: (context: RuleContext) => readonly Finding[]
}

interface Walk {
  readonly document: Document
  readonly context: RuleContext
  readonly object: JsonObject
}

/** The way of one rule with a request: match, context, preconditions, then what it validates. */
export function explainRule(subject: ExplainedSubject, request: PolicyRequest, facts: Facts): ExplainedRule {
  const { rule, document } = subject
  const { path } = rule.expanded
  const derived = rule.expanded.derivedFrom === undefined ? '' : ` (made from rule ${rule.expanded.derivedFrom})`
  const head = { rule: rule.name, text: `rule ${rule.name}${derived}`, place: placeOf(document, path), values: [] }
  const match = explainMatch(subject, request, facts)
  const object = request.object ?? request.oldObject
  if (match.outcome === 'fails' || object === undefined) {
    return { ...head, applies: false, outcome: 'not-reached', detail: 'does not apply', children: [match] }
  }
  const walk: Walk = { document, context: subject.context(), object }
  const context = explainContext(rule.context, walk, [...path, 'context'])
  const children = [match, ...context]
  const preconditions = anyField(rule.raw, 'preconditions')
  if (preconditions !== undefined && rule.preconditions !== undefined) {
    const step = explainConditions('preconditions', preconditions, walk, [...path, 'preconditions'])
    children.push(step)
  }
  const [finding] = subject.findings(subject.context())
  const isReached =
    children.every(({ text, outcome }) => text !== 'preconditions' || outcome === 'holds') && (finding?.exceptions ?? []).length === 0
  const validate = objectField(rule.raw, 'validate')
  if (isReached && validate !== undefined)
    children.push(...explainCheck(validate, walk, { path: [...path, 'validate'], nesting: 0, value: object }))
  if (finding !== undefined) children.push(...explainEffects(finding, object))
  return { ...head, applies: true, ...verdictOf(finding), children }
}

const outcomes: Readonly<Record<Finding['result'], ExplainedOutcome>> = {
  pass: 'holds',
  fail: 'fails',
  warn: 'fails',
  error: 'error',
  skip: 'not-reached',
}

function verdictOf(finding: Finding | undefined): { readonly outcome: ExplainedOutcome; readonly detail: string } {
  if (finding === undefined) return { outcome: 'not-reached', detail: 'nothing to say' }
  return { outcome: outcomes[finding.result], detail: `${finding.result}: ${finding.message}` }
}

const placeOf = (document: Document, path: JsonPath): NonNullable<ExplainedStep['place']> => ({
  source: document.source,
  span: locate(document, path, 'key'),
})

/** What a rule changes or makes. */
function explainEffects({ patched, generated = [], targets = [] }: Finding, object: JsonObject): readonly ExplainedStep[] {
  const note = (text: string, values: readonly ExplainedValue[] = []): ExplainedStep => ({ text, outcome: 'note', values, children: [] })
  const changes = (before: JsonObject, after: JsonObject): readonly ExplainedStep[] =>
    changesOf(before, after).map(({ path, before: was, after: is }) =>
      note(`changes /${path.join('/')}`, [
        { name: 'before', value: was },
        { name: 'after', value: is },
      ]),
    )
  return [
    ...(patched === undefined ? [] : changes(object, patched)),
    ...targets
      .slice(0, mostShown)
      .map(({ before, after }): ExplainedStep => ({ ...note(`mutates ${describeObject(before)}`), children: changes(before, after) })),
    ...generated.slice(0, mostShown).map((each) => note(`generates ${describeObject(each)}`)),
  ]
}

// --- match

/** Each filter by itself, so that one sees which of them held and why the others did not. */
function explainMatch({ rule, document, namespace }: ExplainedSubject, request: PolicyRequest, facts: Facts): ExplainedStep {
  const why = rule.match.whyNot(request, facts)
  const { path } = rule.expanded
  const test = (filter: JsonObject): string | undefined => {
    const compiled = compileMatch({ match: filter }, { namespace })
    return compiled.ok ? compiled.value.whyNot(request, facts) : compiled.error
  }
  const children = (['match', 'exclude'] as const).flatMap((part) =>
    filtersOf(objectField(rule.raw, part)).map(({ filter, at }): ExplainedStep => {
      const fails = test(filter)
      const text = [part, ...at].join(' ').replaceAll(/ (\d+)/g, '[$1]')
      const outcome = (fails === undefined) === (part === 'match') ? 'holds' : 'fails'
      const detail = fails ?? (part === 'exclude' ? 'is excluded' : undefined)
      return {
        text,
        outcome,
        ...(detail === undefined ? {} : { detail }),
        place: placeOf(document, [...path, part, ...at]),
        values: [],
        children: [],
      }
    }),
  )
  const place = placeOf(document, [...path, 'match'])
  return {
    text: 'match',
    outcome: why === undefined ? 'holds' : 'fails',
    ...(why === undefined ? {} : { detail: why }),
    place,
    values: [],
    children,
  }
}

function filtersOf(block: JsonObject | undefined): readonly { readonly filter: JsonObject; readonly at: JsonPath }[] {
  if (block === undefined) return []
  const lists = (['any', 'all'] as const).flatMap((part) =>
    (objectsField(block, part) ?? []).map((filter, index) => ({ filter: { [part]: [filter] }, at: [part, index] })),
  )
  return lists.length > 0 || Object.keys(block).length === 0 ? lists : [{ filter: block, at: [] }]
}

// --- variables

function explainContext(entries: readonly JsonObject[], { context, document }: Walk, path: JsonPath): readonly ExplainedStep[] {
  return entries.slice(0, mostShown).flatMap((entry, index): readonly ExplainedStep[] => {
    const name = stringField(entry, 'name')
    if (name === undefined) return []
    const found = context.query(JSON.stringify(name))
    const place = placeOf(document, [...path, index])
    return [
      found.ok
        ? { text: `context ${name}`, outcome: 'note', place, values: [{ name, value: found.value }], children: [] }
        : { text: `context ${name}`, outcome: 'error', detail: found.error, place, values: [], children: [] },
    ]
  })
}

const shown = (name: string, written: Json | undefined, found: Result<Json, string>): readonly ExplainedValue[] =>
  found.ok && hasVariables(written) ? [{ name, value: found.value }] : []

// --- conditions

/** All conditions, decided or not: one wants to know what the others would have said. */
function explainConditions(text: string, raw: Json, walk: Walk, path: JsonPath): ExplainedStep {
  const place = placeOf(walk.document, path)
  if (isJsonArray(raw)) {
    const children = raw.slice(0, mostShown).map((each, index) => explainCondition(`[${index}]`, each, walk, [...path, index]))
    return { text, outcome: joined(children, 'all'), place, values: [], children }
  }
  const block = isJsonObject(raw) ? raw : {}
  const parts = (['any', 'all'] as const).flatMap((part): readonly ExplainedStep[] => {
    const list = ownValue(block, part)
    if (!isJsonArray(list)) return []
    const children = list.slice(0, mostShown).map((each, index) => explainCondition(`[${index}]`, each, walk, [...path, part, index]))
    return [{ text: part, outcome: joined(children, part), place: placeOf(walk.document, [...path, part]), values: [], children }]
  })
  return { text, outcome: joined(parts, 'all'), place, values: [], children: parts }
}

function joined(steps: readonly ExplainedStep[], how: 'any' | 'all'): ExplainedOutcome {
  const decisive = how === 'any' ? 'holds' : 'fails'
  const first = steps.find(({ outcome }) => outcome === decisive || outcome === 'error')
  return first?.outcome ?? (how === 'any' ? 'fails' : 'holds')
}

function explainCondition(text: string, raw: Json, { context, document }: Walk, path: JsonPath): ExplainedStep {
  const condition = isJsonObject(raw) ? raw : {}
  const key = ownValue(condition, 'key') ?? null
  const wanted = ownValue(condition, 'value') ?? null
  const operator = stringField(condition, 'operator') ?? ''
  const place = placeOf(document, path)
  const left = substitute(key, context)
  const right = substitute(wanted, context)
  const values = [...shown('key', key, left), ...shown('value', wanted, right)]
  const label = `${text} ${formatShort(key)} ${operator} ${formatShort(wanted)}`
  const broken = left.ok ? right : left
  if (!left.ok || !right.ok) return { text: label, outcome: 'error', detail: broken.ok ? '' : broken.error, place, values, children: [] }
  const holds = evaluateOperator(operator, left.value, right.value)
  return { text: label, outcome: holds ? 'holds' : 'fails', place, values, children: [] }
}

function formatShort(value: Json): string {
  const text =
    typeof value === 'string'
      ? value.trim().replaceAll(/\s+/g, ' ')
      : typeof value === 'object'
        ? JSON.stringify(value)
        : formatValue(value)
  return text.length > 100 ? `${text.slice(0, 99)}…` : text === '' ? '""' : text
}

// --- validation

interface Check {
  readonly path: JsonPath
  readonly nesting: number
  /** What patterns are about: the object, or the element of a loop. */
  readonly value: Json
}

function explainCheck(spec: JsonObject, walk: Walk, check: Check): readonly ExplainedStep[] {
  const { path, nesting } = check
  const deny = objectField(spec, 'deny')
  const conditions = deny === undefined ? undefined : anyField(deny, 'conditions')
  if (conditions !== undefined) return [explainDeny(conditions, walk, [...path, 'deny', 'conditions'])]
  const pattern = anyField(spec, 'pattern')
  if (pattern !== undefined) return [explainPattern('pattern', pattern, walk, { ...check, path: [...path, 'pattern'] })]
  const anyPattern = anyField(spec, 'anyPattern')
  if (isJsonArray(anyPattern)) {
    return anyPattern
      .slice(0, mostShown)
      .map((each, index) => explainPattern(`anyPattern[${index}]`, each, walk, { ...check, path: [...path, 'anyPattern', index] }))
  }
  const loops = objectsField(spec, 'foreach') ?? []
  if (nesting >= deepestLoop) return []
  return loops.map((loop, index) => explainLoop(loop, walk, { ...check, path: [...path, 'foreach', index] }))
}

/** Conditions of a deny deny where they hold. */
function explainDeny(conditions: Json, walk: Walk, path: JsonPath): ExplainedStep {
  const step = explainConditions('deny conditions', conditions, walk, path)
  const detail = step.outcome === 'holds' ? 'they hold: denied' : step.outcome === 'fails' ? 'they do not hold: not denied' : undefined
  return { ...step, ...(detail === undefined ? {} : { detail }) }
}

function explainPattern(text: string, pattern: Json, { context, document }: Walk, { path, value }: Check): ExplainedStep {
  const place = placeOf(document, path)
  const substituted = substitute(pattern, context)
  if (!substituted.ok) return { text, outcome: 'error', detail: substituted.error, place, values: [], children: [] }
  const result = compilePattern(substituted.value).match(value)
  switch (result.kind) {
    case 'pass':
      return { text, outcome: 'holds', place, values: [], children: [] }
    case 'skip':
      return { text, outcome: 'not-reached', detail: result.message, place, values: [], children: [] }
    case 'error':
      return { text, outcome: 'error', detail: result.message, place, values: [], children: [] }
    case 'fail':
      return { text, outcome: 'fails', place, values: [], children: [explainMismatch(result, document, path, pattern)] }
  }
}

function explainMismatch(
  result: Extract<PatternResult, { kind: 'fail' }>,
  document: Document,
  path: JsonPath,
  pattern: Json,
): ExplainedStep {
  const expected = result.expected === undefined ? '' : ` expected ${result.expected}`
  const place = placeOf(document, [...path, ...pathInPattern(pattern, result.path)])
  const values = [{ name: 'found', value: result.found }]
  return {
    text: `at ${result.path === '' ? '/' : result.path}${expected}`,
    outcome: 'fails',
    detail: result.message,
    place,
    values,
    children: [],
  }
}

/** Where a pattern says something about a path of the resource: keys there have anchors, and lists one item for all. */
function pathInPattern(pattern: Json, path: string): JsonPath {
  const found: (string | number)[] = []
  let value: Json | undefined = pattern
  for (const step of path.split('/').filter((part) => part !== '')) {
    if (isJsonArray(value)) {
      const index: number = value.length > Number(step) ? Number(step) : 0
      found.push(index)
      value = value[index]
    } else if (value !== undefined && isJsonObject(value)) {
      const key: string | undefined = Object.keys(value).find((each) => each === step || each.replace(/^[+<=X^]?\((.*)\)$/, '$1') === step)
      if (key === undefined) return found
      found.push(key)
      value = value[key]
    } else return found
  }
  return found
}

function explainLoop(loop: JsonObject, walk: Walk, { path, nesting }: Check): ExplainedStep {
  const { context, document } = walk
  const list = stringField(loop, 'list') ?? ''
  const text = `foreach ${formatShort(list)}`
  const place = placeOf(document, path)
  const elements = evaluateList(list, context)
  if (!elements.ok) return { text, outcome: 'error', detail: elements.error, place, values: [], children: [] }
  const children = elements.value
    .slice(0, mostShown)
    .flatMap((element, index) => (element === null ? [] : [explainElement(loop, element, index, { walk, path, nesting })]))
  const count = elements.value.length
  const detail = count === 0 ? 'the list is empty' : `${count} ${count === 1 ? 'element' : 'elements'}`
  return { text, outcome: 'note', detail, place, values: [], children }
}

interface Around {
  readonly walk: Walk
  readonly path: JsonPath
  readonly nesting: number
}

function explainElement(loop: JsonObject, element: Json, index: number, { walk, path, nesting }: Around): ExplainedStep {
  const { context, object } = walk
  context.checkpoint()
  setElement(context, element, index, nesting)
  const entries = objectsField(loop, 'context')
  context.addEntries(entries)
  const children = [...explainContext(entries ?? [], walk, [...path, 'context'])]
  const preconditions = anyField(loop, 'preconditions')
  if (preconditions !== undefined) children.push(explainConditions('preconditions', preconditions, walk, [...path, 'preconditions']))
  if (children.every(({ text, outcome }) => text !== 'preconditions' || outcome === 'holds')) {
    const scope = elementScope(element, booleanField(loop, 'elementScope'))
    const value = scope.ok && scope.value ? element : object
    children.push(...explainCheck(loop, walk, { path, nesting: nesting + 1, value }))
  }
  context.restore()
  return { text: `element ${index}`, outcome: 'note', values: [{ name: 'element', value: element }], children }
}
