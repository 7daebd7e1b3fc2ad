import type { RegoValue } from '../../languages/rego/rego.ts'
import { marshalRego } from '../../languages/rego/rego.ts'

/** JSON whose keys are in the order given, with values of Rego in it. */
export type Out =
  | { readonly kind: 'value'; readonly value: RegoValue }
  | { readonly kind: 'fields'; readonly fields: Readonly<Record<string, Out | OutList>> }
/** Lists may hold lists. */
export type OutList = readonly (Out | OutList)[]

export const value = (of: RegoValue): Out => ({ kind: 'value', value: of })
export const fields = (of: Readonly<Record<string, Out | OutList>>): Out => ({ kind: 'fields', fields: of })

/** Go's json.MarshalIndent with two spaces. */
export function printOut(out: Out | OutList, margin = ''): string {
  const inner = `${margin}  `
  if (isList(out))
    return bracketed(
      '[]',
      out.map((item) => printOut(item, inner)),
      margin,
    )
  if (out.kind === 'value') return marshalRego(out.value, { prefix: margin, indent: '  ' })
  const members = Object.entries(out.fields).map(([key, each]) => `${marshalRego(key)}: ${printOut(each, inner)}`)
  return bracketed('{}', members, margin)
}

const isList = (out: Out | OutList): out is OutList => Array.isArray(out)

function bracketed(brackets: string, parts: readonly string[], margin: string): string {
  if (parts.length === 0) return brackets
  return `${brackets[0]}\n${margin}  ${parts.join(`,\n${margin}  `)}\n${margin}${brackets[1]}`
}
