import type { Diagnostic } from './diagnostic.ts'
import { lineAndColumn, lineAt } from './source.ts'

export interface RenderOptions {
  readonly color: boolean
}

/** Longer lines are shown around the caret only. */
const widestExcerpt = 160

/** A diagnostic for people: the message, where it is, the line with a caret under it, and what to do. */
export function renderDiagnostic(diagnostic: Diagnostic, { color }: RenderOptions): string {
  const paint = painter(color)
  const { source, span, severity } = diagnostic
  const { line, column } = lineAndColumn(source, span.start)
  const tone = severity === 'error' ? 'red' : 'yellow'
  const gutter = ' '.repeat(String(line).length)
  const bar = paint('blue', '|')
  const excerpt = excerptOf(lineAt(source, line).text, column - 1, span.end - span.start)
  const title = `${paint(tone, `${severity}[${diagnostic.code}]`)}${paint('bold', `: ${visible(diagnostic.message)}`)}`
  const details = (diagnostic.details?.lines ?? []).map((text) => `${gutter} ${bar} ${visible(text)}`)
  // A file that could not be read has no line to show.
  if (source.text === '') return diagnostic.help === undefined ? title : `${title}\n  = help: ${visible(diagnostic.help)}`
  const lines = [
    title,
    `${gutter}${paint('blue', '-->')} ${source.name}:${line}:${column}`,
    `${gutter} ${bar}`,
    `${paint('blue', String(line))} ${bar} ${excerpt.text}`,
    `${gutter} ${bar} ${excerpt.margin}${paint(tone, excerpt.carets)}`,
  ]
  if (details.length > 0) lines.push(`${gutter} ${bar}`, ...details)
  if (diagnostic.help !== undefined) lines.push(`${gutter} ${paint('blue', '=')} help: ${visible(diagnostic.help)}`)
  return lines.join('\n')
}

/** The line, what stands before the caret (tabs kept, so that it lines up), and the carets. */
function excerptOf(line: string, at: number, length: number): { text: string; margin: string; carets: string } {
  const from = line.length <= widestExcerpt ? 0 : Math.max(0, Math.min(at - widestExcerpt / 2, line.length - widestExcerpt))
  const shown = line.slice(from, from + widestExcerpt)
  const lead = from > 0 ? '…' : ''
  const tail = from + widestExcerpt < line.length ? '…' : ''
  const before = shown.slice(0, at - from)
  const room = Math.max(1, shown.length - before.length)
  return {
    text: `${lead}${visible(shown)}${tail}`,
    margin: `${lead === '' ? '' : ' '}${before.replace(/[^\t]/gu, ' ')}`,
    carets: '^'.repeat(Math.max(1, Math.min(length, room))),
  }
}

/** Files are untrusted: a control character in one must not reach the terminal. */
function visible(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is looked for
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd')
}

const codes = { red: '1;31', yellow: '1;33', blue: '1;34', bold: '1' } as const

function painter(color: boolean): (tone: keyof typeof codes, text: string) => string {
  return color ? (tone, text) => `\u001b[${codes[tone]}m${text}\u001b[0m` : (_, text) => text
}
