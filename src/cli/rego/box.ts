/** A table in a box: titles in the middle of their columns, cells to the left. */
export function boxed(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, at) => rows.reduce((width, row) => Math.max(width, widthOf(row[at] ?? '')), widthOf(title)))
  const rule = (left: string, cross: string, right: string): string =>
    `${left}${widths.map((width) => '─'.repeat(width + 2)).join(cross)}${right}`
  const line = (cells: readonly string[]): string => `│${widths.map((width, at) => ` ${pad(cells[at] ?? '', width)} `).join('│')}│`
  const titles = header.map((title, at) => ' '.repeat(Math.floor(((widths[at] ?? 0) - widthOf(title)) / 2)) + title)
  return [rule('┌', '┬', '┐'), line(titles), rule('├', '┼', '┤'), ...rows.map(line), rule('└', '┴', '┘'), ''].join('\n')
}

const widthOf = (text: string): number => Array.from(text).length
const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)))
