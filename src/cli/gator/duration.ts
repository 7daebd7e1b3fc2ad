import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'

const units: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 }
const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g

/** time.ParseDuration, in nanoseconds. */
export function parseGoDuration(text: string): Result<number, string> {
  const unsigned = text.replace(/^[+-]/, '')
  if (unsigned === '0') return ok(0)
  const parts = [...unsigned.slice(0, 256).matchAll(part)]
  const length = parts.reduce((sum, [whole]) => sum + whole.length, 0)
  if (unsigned === '' || length !== unsigned.length) return err(problemOf(text, unsigned))
  const total = parts.reduce((sum, [, number = '0', unit = 'ns']) => sum + Number(number) * (units[unit] ?? 1), 0)
  return ok(Math.trunc(text.startsWith('-') ? -total : total))
}

function problemOf(text: string, unsigned: string): string {
  const quoted = JSON.stringify(text)
  if (/^(?:\d+\.?\d*|\.\d+)$/.test(unsigned)) return `time: missing unit in duration ${quoted}`
  const unit = /^(?:\d+\.?\d*|\.\d+)([^\d.]+)/.exec(unsigned)?.[1]
  if (unit !== undefined && units[unit] === undefined) return `time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}`
  return `time: invalid duration ${quoted}`
}

/** How Go prints a duration in nanoseconds: `1.5ms`, `368.307µs`, `1m30s`. */
export function printGoDuration(nanoseconds: number): string {
  const whole = Math.round(nanoseconds)
  if (whole === 0) return '0s'
  const sign = whole < 0 ? '-' : ''
  const size = Math.abs(whole)
  if (size < 1e3) return `${sign}${size}ns`
  if (size < 1e6) return `${sign}${decimals(size, 1e3)}µs`
  if (size < 1e9) return `${sign}${decimals(size, 1e6)}ms`
  const minutes = Math.floor(size / 60e9)
  const hours = Math.floor(minutes / 60)
  const seconds = `${decimals(size - minutes * 60e9, 1e9)}s`
  if (minutes === 0) return `${sign}${seconds}`
  return `${sign}${hours === 0 ? '' : `${hours}h`}${minutes % 60}m${seconds}`
}

/** An exact decimal fraction without zeros at its end. */
function decimals(size: number, unit: number): string {
  const rest = size % unit
  const digits = String(unit).length - 1
  const fraction = String(rest).padStart(digits, '0').replace(/0+$/, '')
  return `${Math.floor(size / unit)}${fraction === '' ? '' : `.${fraction}`}`
}
