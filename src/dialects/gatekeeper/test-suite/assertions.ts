import { compileRegex } from '../../../core/regex.ts'
import type { Assertion } from './suite-file.ts'

export type Judgement = { readonly holds: true } | { readonly holds: false; readonly reason: string }

/** Whether the messages of the violations are what an assertion wants; the reason is upstream's. */
export function judge({ violations, message }: Assertion, messages: readonly string[]): Judgement {
  const all = `got messages [${messages.join(' ')}]`
  const matching = message === undefined || message === '' ? messages : matchingOnes(message, messages)
  if (typeof matching === 'string') return { holds: false, reason: matching }
  const count = matching.length
  const wanted = wish(violations)
  if (wanted === undefined)
    return { holds: false, reason: `invalid yaml: assertion.violation, if set, must be a nonnegative integer, "yes", or "no": ${all}` }
  if (wanted.holds(count)) return { holds: true }
  const containing = message === undefined ? '' : ` containing "${message}"`
  return { holds: false, reason: `unexpected number of violations: got ${count} violations${containing} but want ${wanted.words}: ${all}` }
}

function matchingOnes(pattern: string, messages: readonly string[]): readonly string[] | string {
  // A pattern that nothing is compared with is not read.
  if (messages.length === 0) return []
  const regex = compileRegex(pattern)
  if (!regex.ok) return `message contains invalid regular expression: ${regex.error}`
  return messages.filter((text) => regex.value.test(text))
}

function wish(violations: Assertion['violations']): { readonly words: string; readonly holds: (count: number) => boolean } | undefined {
  if (violations === undefined) return undefined
  if (violations === 'yes') return { words: 'at least 1', holds: (count) => count > 0 }
  if (violations === 'no') return { words: 'none', holds: (count) => count === 0 }
  return { words: `exactly ${violations}`, holds: (count) => count === violations }
}
