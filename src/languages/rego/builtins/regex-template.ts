import { Buffer } from 'node:buffer'
import { quoteGo } from '../../../core/go-quote.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'

/**
 * A template such as `urn:foo:{.*}` as a pattern for the whole text: what stands between the delimiters is a pattern, everything else is
 * meant literally. Delimiters are one byte each and may nest.
 */
export function templateRegex(template: string, open: string, close: string): Result<string, string> {
  if (Buffer.byteLength(open) !== 1) {
    return err(`start delimiter has to be exactly one character long but is ${Buffer.byteLength(open)} long`)
  }
  // Upstream tells the length of the other one.
  if (Buffer.byteLength(close) !== 1) {
    return err(`end delimiter has to be exactly one character long but is ${Buffer.byteLength(open)} long`)
  }
  const parts = bracedParts(template, open, close)
  if (parts === undefined) return err(`unbalanced braces in ${quoteGo(template)}`)
  let pattern = '^'
  let literalFrom = 0
  for (const { start, end } of parts) {
    pattern += `${quoteMeta(template.slice(literalFrom, start))}(${template.slice(start + 1, end)})`
    literalFrom = end + 1
  }
  return ok(`${pattern}${quoteMeta(template.slice(literalFrom))}$`)
}

interface Part {
  readonly start: number
  readonly end: number
}

/** The outermost pairs of delimiters; undefined where one is missing. */
function bracedParts(template: string, open: string, close: string): readonly Part[] | undefined {
  const parts: Part[] = []
  let depth = 0
  let start = 0
  for (let at = 0; at < template.length; at += 1) {
    if (template[at] === open) {
      if (depth === 0) start = at
      depth += 1
    } else if (template[at] === close) {
      depth -= 1
      if (depth === 0) parts.push({ start, end: at })
      if (depth < 0) return undefined
    }
  }
  return depth === 0 ? parts : undefined
}

const quoteMeta = (value: string): string => value.replaceAll(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`)
