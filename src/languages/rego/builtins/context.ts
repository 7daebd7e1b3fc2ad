import { regexCache } from '../../../core/regex.ts'
import type { RegoValue } from '../values/value.ts'
import type { BuiltinContext, BuiltinLimits } from './contract.ts'

export const defaultBuiltinLimits: BuiltinLimits = { elements: 1_000_000, textLength: 64 * 1024 * 1024, depth: 512 }

export interface ContextOptions {
  /** Nanoseconds since 1970. Absent, the clock is asked once, when the context is made. */
  readonly now?: bigint
  /** Absent, the bytes come from the platform's generator. */
  readonly randomBytes?: (count: number) => Uint8Array
  readonly print?: (text: string) => void
  readonly trace?: (text: string) => void
  readonly limits?: BuiltinLimits
  readonly regexes?: BuiltinContext['regexes']
  readonly runtime?: RegoValue
  readonly mayGoOn?: () => boolean
}

/** Patterns kept compiled between queries. */
const keptPatterns = 1000

/** What many queries share: compiled patterns. */
export const createRegexes = (): BuiltinContext['regexes'] => regexCache(keptPatterns)

/** The context of one query. Pass `regexes` from `createRegexes` to keep compiled patterns. */
export function createContext(options: ContextOptions = {}): BuiltinContext {
  const { now, randomBytes, print, trace, limits, regexes, runtime, mayGoOn } = options
  return {
    now: now ?? BigInt(Date.now()) * 1_000_000n,
    randomBytes: randomBytes ?? ((count) => crypto.getRandomValues(new Uint8Array(count))),
    print: print ?? (() => {}),
    trace: trace ?? (() => {}),
    limits: limits ?? defaultBuiltinLimits,
    regexes: regexes ?? createRegexes(),
    memo: new Map(),
    mayGoOn: mayGoOn ?? (() => true),
    ...(runtime === undefined ? {} : { runtime }),
  }
}
