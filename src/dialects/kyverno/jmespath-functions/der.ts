import type { DerElement } from '../../../core/der.ts'
import { derChildren, derOid, derText, derTime, readDer } from '../../../core/der.ts'

/** An element of DER with all that is in it. */
export interface DerNode extends DerElement {
  readonly children: readonly DerNode[]
}

const deepest = 32

/** The element at the start of `bytes`, or undefined where they are no DER. */
export function readTree(bytes: Buffer): DerNode | undefined {
  const root = readDer(bytes)
  return root.ok ? nodeOf(root.value, 0) : undefined
}

function nodeOf(element: DerElement, depth: number): DerNode | undefined {
  const isConstructed = (element.tag & 0x20) !== 0
  if (!isConstructed) return { ...element, children: [] }
  if (depth >= deepest) return undefined
  const children = derChildren(element.contents)?.map((child) => nodeOf(child, depth + 1))
  return children?.every((child) => child !== undefined) === true ? { ...element, children } : undefined
}

export const objectIdentifier = ({ contents }: DerNode): string => (derOid(contents) ?? []).join('.')

/** UTCTime or GeneralizedTime as RFC 3339. */
export const time = (node: DerNode): string | undefined => derTime(node)?.toISOString().replace('.000Z', 'Z')

export const textOf = (node: DerNode): string => derText(node) ?? node.contents.toString('utf8')
