import { formatExponent, formatFloat, parseGoFloat } from '../../../core/go-format.ts'
import { parseDuration } from '../../../kube/duration.ts'
import type { CelFunction } from '../function.ts'
import { globalFunction, memberFunction, traversal } from '../function.ts'
import { largestSecond, smallestSecond } from '../operators.ts'
import { formatTimestamp, parseInstant } from '../time.ts'
import { formatSeconds } from '../text.ts'
import type { CelOutcome, CelValue } from '../values.ts'
import {
  CelBytes,
  CelDouble,
  CelDuration,
  CelError,
  CelTimestamp,
  CelTypeValue,
  codePointCount,
  countOf,
  shorten,
  toInt,
  toUint,
  typeNameOf,
} from '../values.ts'

const intOverflow = new CelError('integer overflow')
const uintOverflow = new CelError('unsigned integer overflow')
const rangeError = new CelError('timestamp overflow')

const failed = (from: string, to: string): CelError => new CelError(`type conversion error from '${from}' to '${to}'`)

/** Longer digits are no number that fits. */
const longestNumber = 64

function textToInt(text: string): CelOutcome {
  if (text.length > longestNumber || !/^[+-]?[0-9]+$/.test(text)) return failed('string', 'int')
  return toInt(BigInt(text.replace(/^\+/, ''))) ?? failed('string', 'int')
}

function textToUint(text: string): CelOutcome {
  if (text.length > longestNumber || !/^[0-9]+$/.test(text)) return failed('string', 'uint')
  return toUint(BigInt(text)) ?? failed('string', 'uint')
}

const boolTexts: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((text) => [text, false] as const),
])

/** Doubles at the very ends of int64 are out of range: they cannot be told from the next ones. */
const isIntRange = (value: number): boolean => value > -(2 ** 63) && value < 2 ** 63
const isUintRange = (value: number): boolean => value >= 0 && value < 2 ** 64

const doubleToInt = ({ value }: CelDouble): CelOutcome => (isIntRange(value) ? shorten(BigInt(Math.trunc(value))) : intOverflow)
const doubleToUint = ({ value }: CelDouble): CelOutcome =>
  isUintRange(value) ? (toUint(BigInt(Math.trunc(value))) ?? uintOverflow) : uintOverflow

function textToDouble(text: string): CelOutcome {
  const value = parseGoFloat(text)
  return value === undefined ? failed('string', 'double') : new CelDouble(value)
}

/** Go's `%g` with the shortest digits. */
export function formatDouble(value: number): string {
  const magnitude = Math.abs(value)
  if (magnitude === 0 || !Number.isFinite(value)) return formatFloat(value)
  return magnitude < 1e-4 || magnitude >= 1e6 ? formatExponent(value, 'e') : formatFloat(value)
}

function bytesToText({ value }: CelBytes): CelOutcome {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value)
  } catch {
    return new CelError('invalid UTF-8 in bytes, cannot convert to string')
  }
}

function textToTimestamp(text: string): CelOutcome {
  const instant = parseInstant(text)
  if (instant === undefined) return failed('string', 'google.protobuf.Timestamp')
  return instant.seconds < smallestSecond || instant.seconds > largestSecond
    ? rangeError
    : new CelTimestamp(instant.seconds, instant.nanos, instant.offset)
}

function textToDuration(text: string): CelOutcome {
  const nanos = parseDuration(text)
  return nanos === undefined ? failed('string', 'google.protobuf.Duration') : new CelDuration(nanos)
}

function intToTimestamp(value: number | bigint): CelOutcome {
  return value < smallestSecond || value > largestSecond ? rangeError : new CelTimestamp(Number(value), 0)
}

const sizeOfValue = (value: CelValue): number =>
  typeof value === 'string' ? codePointCount(value) : value instanceof CelBytes ? value.value.length : countOf(value)

