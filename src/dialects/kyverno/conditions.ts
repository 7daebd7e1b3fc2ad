import { formatValue } from '../../core/go-format.ts'
import type { Json, JsonObject, JsonPath } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import { evaluateOperator, isOperator, prepareOperator } from './conditions/operators.ts'
import { hasVariables } from './variables.ts'

export { evaluateOperator } from './conditions/operators.ts'

/** How the caller puts variables in. Paths in error texts are relative to the value, so `path` is always the root. */
export type Substitute = (value: Json, path: JsonPath) => Result<Json, string>
export type ConditionOutcome = { readonly result: boolean; readonly message: string } | { readonly error: string }

export interface CompiledConditions {
  /** Looks at conditions in order, no further than the first true one of `any` and the first false one of `all`. */
  readonly evaluate: (substitute: Substitute) => ConditionOutcome
}

type Condition = (substitute: Substitute) => ConditionOutcome

interface Block {
  readonly any: readonly Condition[] | undefined
  readonly all: readonly Condition[]
}

/** `single` is what preconditions and deny take; attestations and exceptions also take a `list` of blocks, all of which must hold. */
export type ConditionsForm = 'single' | 'list'

/** `{any, all}`, a bare list of conditions (all of which must hold), or a list of such blocks. */
export function compileConditions(raw: Json, form: ConditionsForm = 'list'): Result<CompiledConditions, string> {
  const blocks = readBlocks(raw, form)
  return blocks.ok ? ok({ evaluate: (substitute) => evaluateBlocks(blocks.value, substitute) }) : blocks
}

// --- reading

const isBlock = (value: Json): value is JsonObject => isJsonObject(value) && (Object.hasOwn(value, 'any') || Object.hasOwn(value, 'all'))

function readBlocks(raw: Json, form: ConditionsForm): Result<readonly Block[], string> {
  if (raw === null) return ok([])
  if (isJsonArray(raw)) {
    if (form === 'list' && raw.length > 0 && raw.every(isBlock)) return collect(raw.map(readBlock))
    const all = readList(raw)
    return all.ok ? ok([{ any: undefined, all: all.value }]) : all
  }
  if (!isJsonObject(raw)) return err('expected conditions as `any` and `all`, or as a list')
  const block = readBlock(raw)
  return block.ok ? ok([block.value]) : block
}

function collect<T>(results: readonly Result<T, string>[]): Result<readonly T[], string> {
  const values: T[] = []
  for (const result of results) {
    if (!result.ok) return result
    values.push(result.value)
  }
  return ok(values)
}

function readBlock(raw: JsonObject): Result<Block, string> {
  const unknown = Object.keys(raw).find((key) => key !== 'any' && key !== 'all')
  if (unknown !== undefined) return err(`expected \`any\` or \`all\`, found \`${unknown}\``)
  const any = readPart(raw, 'any')
  if (!any.ok) return any
  const all = readPart(raw, 'all')
  return all.ok ? ok({ any: any.value, all: all.value ?? [] }) : all
}

function readPart(raw: JsonObject, part: 'any' | 'all'): Result<readonly Condition[] | undefined, string> {
  const list = ownValue(raw, part)
  if (list === undefined || list === null) return ok(undefined)
  return isJsonArray(list) ? readList(list) : err(`expected \`${part}\` to be a list of conditions`)
}

const readList = (list: readonly Json[]): Result<readonly Condition[], string> => collect(list.map(readCondition))

function readCondition(raw: Json): Result<Condition, string> {
  if (!isJsonObject(raw)) return err('expected a condition with `key`, `operator` and `value`')
  const operator = ownValue(raw, 'operator') ?? ''
  if (typeof operator !== 'string' || !isOperator(operator)) return err(`invalid condition operator: ${formatValue(operator)}`)
  return ok(compileCondition(ownValue(raw, 'key') ?? null, operator, ownValue(raw, 'value') ?? null, ownValue(raw, 'message') ?? ''))
}

/** A value without variables is prepared once. */
function compileCondition(key: Json, operator: string, value: Json, message: Json): Condition {
  const left = compilePart(key, 'key')
  const right = compilePart(value, 'value')
  const text = compilePart(message, 'message')
  const prepared = hasVariables(value) ? undefined : prepareOperator(operator, value)
  return (substitute) => {
    const actual = left(substitute)
    if (!actual.ok) return { error: actual.error }
    const wanted = right(substitute)
    if (!wanted.ok) return { error: wanted.error }
    const said = text(substitute)
    if (!said.ok) return { error: said.error }
    const result = prepared === undefined ? evaluateOperator(operator, actual.value, wanted.value) : prepared(actual.value)
    return { result, message: formatValue(said.value) }
  }
}

const root: JsonPath = []

function compilePart(value: Json, part: string): (substitute: Substitute) => Result<Json, string> {
  if (!hasVariables(value)) {
    const constant = ok(value)
    return () => constant
  }
  return (substitute) => {
    const substituted = substitute(value, root)
    return substituted.ok ? substituted : err(`failed to substitute variables in condition ${part}: ${substituted.error}`)
  }
}

// --- evaluation

function evaluateBlocks(blocks: readonly Block[], substitute: Substitute): ConditionOutcome {
  const [only] = blocks
  if (blocks.length === 1 && only !== undefined) return evaluateBlock(only, substitute)
  const messages: string[] = []
  for (const block of blocks) {
    const outcome = evaluateBlock(block, substitute)
    if ('error' in outcome || !outcome.result) return outcome
    messages.push(outcome.message)
  }
  return { result: true, message: join(messages) }
}

/** Both parts are evaluated even where one would decide, so that errors of either surface. A present but empty `any` is false. */
function evaluateBlock({ any, all }: Block, substitute: Substitute): ConditionOutcome {
  const anyOutcome = any === undefined ? undefined : evaluateUntil(any, true, substitute)
  if (anyOutcome !== undefined && 'error' in anyOutcome) return anyOutcome
  const allOutcome = evaluateUntil(all, false, substitute)
  if (anyOutcome === undefined || 'error' in allOutcome) return allOutcome
  const result = anyOutcome.result && allOutcome.result
  // The conditions that decided: those of the parts with the same result.
  const messages = [anyOutcome, allOutcome].filter((part) => part.result === result).map((part) => part.message)
  return { result, message: join(messages) }
}

/** Stops at the first condition with the result `decisive`; its message stands alone, otherwise all did their part. */
function evaluateUntil(conditions: readonly Condition[], decisive: boolean, substitute: Substitute): ConditionOutcome {
  const messages: string[] = []
  for (const condition of conditions) {
    const outcome = condition(substitute)
    if ('error' in outcome || outcome.result === decisive) return outcome
    if (outcome.message !== '') messages.push(outcome.message)
  }
  return { result: !decisive, message: join(messages) }
}

const join = (messages: readonly string[]): string => messages.filter((message) => message !== '').join('; ')
