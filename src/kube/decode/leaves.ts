import type { Json } from '../../core/json.ts'
import { formatQuantity, parseQuantity } from '../quantity.ts'

const padding = 0x3d

/** The byte at which Go's decoder of base64 gives up; undefined for good text. Line ends may stand anywhere. */
export function badBase64At(text: string): number | undefined {
  const bytes = [...Buffer.from(text).entries()].filter(([, byte]) => byte !== 0x0a && byte !== 0x0d)
  const length = Buffer.byteLength(text)
  for (let start = 0; start < bytes.length; start += 4) {
    for (let at = start; at < start + 4; at += 1) {
      const [index, byte] = bytes[at] ?? [length, undefined]
      // The text ends inside four characters: they are bad from their first.
      if (byte === undefined) return index - (at - start)
      if (isBase64(byte)) continue
      return byte === padding ? badPaddingAt(bytes, { start, at, length }) : index
    }
  }
  return undefined
}

const isBase64 = (byte: number): boolean => /[A-Za-z0-9+/]/.test(String.fromCharCode(byte))

function badPaddingAt(
  bytes: readonly (readonly [number, number])[],
  { start, at, length }: { readonly start: number; readonly at: number; readonly length: number },
): number | undefined {
  const [index = length] = bytes[at] ?? []
  if (at - start < 2) return index
  let next = at + 1
  if (at - start === 2) {
    const [, second] = bytes[next] ?? []
    if (second === undefined) return length
    if (second !== padding) return index
    next += 1
  }
  return bytes[next]?.[0]
}

/** As Go writes bytes back: without line ends and stray bits. */
export const canonicalBase64 = (text: string): string => Buffer.from(text, 'base64').toString('base64')

const formatRule = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

/** Why a value is no quantity, or undefined. Numbers are quantities of that amount. */
export function badQuantity(value: Json): string | undefined {
  const text = quantityText(value)
  if (text === undefined || text === '') return formatRule
  if (parseQuantity(text) !== undefined) return undefined
  const [, suffix] = /^[+-]?[0-9]*(?:\.[0-9]*)?([eEinumkKMGTP]*[-+]?[0-9]*)$/.exec(text) ?? []
  if (suffix === undefined) return formatRule
  // Where there is no digit at all the amount is 0.
  return /^(?:Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][-+]?[0-9]+|)$/.test(suffix) ? undefined : "unable to parse quantity's suffix"
}

const quantityText = (value: Json): string | undefined => {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' ? value.replaceAll(/^ +| +$/g, '') : undefined
}

/** A quantity as it is written back: in its canonical form, unless only the sign, leading zeros or the point differ from it. */
export function canonicalQuantity(value: Json): Json {
  const text = quantityText(value)
  if (text === undefined) return value
  const quantity = parseQuantity(text)
  if (quantity === undefined) return /^[+-]?\.?[a-zA-Z]*$/.test(text) ? '0' : text
  const canonical = formatQuantity(quantity)
  const plain = text
    .replace(/^\+/, '')
    .replace(/^(-?)0+(?=[1-9])/, '$1')
    .replace(/\.(?=$|[a-zA-Z])/, '')
    .replace(/E(?=\d)/, 'e')
  return plain === canonical && canonical !== '0' ? text : canonical
}
