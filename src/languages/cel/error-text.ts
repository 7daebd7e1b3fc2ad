import type { Diagnostic } from '../../core/diagnostic.ts'
import { lineAndColumn, lineAt } from '../../core/source.ts'

/**
 * Diagnostics as cel-go prints them: the place, the line, and a caret below. Characters of several bytes have wide dots and carets.
 */
export function formatCelDiagnostics(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map(formatOne).join('\n')
}

function formatOne({ source, span, message }: Diagnostic): string {
  // A text without characters has no place to point at.
  if (source.text === '') return `ERROR: ${source.name}:1:0: ${message}`
  const { line, column } = lineAndColumn(source, span.start)
  const { text } = lineAt(source, line)
  const before = Array.from(text.slice(0, column - 1))
  const pointed = text.codePointAt(column - 1) ?? 0
  const indicator =
    before.map((character) => (isWide(character.codePointAt(0) ?? 0) ? '．' : '.')).join('') + (isWide(pointed) ? '＾' : '^')
  return `ERROR: ${source.name}:${line}:${before.length + 1}: ${message}\n | ${text.replaceAll('\t', ' ')}\n | ${indicator}`
}

const isWide = (code: number): boolean => code > 0x7f
