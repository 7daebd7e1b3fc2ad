import { regexCache } from '../../../core/regex.ts'
import type { CelFunction } from '../function.ts'
import { globalFunction, memberFunction, traversal } from '../function.ts'
import type { CelOutcome } from '../values.ts'
import { CelError } from '../values.ts'

/** Compiled patterns, for all expressions: most patterns are literals. */
export const regexOf = regexCache(512)

function matches(text: string, pattern: string): CelOutcome {
  const regex = regexOf(pattern)
  return regex.ok ? regex.value.test(text) : new CelError(regex.error)
}

export const regexCost = (text: string, pattern: string): number => traversal(text.length + 1) * Math.ceil(pattern.length * 0.25)

/** What texts are asked. */
export const textFunctions: readonly CelFunction[] = [
  memberFunction('contains', ['string', 'string'], {
    returns: 'bool',
    evaluate: (text, part) => text.includes(part),
    cost: (text, part) => traversal(text.length) * traversal(part.length),
  }),
  memberFunction('endsWith', ['string', 'string'], {
    returns: 'bool',
    evaluate: (text, part) => text.endsWith(part),
    cost: (_, part) => traversal(part.length),
  }),
  memberFunction('startsWith', ['string', 'string'], {
    returns: 'bool',
    evaluate: (text, part) => text.startsWith(part),
    cost: (_, part) => traversal(part.length),
  }),
  globalFunction('matches', ['string', 'string'], { returns: 'bool', evaluate: matches, cost: regexCost }),
  memberFunction('matches', ['string', 'string'], { returns: 'bool', evaluate: matches, cost: regexCost }),
]
