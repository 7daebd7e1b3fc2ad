/** Go's time.Duration: whole nanoseconds. */
export type Duration = bigint

const units: ReadonlyMap<string, number> = new Map([
  ['ns', 1],
  ['us', 1e3],
  ['µs', 1e3],
  ['μs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
  ['m', 6e10],
  ['h', 3.6e12],
])
/** The largest magnitude: int64 reaches one further below zero than above. */
const limit = 1n << 63n
/** Longer texts are no durations: bounds the work on untrusted text. */
const maximumLength = 256

/** time.ParseDuration: signed decimals with units, `1h30m`, `1.5s`; `0` alone needs none. */
export function parseDuration(text: string): Duration | undefined {
  const first = text.charCodeAt(0)
  // Most texts that are tried are no numbers: decide by the first character.
  if (!(isDigit(first) || first === 43 || first === 45 || first === 46) || text.length > maximumLength) return undefined
  const start = first === 43 || first === 45 ? 1 : 0
  if (text.length === start + 1 && text.charCodeAt(start) === 48) return 0n
  const total = sumOfParts(text, start)
  if (total === undefined || total > limit) return undefined
  if (first === 45) return -total
  return total === limit ? undefined : total
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57

function skipDigits(text: string, start: number): number {
  let at = start
  while (isDigit(text.charCodeAt(at))) at += 1
  return at
}

function sumOfParts(text: string, start: number): bigint | undefined {
  if (start === text.length) return undefined
  // Nearly every duration is small enough for exact doubles; the rest goes on as bigint.
  let small = 0
  let large = 0n
  for (let at = start; at < text.length;) {
    const wholeEnd = skipDigits(text, at)
    const hasPoint = text.charCodeAt(wholeEnd) === 46
    const numberEnd = hasPoint ? skipDigits(text, wholeEnd + 1) : wholeEnd
    if (numberEnd - at === (hasPoint ? 1 : 0)) return undefined
    let end = numberEnd
    while (end < text.length && !isDigit(text.charCodeAt(end)) && text.charCodeAt(end) !== 46) end += 1
    const unit = units.get(text.slice(numberEnd, end))
    if (unit === undefined) return undefined
    const whole = Number(text.slice(at, wholeEnd))
    const decimals = hasPoint ? fraction(text.slice(wholeEnd + 1, numberEnd), unit) : 0
    if (Number.isSafeInteger(whole * unit) && Number.isSafeInteger(small + whole * unit + decimals)) small += whole * unit + decimals
    else large += BigInt(text.slice(at, wholeEnd) || '0') * BigInt(unit) + BigInt(decimals)
    if (large > limit) return undefined
    at = end
  }
  return large + BigInt(small)
}

/** Nanoseconds of a decimal fraction, computed in doubles and cut off, as Go does. Digits past an int64 are dropped. */
function fraction(digits: string, unit: number): number {
  const kept = digits.length <= 18 ? digits : int64Digits(digits)
  return kept === '' ? 0 : Math.trunc(Number(kept) * (unit / 10 ** kept.length))
}

function int64Digits(digits: string): string {
  let value = 0n
  let length = 0
  for (; length < digits.length; length += 1) {
    if (value > (limit - 1n) / 10n) break
    const next = value * 10n + BigInt(digits.charCodeAt(length) - 48)
    if (next > limit) break
    value = next
  }
  return digits.slice(0, length)
}

/** Duration.Seconds: whole seconds and the rest are converted apart. */
export const durationSeconds = (duration: Duration): number => Number(duration / 1_000_000_000n) + Number(duration % 1_000_000_000n) / 1e9

/** The nearest duration that fits an int64: what subtracting two times gives. */
export const clampDuration = (nanos: bigint): Duration => (nanos >= limit ? limit - 1n : nanos < -limit ? -limit : nanos)

/** An int64 wraps around: what adding two durations gives. */
export const wrapDuration = (nanos: bigint): Duration => BigInt.asIntN(64, nanos)

/** Duration.String: `1h30m0s`, `1.5s`, `250ms`, `0s`. */
export function formatDuration(duration: Duration): string {
  if (duration === 0n) return '0s'
  const sign = duration < 0n ? '-' : ''
  const value = duration < 0n ? -duration : duration
  if (value < 1_000n) return `${sign}${value}ns`
  if (value < 1_000_000n) return `${sign}${decimal(value, 3)}µs`
  if (value < 1_000_000_000n) return `${sign}${decimal(value, 6)}ms`
  const minute = 60_000_000_000n
  const seconds = `${decimal(value % minute, 9)}s`
  const minutes = value / minute
  if (minutes === 0n) return sign + seconds
  const hours = minutes / 60n
  return hours === 0n ? `${sign}${minutes}m${seconds}` : `${sign}${hours}h${minutes % 60n}m${seconds}`
}

/** `value` with the point `places` digits from the right, without zeros at the end. */
function decimal(value: bigint, places: number): string {
  const unit = 10n ** BigInt(places)
  const rest = (value % unit).toString().padStart(places, '0').replace(/0+$/, '')
  return rest === '' ? `${value / unit}` : `${value / unit}.${rest}`
}
