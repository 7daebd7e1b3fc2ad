/** One block of a PEM file. */
export interface PemBlock {
  readonly label: string
  readonly bytes: Buffer
  /** Header lines such as `Proc-Type`. */
  readonly headers: Readonly<Record<string, string>>
}

const begin = '-----BEGIN '
const dashes = '-----'

/**
 * The first PEM block in a text and what follows it, or undefined where there is none. What precedes a block, and malformed blocks, are
 * passed over.
 */
export function readPem(text: string): { readonly block: PemBlock; readonly rest: string } | undefined {
  let from = 0
  for (;;) {
    const start = startOfLine(text, begin, from)
    if (start === undefined) return undefined
    const labelEnd = text.indexOf(dashes, start + begin.length)
    const lineEnd = endOfLine(text, start)
    if (labelEnd < 0 || labelEnd > lineEnd) {
      from = start + begin.length
      continue
    }
    const label = text.slice(start + begin.length, labelEnd)
    const found = readBody(text, label, lineEnd)
    if (found !== undefined) return found
    from = lineEnd
  }
}

function readBody(text: string, label: string, bodyStart: number): ReturnType<typeof readPem> {
  const footer = `-----END ${label}-----`
  const end = startOfLine(text, footer, Math.max(0, bodyStart - 1))
  if (end === undefined) return undefined
  const headers: Record<string, string> = {}
  let body = text.slice(bodyStart, end)
  for (;;) {
    const header = /^\s*([^\n:]+):[ \t]*([^\n]*)\n/.exec(body)
    if (header === null) break
    headers[(header[1] ?? '').trim()] = (header[2] ?? '').trim()
    body = body.slice(header[0].length)
  }
  const base64 = body.replaceAll(/\s/g, '')
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64) || base64.length % 4 !== 0) return undefined
  const lineEnd = endOfLine(text, end)
  return { block: { label, bytes: Buffer.from(base64, 'base64'), headers }, rest: text.slice(lineEnd) }
}

function startOfLine(text: string, what: string, from: number): number | undefined {
  for (let at = text.indexOf(what, from); at >= 0; at = text.indexOf(what, at + 1)) if (at === 0 || text[at - 1] === '\n') return at
  return undefined
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end + 1
}

/** A PEM block with lines of 64 characters. */
export function writePem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
