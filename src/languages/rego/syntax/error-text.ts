import type { Diagnostic } from '../../../core/diagnostic.ts'
import { lineAndColumn, lineAt } from '../../../core/source.ts'

/** `1 error occurred: file:row: code: message`, or several below each other, as OPA prints errors of modules. */
export function errorsText(errors: readonly Diagnostic[]): string {
  const texts = errors.map(errorText)
  return texts.length === 1 ? `1 error occurred: ${texts.join('')}` : `${texts.length} errors occurred:\n${texts.join('\n')}`
}

function errorText(diagnostic: Diagnostic): string {
  const { code, message, source, details } = diagnostic
  const place = errorPlace(diagnostic)
  const shown = place === undefined ? '' : source.name === '' ? `${place.row}:${place.col}: ` : `${source.name}:${place.row}: `
  return [`${shown}${code}: ${message}`, ...(details?.lines ?? [])].join('\n\t')
}

/** Row and column (of characters) as OPA counts them: what is not there is in row 0, the end of a file behind its last line. */
export function errorPlace({ message, source, span }: Diagnostic): { readonly row: number; readonly col: number } | undefined {
  const { name, text } = source
  if (message === 'empty module') return { row: 0, col: 0 }
  if (text === '') return name === '' ? undefined : { row: 1, col: 1 }
  const { line, column } = lineAndColumn(source, span.start)
  if (span.start === text.length - 1 && text.endsWith('\n')) return { row: line + 1, col: 0 }
  const { start } = lineAt(source, line)
  return { row: line, col: Array.from(text.slice(start, start + column - 1)).length + 1 }
}
