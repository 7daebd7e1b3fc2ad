/** Go's time.Duration: whole nanoseconds. */
export type Duration = bigint

const units: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
}
const part = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y
const maximum = 0x7fff_ffff_ffff_ffffn
const maximumLength = 256

/** time.ParseDuration: signed decimals with units, `1h30m`, `1.5s`; `0` alone needs none. */
export function parseDuration(text: string): Duration | undefined {
  const first = text.charCodeAt(0)
  if (!((first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46) || text.length > maximumLength) return undefined
  const start = first === 43 || first === 45 ? 1 : 0
  const rest = text.slice(start)
  if (rest === '0') return 0n
  let total = 0n
  let at = 0
  while (at < rest.length) {
    part.lastIndex = at
    const match = part.exec(rest)
    if (match === null) return undefined
    const [written, whole = '', fraction = '', unit = ''] = match
    if (whole === '' && fraction === '') return undefined
    const size = units[unit] ?? 1n
    total += BigInt(whole === '' ? '0' : whole) * size
    if (fraction !== '') total += (BigInt(fraction) * size) / 10n ** BigInt(fraction.length)
    if (total > maximum) return undefined
    at += written.length
  }
  return rest === '' ? undefined : first === 45 ? -total : total
}

/** Duration.String: `1h30m0s`, `1.5s`, `250ms`, `0s`. */
export function formatDuration(duration: Duration): string {
  if (duration === 0n) return '0s'
  const sign = duration < 0n ? '-' : ''
  const value = duration < 0n ? -duration : duration
  if (value < 1_000n) return `${sign}${value}ns`
  if (value < 1_000_000n) return `${sign}${decimal(value, 1_000n)}µs`
  if (value < 1_000_000_000n) return `${sign}${decimal(value, 1_000_000n)}ms`
  const minute = 60_000_000_000n
  const seconds = `${decimal(value % minute, 1_000_000_000n)}s`
  const minutes = value / minute
  if (minutes === 0n) return sign + seconds
  const hours = minutes / 60n
  return hours === 0n ? `${sign}${minutes}m${seconds}` : `${sign}${hours}h${minutes % 60n}m${seconds}`
}

function decimal(value: bigint, unit: bigint): string {
  const fraction = (value % unit)
    .toString()
    .padStart(unit.toString().length - 1, '0')
    .replace(/0+$/, '')
  return fraction === '' ? `${value / unit}` : `${value / unit}.${fraction}`
}
