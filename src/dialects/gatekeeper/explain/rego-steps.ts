import type { Json } from '../../../core/json.ts'
import { jsonEqual } from '../../../core/json.ts'
import type { SearchAttempt, SearchSolution } from '../../../languages/rego/rego.ts'
import type { ExplainedStep, ExplainedValue } from '../../../policy/explain.ts'
import { decidingValues, expressionText, explainedValue, failureWords, headText } from './rego-words.ts'
import type { RegoScribe } from './scribe.ts'
import { isNews, isSaidBefore, placeOfNode } from './scribe.ts'

/** Ways through an expression, and rules tried for one, that are shown where there are many. */
const mostWays = 3
const mostInner = 6
/** Nesting of expressions and rules. */
const deepest = 24

/** The expressions of a body from one on, in order; what follows several values of one stands below each. */
export function bodySteps(scribe: RegoScribe, first: SearchAttempt | undefined, depth = 0): readonly ExplainedStep[] {
  const steps: ExplainedStep[] = []
  let attempt = first
  let before: readonly SearchAttempt[] = []
  while (attempt !== undefined && scribe.left > 0) {
    const ways = distinctWays(attempt)
    const [way] = ways
    const tried = { attempt, before, depth }
    if (ways.length > 1) return [...steps, manyWaysStep(scribe, tried, ways)]
    if (way === undefined) return [...steps, failedStep(scribe, tried)]
    // Calls inside of an expression are expressions of their own, which stand before it.
    const isPart = way.binds.length === 0 && (way.next === undefined ? isInHead(attempt, first) : isPartOf(attempt, way.next))
    if (!isPart) steps.push(heldStep(scribe, tried, way))
    before = isPart ? [...before, ...way.inner] : []
    attempt = way.next
  }
  return steps
}

/** Where a body ends that does not hold: the expression that fails, alone. */
export function endSteps(scribe: RegoScribe, first: SearchAttempt | undefined, depth = 0): readonly ExplainedStep[] {
  let attempt = first
  while (attempt?.solutions.length === 1 && attempt.solutions[0]?.next !== undefined) attempt = attempt.solutions[0].next
  return bodySteps(scribe, attempt, depth)
}

interface Tried {
  readonly attempt: SearchAttempt
  /** What was tried for parts of it. */
  readonly before: readonly SearchAttempt[]
  readonly depth: number
}

const isPartOf = ({ node: part }: SearchAttempt, { node: whole }: SearchAttempt): boolean =>
  part.source === whole.source && part.span.start >= whole.span.start && part.span.end <= whole.span.end

/** The key that a rule gives its value is looked up last. */
const isInHead = ({ node: { span } }: SearchAttempt, first: SearchAttempt | undefined): boolean =>
  first !== undefined && span.start < first.node.span.start

/** Solutions that give no variable a value all lead to the same: the best of them stands for all. */
function distinctWays({ solutions }: SearchAttempt): readonly SearchSolution[] {
  const [first] = solutions
  if (first === undefined || first.binds.length > 0) return solutions
  return [solutions.find(({ reaches }) => reaches) ?? first]
}

function failedStep(scribe: RegoScribe, { attempt, before, depth }: Tried): ExplainedStep {
  scribe.left -= 1
  const text = expressionText(attempt)
  const place = placeOfNode(scribe, attempt.node)
  const inner = [...before, ...attempt.inner]
  const { failure } = attempt
  const words = failureWords(attempt, text, inner)
  const base = { text, place, values: news(scribe, words.values, true), children: innerSteps(scribe, inner, { attempt, depth, given: [] }) }
  if (failure === undefined) return { ...base, outcome: 'error', detail: 'the evaluation ended here' }
  if (failure.error !== undefined) return { ...base, outcome: 'error', detail: failure.error }
  return { ...base, outcome: 'fails', detail: words.detail }
}

const isRule = ({ node }: SearchAttempt): boolean => node.kind === 'rule'
function heldStep(scribe: RegoScribe, { attempt, before, depth }: Tried, way: SearchSolution): ExplainedStep {
  scribe.left -= 1
  const text = expressionText(attempt)
  const place = placeOfNode(scribe, attempt.node)
  const given = wayValues(way, text)
  const values = news(scribe, given, way.binds.length > 0)
  const children = innerSteps(scribe, [...before, ...way.inner], { attempt, depth, given })
  return { text, outcome: isValue(attempt) ? 'note' : 'holds', place, values, children }
}

/** What a rule gives is no condition: it may be false. */
const isValue = ({ node: { source, span } }: SearchAttempt): boolean => source.text.slice(0, span.start).trimEnd().endsWith('=')

function wayValues({ binds, values }: SearchSolution, text: string): readonly ExplainedValue[] {
  return binds.length > 0 ? binds.map(([name, value]) => explainedValue(name, value)) : decidingValues(values, text)
}

function manyWaysStep(scribe: RegoScribe, { attempt, before, depth }: Tried, ways: readonly SearchSolution[]): ExplainedStep {
  scribe.left -= 1
  const text = expressionText(attempt)
  const count = attempt.solutions.length + attempt.left
  const place = placeOfNode(scribe, attempt.node)
  const shown = selectWays(ways)
  const given = ways.flatMap((way) => wayValues(way, text))
  const found = innerSteps(scribe, [...before, ...ways.flatMap(({ inner }) => inner)], { attempt, depth, given })
  const children = shown.map((way) => wayStep(scribe, way, { text: `value ${way.number} of ${count}`, depth: depth + 1 }))
  const more = moreStep(ways, shown, count)
  return { text, outcome: 'holds', detail: `${count} values`, place, values: [], children: [...found, ...children, ...more] }
}

