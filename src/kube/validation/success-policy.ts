import { invalid, required } from '../field-error.ts'
import type { Errors, Field } from './field.ts'
import { at, isSet, itemsOf, nonNegative, numberOf, textOf } from './field.ts'
import { goValue } from './go-view.ts'

/** `spec.successPolicy` of a Job: which indexes make it succeed. */
export function* validateSuccessPolicy(spec: Field): Errors {
  const policy = at(spec, 'successPolicy')
  if (!isSet(policy)) return
  if (textOf(at(spec, 'completionMode')) !== 'Indexed') {
    yield invalid(policy.path, goValue('SuccessPolicy', policy.value), 'requires indexed completion mode')
    return
  }
  const completions = numberOf(at(spec, 'completions')) ?? 0
  const rules = itemsOf(at(policy, 'rules'))
  if (rules.length === 0)
    yield required(at(policy, 'rules').path, 'at least one rules must be specified when the successPolicy is specified')
  for (const rule of rules) yield* validateRule(rule, completions)
}

function* validateRule(rule: Field, completions: number): Errors {
  const [indexes, count] = [at(rule, 'succeededIndexes'), at(rule, 'succeededCount')]
  if (!isSet(indexes) && !isSet(count)) {
    yield required(rule.path, 'at least one of succeededCount or succeededIndexes must be specified')
    return
  }
  const parsed = isSet(indexes) ? countIndexes(textOf(indexes), completions) : undefined
  if (parsed !== undefined && typeof parsed === 'string')
    yield invalid(indexes.path, textOf(indexes), `error parsing succeededIndexes: ${parsed}`)
  const number = numberOf(count)
  if (number === undefined) return
  yield* nonNegative(count)
  if (number > completions)
    yield invalid(count.path, number, `must be less than or equal to ${completions} (the number of specified completions)`)
  const known = typeof parsed === 'number' ? parsed : 0
  if (isSet(indexes) && number > known)
    yield invalid(
      count.path,
      number,
      `must be less than or equal to ${known} (the number of indexes in the specified succeededIndexes field)`,
    )
}

/** How many indexes `0,2-4` are, or why it is no list of indexes. */
function countIndexes(text: string, completions: number): number | string {
  let total = 0
  let last = -1
  for (const part of text.split(',')) {
    const bounds = part.split('-')
    if (bounds.length > 2)
      return `the fragment "${part}" violates the requirement that an index interval can have at most two parts separated by '-'`
    const numbers: number[] = []
    for (const bound of bounds) {
      if (!/^[+-]?\d{1,15}$/.test(bound)) return `cannot convert string to integer for index: ${JSON.stringify(bound)}`
      const index = Number(bound)
      if (index >= completions) return `too large index: ${JSON.stringify(bound)}`
      numbers.push(index)
    }
    const [first = 0, end = first] = numbers
    if (first <= last) return `non-increasing order, previous: ${last}, current: ${first}`
    if (end < first) return `non-increasing order, previous: ${first}, current: ${end}`
    total += end - first + 1
    last = end
  }
  return total
}
