import type { CelLibrary } from '../function.ts'
import { memberFunction } from '../function.ts'
import type { CelOutcome } from '../values.ts'
import { CelError } from '../values.ts'
import { regexCost, regexOf } from './text-functions.ts'

function find(text: string, pattern: string): CelOutcome {
  const regex = regexOf(pattern)
  return regex.ok ? (regex.value.findAll(text, 1)[0] ?? '') : new CelError(`Illegal regex: ${regex.error}`)
}

/** A negative number stands for all. */
function findAll(text: string, pattern: string, most: number | bigint = -1): CelOutcome {
  const regex = regexOf(pattern)
  return regex.ok ? regex.value.findAll(text, most < 0 ? Infinity : Number(most)) : new CelError(`Illegal regex: ${regex.error}`)
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