function wayStep(
  scribe: RegoScribe,
  way: SearchSolution,
  { text, depth }: { readonly text: string; readonly depth: number },
): ExplainedStep {
  const values = wayValues(way, '')
  const children = depth > deepest ? [] : bodySteps(scribe, way.next, depth + 1)
  return { text, outcome: way.reaches ? 'holds' : 'fails', values, children }
}

/** Those that lead to the end, and then one that does not; all in their order. */
function selectWays(ways: readonly SearchSolution[]): readonly SearchSolution[] {
  const reaching = ways.filter(({ reaches }) => reaches).slice(0, mostWays)
  const others = ways.filter(({ reaches }) => !reaches).slice(0, reaching.length === 0 ? mostWays : 1)
  const chosen = new Set([...reaching, ...others])
  return ways.filter((way) => chosen.has(way))
}

function moreStep(ways: readonly SearchSolution[], shown: readonly SearchSolution[], count: number): readonly ExplainedStep[] {
  const hidden = count - shown.length
  if (hidden <= 0) return []
  const reaching = ways.filter((way) => way.reaches && !shown.includes(way)).length
  const rest = reaching === 0 ? 'with none of them everything holds' : `with ${reaching} of them everything holds`
  return [{ text: `${hidden} more`, outcome: 'note', detail: rest, values: [], children: [] }]
}

interface Outer {
  readonly attempt: SearchAttempt
  readonly depth: number
  /** The values that it shows already. */
  readonly given: readonly ExplainedValue[]
}

/** What was tried for an expression: rules, and the bodies that stand in it. Of a rule that has a value only the parts that gave it are of interest. */
function innerSteps(
  scribe: RegoScribe,
  inner: readonly SearchAttempt[],
  { attempt: outer, depth, given }: Outer,
): readonly ExplainedStep[] {
  if (depth > deepest) return []
  const tried = inner.flatMap((attempt) => unwrapped(attempt, outer))
  const held = new Set(tried.filter((attempt) => holds(attempt) && !attempt.node.isDefault).map(({ node }) => node.rule))
  const wanted = tried.filter((attempt) => !isRule(attempt) || holds(attempt) || !held.has(attempt.node.rule))
  const steps = wanted.slice(0, mostInner).flatMap((attempt) => {
    if (scribe.left <= 0) return []
    return isRule(attempt) ? [ruleStep(scribe, attempt, { depth: depth + 1, given })] : bodySteps(scribe, attempt, depth + 1)
  })
  const hidden = wanted.length - mostInner
  return hidden <= 0 ? steps : [...steps, { text: `${hidden} more like these`, outcome: 'note', values: [], children: [] }]
}

/** What `not` negates stands in it as the same expression again, or as parts of it. */
function unwrapped(attempt: SearchAttempt, outer: SearchAttempt): readonly SearchAttempt[] {
  if (isRule(attempt) || !isPartOf(attempt, outer) || !expressionText(outer).startsWith('not ')) return [attempt]
  const inner: SearchAttempt[] = []
  let part: SearchAttempt | undefined = attempt
  while (part !== undefined) {
    inner.push(...part.solutions.flatMap((solution) => solution.inner), ...part.inner)
    part = part.solutions[0]?.next
  }
  return inner
}

const holds = (attempt: SearchAttempt): boolean => isRule(attempt) && attempt.solutions.length > 0

/** The first expression of the body of a rule that was tried. */
export const firstOf = ({ solutions, inner }: SearchAttempt): SearchAttempt | undefined => solutions[0]?.inner[0] ?? inner[0]

function ruleStep(scribe: RegoScribe, attempt: SearchAttempt, { depth, given }: Pick<Outer, 'depth' | 'given'>): ExplainedStep {
  scribe.left -= 1
  const { node, solutions, known, left } = attempt
  const first = firstOf(attempt)
  const count = solutions.length + left
  const args = known.map(([name, value]) => explainedValue(name, value))
  const base = { text: `rule ${headText(attempt, first)}`, place: placeOfNode(scribe, node), values: news(scribe, args) }
  if (args.length > 0 && isSaidBefore(scribe, node, args))
    return { ...base, outcome: count > 0 ? 'holds' : 'fails', detail: 'as above', children: [] }
  if (count === 0)
    return {
      ...base,
      outcome: 'fails',
      detail: first === undefined ? 'it is for other arguments' : 'undefined',
      children: endSteps(scribe, first, depth + 1),
    }
  const result = count === 1 ? valueOf(solutions).filter(({ value }) => !given.some((each) => isSame(each.value, value))) : []
  return {
    ...base,
    outcome: 'holds',
    ...(count > 1 ? { detail: `${count} values` } : {}),
    values: [...base.values, ...news(scribe, result, true)],
    children: bodySteps(scribe, first, depth + 1),
  }
}

const isSame = (a: Json | undefined, b: Json | undefined): boolean => a !== undefined && b !== undefined && jsonEqual(a, b)

/** The value of a rule, unless it only says that the rule holds. */
function valueOf([solution]: readonly SearchSolution[]): readonly ExplainedValue[] {
  return solution?.value === undefined || solution.value === true ? [] : [explainedValue('value', solution.value)]
}

const largest = 300

/** What has not been shown yet. Large values are shown only where they matter. */
function news(scribe: RegoScribe, values: readonly ExplainedValue[], matter = false): readonly ExplainedValue[] {
  return values.filter(({ name, value }) => {
    const size = value === undefined ? 0 : sizeOf(value)
    if (size > largest && !matter) return false
    return isNews(scribe, name, value)
  })
}

const sizeOf = (value: Json): number => (typeof value === 'object' ? JSON.stringify(value).length : 0)
