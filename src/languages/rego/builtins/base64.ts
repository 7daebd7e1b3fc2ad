import { Buffer } from 'node:buffer'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'

type Alphabet = 'standard' | 'url'

export const encodeBase64 = (value: string): string => Buffer.from(value.toWellFormed()).toString('base64')
export const encodeBase64Url = (value: string): string => encodeBase64(value).replaceAll('+', '-').replaceAll('/', '_')

/** Padded base64 as Go decodes it: line breaks are skipped, anything else outside the alphabet is an error. Bytes that are no UTF-8 become U+FFFD. */
export function decodeBase64(value: string, alphabet: Alphabet): Result<string, string> {
  const problem = firstCorrupt(value, alphabet)
  return problem === undefined ? ok(Buffer.from(value, 'base64').toString('utf8')) : err(`illegal base64 data at input byte ${problem}`)
}

const letters = { standard: /^[A-Za-z0-9+/]$/, url: /^[A-Za-z0-9_-]$/ } as const
const wellFormed = {
  standard: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  url: /^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2}==|[A-Za-z0-9_-]{3}=)?$/,
} as const

/** The byte that Go complains about, or undefined for good base64. */
function firstCorrupt(value: string, alphabet: Alphabet): number | undefined {
  if (wellFormed[alphabet].test(value)) return undefined
  let inGroup = 0
  for (let at = 0; at < value.length; at += 1) {
    const character = value[at] ?? ''
    if (isBreak(character)) continue
    if (character === '=') return inGroup < 2 ? byteOffset(value, at) : corruptPadding(value, at, inGroup)
    if (!letters[alphabet].test(character)) return byteOffset(value, at)
    inGroup = (inGroup + 1) % 4
  }
  // An unfinished group is reported where it began.
  return inGroup === 0 ? undefined : value.length - inGroup
}

function corruptPadding(value: string, at: number, inGroup: number): number | undefined {
  let next = afterBreaks(value, at + 1)
  if (inGroup === 2) {
    if (next === value.length) return value.length
    if (value[next] !== '=') return byteOffset(value, next) - 1
    next = afterBreaks(value, next + 1)
  }
  return next === value.length ? undefined : byteOffset(value, next)
}

const isBreak = (character: string | undefined): boolean => character === '\n' || character === '\r'

function afterBreaks(value: string, from: number): number {
  let at = from
  while (isBreak(value[at])) at += 1
  return at
}

const byteOffset = (value: string, at: number): number => Buffer.byteLength(value.slice(0, at))