export const conversions: readonly CelFunction[] = [
  globalFunction('bool', ['bool'], { returns: 'bool', evaluate: (value) => value }),
  globalFunction('bool', ['string'], { returns: 'bool', evaluate: (text) => boolTexts.get(text) ?? failed('string', 'bool') }),

  globalFunction('bytes', ['bytes'], { returns: 'bytes', evaluate: (value) => value }),
  globalFunction('bytes', ['string'], {
    returns: 'bytes',
    evaluate: (text) => new CelBytes(new TextEncoder().encode(text)),
    cost: (text) => traversal(text.length),
  }),

  globalFunction('double', ['double'], { returns: 'double', evaluate: (value) => value }),
  globalFunction('double', ['int'], { returns: 'double', evaluate: (value) => new CelDouble(Number(value)) }),
  globalFunction('double', ['string'], { returns: 'double', evaluate: textToDouble }),
  globalFunction('double', ['uint'], { returns: 'double', evaluate: ({ value }) => new CelDouble(Number(value)) }),

  globalFunction('duration', ['duration'], { returns: 'duration', evaluate: (value) => value }),
  // Declared, but upstream has no such conversion.
  globalFunction('duration', ['int'], { returns: 'duration', evaluate: () => failed('int', 'google.protobuf.Duration') }),
  globalFunction('duration', ['string'], { returns: 'duration', evaluate: textToDuration }),

  globalFunction('int', ['int'], { returns: 'int', evaluate: (value) => value }),
  globalFunction('int', ['double'], { returns: 'int', evaluate: doubleToInt }),
  globalFunction('int', ['duration'], { returns: 'int', evaluate: ({ nanos }) => shorten(nanos) }),
  globalFunction('int', ['string'], { returns: 'int', evaluate: textToInt }),
  globalFunction('int', ['timestamp'], { returns: 'int', evaluate: ({ seconds }) => seconds }),
  globalFunction('int', ['uint'], { returns: 'int', evaluate: ({ value }) => toInt(BigInt(value)) ?? intOverflow }),

  globalFunction('string', ['string'], { returns: 'string', evaluate: (value) => value }),
  globalFunction('string', ['bool'], { returns: 'string', evaluate: String }),
  globalFunction('string', ['bytes'], { returns: 'string', evaluate: bytesToText, cost: ({ value }) => traversal(value.length) }),
  globalFunction('string', ['double'], { returns: 'string', evaluate: ({ value }) => formatDouble(value) }),
  globalFunction('string', ['duration'], { returns: 'string', evaluate: formatSeconds }),
  globalFunction('string', ['int'], { returns: 'string', evaluate: String }),
  globalFunction('string', ['timestamp'], { returns: 'string', evaluate: formatTimestamp }),
  globalFunction('string', ['uint'], { returns: 'string', evaluate: ({ value }) => String(value) }),

  globalFunction('timestamp', ['timestamp'], { returns: 'timestamp', evaluate: (value) => value }),
  globalFunction('timestamp', ['int'], { returns: 'timestamp', evaluate: intToTimestamp }),
  globalFunction('timestamp', ['string'], { returns: 'timestamp', evaluate: textToTimestamp }),

  globalFunction('uint', ['uint'], { returns: 'uint', evaluate: (value) => value }),
  globalFunction('uint', ['double'], { returns: 'uint', evaluate: doubleToUint }),
  globalFunction('uint', ['int'], { returns: 'uint', evaluate: (value) => toUint(BigInt(value)) ?? uintOverflow }),
  globalFunction('uint', ['string'], { returns: 'uint', evaluate: textToUint }),

  globalFunction('dyn', ['A'], { returns: 'dyn', evaluate: (value) => value }),
  globalFunction('type', ['A'], { returns: 'type(A)', evaluate: (value) => new CelTypeValue(typeNameOf(value)) }),

  ...['bytes', 'list(A)', 'map(A, B)', 'string'].flatMap((type) => [
    globalFunction('size', [type], { returns: 'int', evaluate: sizeOfValue }),
    memberFunction('size', [type], { returns: 'int', evaluate: sizeOfValue }),
  ]),
]
