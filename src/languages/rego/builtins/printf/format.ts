/** What stands between `%` and the verb. */
export interface Flags {
  readonly plus: boolean
  readonly minus: boolean
  readonly sharp: boolean
  readonly space: boolean
  readonly zero: boolean
  /** `%#v`: Go syntax. */
  readonly goSyntax: boolean
  readonly width: number | undefined
  readonly precision: number | undefined
}

/** Fills up to the width, counted in code points: on the right with `-`, with zeros where `0` is given. */
export function pad(text: string, flags: Flags, zeros: boolean = flags.zero): string {
  if (flags.width === undefined) return text
  const missing = flags.width - Array.from(text).length
  if (missing <= 0) return text
  if (flags.minus) return text + ' '.repeat(missing)
  return (zeros ? '0' : ' ').repeat(missing) + text
}

const prefixes: Readonly<Record<number, string>> = { 2: '0b', 8: '0', 16: '0x' }

export interface IntegerForm {
  readonly base: 2 | 8 | 10 | 16
  readonly upper?: boolean
  /** `%O`: always with `0o`. */
  readonly letterO?: boolean
}

/** An integer with sign, precision and prefix, padded. */
export function formatInteger(value: bigint, form: IntegerForm, flags: Flags): string {
  const negative = value < 0n
  if (flags.precision === 0 && value === 0n) return pad('', flags, false)
  const sign = negative ? '-' : flags.plus ? '+' : flags.space ? ' ' : ''
  const least = flags.precision ?? (flags.zero && !flags.minus && flags.width !== undefined ? flags.width - sign.length : 0)
  const digits = (negative ? -value : value).toString(form.base).padStart(least, '0')
  const prefixed = sign + (form.letterO === true ? '0o' : '') + prefixOf(form, flags, digits) + digits
  return pad(form.upper === true ? prefixed.toUpperCase() : prefixed, flags, false)
}

function prefixOf(form: IntegerForm, flags: Flags, digits: string): string {
  if (!flags.sharp || (form.base === 8 && digits.startsWith('0'))) return ''
  return prefixes[form.base] ?? ''
}

/** `%x` of a string: its bytes, with a prefix and separated as the flags say. */
export function formatBytes(text: string, upper: boolean, flags: Flags): string {
  let bytes = [...new TextEncoder().encode(text.toWellFormed())]
  if (flags.precision !== undefined) bytes = bytes.slice(0, flags.precision)
  if (bytes.length === 0) return pad('', flags)
  const prefix = flags.sharp ? '0x' : ''
  const pairs = bytes.map((byte) => byte.toString(16).padStart(2, '0'))
  const written = flags.space ? pairs.map((pair) => prefix + pair).join(' ') : prefix + pairs.join('')
  return pad(upper ? written.toUpperCase() : written, flags)
}

/** The text cut to the precision in code points. */
export const cut = (text: string, flags: Flags): string =>
  flags.precision === undefined ? text : Array.from(text).slice(0, flags.precision).join('')
