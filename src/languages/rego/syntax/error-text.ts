import type { Diagnostic } from '../../../core/diagnostic.ts'
import { lineAndColumn } from '../../../core/source.ts'

/** `1 error occurred: file:row: code: message`, or several below each other, as OPA prints errors of modules. */
export function errorsText(errors: readonly Diagnostic[]): string {
  const texts = errors.map(errorText)
  return texts.length === 1 ? `1 error occurred: ${texts.join('')}` : `${texts.length} errors occurred:\n${texts.join('\n')}`
}

function errorText({ code, message, source, span, details }: Diagnostic): string {
  const { line, column } = lineAndColumn(source, span.start)
  // Nothing is the place of what is not there.
  const row = source.text.trim() === '' && message === 'empty module' ? 0 : line
  const place = source.name === '' ? `${row}:${column}` : `${source.name}:${row}`
  return [`${place}: ${code}: ${message}`, ...(details?.lines ?? [])].join('\n\t')
}
