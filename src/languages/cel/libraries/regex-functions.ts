import type { Regex } from '../../../core/regex.ts'
import type { CelLibrary } from '../function.ts'
import { memberFunction } from '../function.ts'
import type { CelOutcome } from '../values.ts'
import { CelError } from '../values.ts'
import { regexCost, regexOf } from './text-functions.ts'

const matches = (regex: Regex, text: string, limit: number): readonly string[] =>
  regex.findAll(text, limit).map(({ start, end }) => text.slice(start, end))

function find(text: string, pattern: string): CelOutcome {
  const regex = regexOf(pattern)
  return regex.ok ? (matches(regex.value, text, 1)[0] ?? '') : new CelError(`Illegal regex: ${regex.error}`)
}

/** A negative number stands for all. */
function findAll(text: string, pattern: string, most: number | bigint = -1): CelOutcome {
  const regex = regexOf(pattern)
  return regex.ok ? matches(regex.value, text, Number(most)) : new CelError(`Illegal regex: ${regex.error}`)
}

/** What Kubernetes adds to `matches`. */
export const regexLibrary: CelLibrary = {
  name: 'k8s.regex',
  functions: [
    memberFunction('find', ['string', 'string'], { returns: 'string', evaluate: find, cost: regexCost }),
    memberFunction('findAll', ['string', 'string'], {
      returns: 'list(string)',
      evaluate: (text, pattern) => findAll(text, pattern),
      cost: regexCost,
    }),
    memberFunction('findAll', ['string', 'string', 'int'], { returns: 'list(string)', evaluate: findAll, cost: regexCost }),
  ],
}
