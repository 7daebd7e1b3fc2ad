import { regexCache } from '../../../core/regex.ts'
import type { BuiltinContext } from '../builtins/contract.ts'
import type { RegoRecord, RegoValue } from '../values/value.ts'

/** What a query runs in. Everything may be left out. */
export interface RegoEnvironment {
  /** The base documents, read as they are: `data` without the rules. */
  readonly data?: RegoRecord
  /** Nanoseconds since 1970, for all of the query. */
  readonly now?: bigint
  readonly randomBytes?: (count: number) => Uint8Array
  readonly print?: (text: string) => void
  readonly trace?: (text: string) => void
  /** The value of `opa.runtime()`. */
  readonly runtime?: RegoValue
  /** Whether the first error of a built-in is the outcome; otherwise its call is undefined. */
  readonly strictErrors?: boolean
  /** Elements visited and rules evaluated before the query ends with `eval_cancel_error`. */
  readonly steps?: number
  /** Milliseconds before the query ends with `eval_cancel_error`. */
  readonly timeout?: number
}

export const defaultSteps = 50_000_000
const defaultTimeout = 10_000

const regexes = regexCache(1000)
const ignore = (): void => {}
const limits = { elements: 1_000_000, textLength: 16 * 1024 * 1024, depth: 512 }

export function newContext(environment: RegoEnvironment): BuiltinContext {
  const { timeout = defaultTimeout, runtime } = environment
  let deadline: number | undefined
  return {
    now: environment.now ?? BigInt(Date.now()) * 1_000_000n,
    randomBytes: environment.randomBytes ?? ((count) => crypto.getRandomValues(new Uint8Array(count))),
    print: environment.print ?? ignore,
    trace: environment.trace ?? ignore,
    limits,
    regexes,
    memo: new Map(),
    ...(runtime === undefined ? {} : { runtime }),
    mayGoOn: () => {
      // Most queries never get here: the clock is read only by those that are long.
      deadline ??= performance.now() + timeout
      return performance.now() < deadline
    },
  }
}
