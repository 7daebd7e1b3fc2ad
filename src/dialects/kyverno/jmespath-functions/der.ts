/** Enough of DER to read certificates: tags, lengths, and the primitive types they use. */
export interface DerNode {
  readonly tag: number
  readonly bytes: Buffer
  readonly children: readonly DerNode[]
  /** Header and content, as they stand in the file. */
  readonly raw: Buffer
}

const deepest = 32

/** The node that starts at `offset`, or undefined where the bytes are no DER. */
export function readDer(bytes: Buffer, offset = 0, depth = 0): DerNode | undefined {
  const tag = bytes[offset]
  const first = bytes[offset + 1]
  if (tag === undefined || first === undefined || depth > deepest) return undefined
  const extra = first < 0x80 ? 0 : first & 0x7f
  if (extra > 4 || first === 0x80 || offset + 2 + extra > bytes.length) return undefined
  const length = extra === 0 ? first : bytes.readUIntBE(offset + 2, extra)
  const start = offset + 2 + extra
  if (start + length > bytes.length) return undefined
  const content = bytes.subarray(start, start + length)
  const isConstructed = (tag & 0x20) !== 0
  const children = isConstructed ? readAll(content, depth + 1) : []
  return children === undefined ? undefined : { tag, bytes: content, children, raw: bytes.subarray(offset, start + length) }
}

function readAll(bytes: Buffer, depth: number): readonly DerNode[] | undefined {
  const nodes: DerNode[] = []
  for (let at = 0; at < bytes.length;) {
    const node = readDer(bytes, at, depth)
    if (node === undefined) return undefined
    nodes.push(node)
    at += node.raw.length
  }
  return nodes
}

export function objectIdentifier({ bytes }: DerNode): string {
  const [first = 0, ...rest] = bytes
  const parts = [Math.min(2, Math.floor(first / 40)), first < 80 ? first % 40 : first - 80]
  let value = 0
  for (const byte of rest) {
    value = value * 128 + (byte & 0x7f)
    if ((byte & 0x80) === 0) {
      parts.push(value)
      value = 0
    }
  }
  return parts.join('.')
}

export const integer = ({ bytes }: DerNode): bigint =>
  bytes.length === 0 ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`))

/** UTCTime or GeneralizedTime as RFC 3339. */
export function time({ tag, bytes }: DerNode): string {
  const text = bytes.toString('latin1')
  const short = Number(text.slice(0, 2))
  const digits = tag === 0x17 ? `${short >= 50 ? 19 : 20}${text}` : text
  return digits.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')
}

export const textOf = ({ tag, bytes }: DerNode): string =>
  tag === 0x1e ? Buffer.from(bytes).swap16().toString('utf16le') : bytes.toString('utf8')
