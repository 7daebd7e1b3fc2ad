import { regexCache } from '../../../core/regex.ts'
import type { BuiltinContext } from '../builtins/contract.ts'
import type { RegoMemory } from './machine.ts'
import type { SearchListener, TraceEvent } from './trace-event.ts'
import type { RegoRecord, RegoValue } from '../values/value.ts'

/** What a query runs in. Everything may be left out. */
export interface RegoEnvironment {
  /** The base documents, read as they are: `data` without the rules. */
  readonly data?: RegoRecord | undefined
  /** Nanoseconds since 1970, for all of the query. */
  readonly now?: bigint | undefined
  readonly randomBytes?: (count: number) => Uint8Array
  readonly print?: ((text: string) => void) | undefined
  readonly trace?: (text: string) => void
  /** The value of `opa.runtime()`. */
  readonly runtime?: RegoValue
  /** Whether the first error of a built-in is the outcome; otherwise its call is undefined. */
  readonly strictErrors?: boolean
  /** Elements visited and rules evaluated before the query ends with `eval_cancel_error`. */
  readonly steps?: number
  /** Milliseconds before the query ends with `eval_cancel_error`. */
  readonly timeout?: number | undefined
  /** When the query ends so at the latest, in milliseconds of `performance.now()`: several queries may share it. */
  readonly deadline?: number | undefined
  /** What earlier queries with the same constants have found: see `RegoOptions.constants`. */
  readonly memory?: RegoMemory | undefined
  /** Takes how the evaluation goes, from programs compiled with `trace`. */
  readonly tracer?: (event: TraceEvent) => void
  /** Takes the same as a search whose parts nest. */
  readonly search?: SearchListener
}

export const defaultSteps = 50_000_000
const defaultTimeout = 10_000

const regexes = regexCache(1000)
const ignore = (): void => {}
const limits = { elements: 1_000_000, textLength: 16 * 1024 * 1024, depth: 512 }

/** What is rarely asked for is made when it is: most queries look at neither clock nor memo. */
class Context implements BuiltinContext {
  readonly #environment: RegoEnvironment
  #now: bigint | undefined
  #memo: Map<string, unknown> | undefined
  #deadline: number | undefined
  readonly limits = limits
  readonly regexes = regexes

  constructor(environment: RegoEnvironment) {
    this.#environment = environment
  }

  get now(): bigint {
    return (this.#now ??= this.#environment.now ?? BigInt(Date.now()) * 1_000_000n)
  }

  get memo(): Map<string, unknown> {
    return (this.#memo ??= new Map())
  }

  get randomBytes(): BuiltinContext['randomBytes'] {
    return this.#environment.randomBytes ?? randomBytes
  }

  get print(): BuiltinContext['print'] {
    return this.#environment.print ?? ignore
  }

  get trace(): BuiltinContext['trace'] {
    return this.#environment.trace ?? ignore
  }

  get runtime(): RegoValue {
    return this.#environment.runtime ?? noRuntime
  }

  mayGoOn(): boolean {
    const now = performance.now()
    const { timeout = defaultTimeout, deadline = Number.POSITIVE_INFINITY } = this.#environment
    this.#deadline ??= Math.min(now + timeout, deadline)
    return now < this.#deadline
  }
}

const randomBytes = (count: number): Uint8Array => crypto.getRandomValues(new Uint8Array(count))
const noRuntime: RegoValue = {}

export function newContext(environment: RegoEnvironment): BuiltinContext {
  return new Context(environment)
}
