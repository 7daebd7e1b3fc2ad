import type { Diagnostic } from '../core/diagnostic.ts'
import { renderDiagnostic } from '../core/render-diagnostic.ts'
import type { Host } from './host.ts'

const mostShown = 100

/** Prints diagnostics to standard error; true when one of them is an error. */
export function showDiagnostics(diagnostics: readonly Diagnostic[], host: Host, color = host.color): boolean {
  for (const diagnostic of diagnostics.slice(0, mostShown)) host.err(`${renderDiagnostic(diagnostic, { color })}\n\n`)
  if (diagnostics.length > mostShown) host.err(`… and ${diagnostics.length - mostShown} more\n\n`)
  return diagnostics.some(({ severity }) => severity === 'error')
}

const codes = { red: 31, green: 32, yellow: 33, cyan: 36, bold: 1, dim: 2 } as const
export type Style = keyof typeof codes
export type Paint = (style: Style, text: string) => string

/** Colours text where colours are wanted. */
export const painter =
  (color: boolean): Paint =>
  (style, text) =>
    color ? `\u001B[${codes[style]}m${text}\u001B[0m` : text

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const control = /[\u0000-\u001f\u007f-\u009f]/g

/** Text of a file for a terminal, which control characters in it must not steer. */
export const printable = (text: string): string =>
  text.replaceAll(control, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Columns as wide as their longest cell, two spaces apart. */
export function table(header: readonly string[], rows: readonly (readonly string[])[], paint: Paint): string {
  const widths = header.map((title, column) => rows.reduce((width, row) => Math.max(width, (row[column] ?? '').length), title.length))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd()
  return [paint('bold', line(header)), ...rows.map(line)].join('\n')
}

/** A bar on the terminal's own line, redrawn at most twenty times; nothing anywhere else. */
export function progress(host: Host, total: number, what: string): { readonly step: (done: number) => void; readonly end: () => void } {
  if (!host.isTerminal || total < 500) return { step: () => undefined, end: () => undefined }
  const every = Math.max(1, Math.floor(total / 20))
  const step = (done: number): void => {
    if (done % every !== 0) return
    const filled = Math.round((done / total) * 20)
    host.err(`\r[${'='.repeat(filled)}${' '.repeat(20 - filled)}] ${done}/${total} ${what}`)
  }
  return { step, end: () => host.err(`\r${' '.repeat(60)}\r`) }
}
