import { derChildren, derOid, derTag, derText } from '../../../../core/der.ts'
import { nameFields } from './oids.ts'
import type { Tree, TreeObject } from './tree.ts'

const listFields = ['Country', 'Organization', 'OrganizationalUnit', 'Locality', 'Province', 'StreetAddress', 'PostalCode'] as const

/** A distinguished name from the contents of its SEQUENCE, or undefined where it is malformed. */
export function parseName(contents: Buffer): TreeObject | undefined {
  const attributes = readAttributes(contents)
  if (attributes === undefined) return undefined
  const lists: Record<string, Tree[]> = {}
  const single: Record<string, string> = { CommonName: '', SerialNumber: '' }
  for (const { type, value } of attributes) {
    const field = type.length === 4 && type[0] === 2 && type[1] === 5 && type[2] === 4 ? nameFields.get(type[3] ?? -1) : undefined
    if (field === undefined) continue
    if (field in single) single[field] = value
    else (lists[field] ??= []).push(value)
  }
  const shown = Object.fromEntries(listFields.map((field) => [field, lists[field] ?? null]))
  const names = attributes.map(({ type, value }) => ({ Type: type, Value: value }))
  return { ...shown, ...single, Names: names.length === 0 ? null : names, ExtraNames: null }
}

interface Attribute {
  readonly type: readonly number[]
  readonly value: string
}

function readAttributes(contents: Buffer): readonly Attribute[] | undefined {
  const attributes: Attribute[] = []
  for (const set of derChildren(contents) ?? [undefined]) {
    if (set?.tag !== derTag.set) return undefined
    for (const pair of derChildren(set.contents) ?? [undefined]) {
      const [type, value] = pair === undefined ? [] : (derChildren(pair.contents) ?? [])
      const oid = type?.tag === derTag.oid ? derOid(type.contents) : undefined
      const text = value === undefined ? undefined : derText(value)
      if (oid === undefined || text === undefined) return undefined
      attributes.push({ type: oid, value: text })
    }
  }
  return attributes
}
