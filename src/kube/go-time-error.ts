import type { TimeProblem } from './go-time.ts'

/** The text of the error of time.Parse: `parsing time "x" as "2006": cannot parse "x" as "2006"`. */
export function timeErrorText(layout: string, text: string, problem: TimeProblem): string {
  const parsing = `parsing time ${quoteTime(text)}`
  switch (problem.kind) {
    case 'extra':
      return `${parsing}: extra text: ${quoteTime(problem.found)}`
    case 'part':
      return `${parsing} as ${quoteTime(layout)}: cannot parse ${quoteTime(problem.found)} as ${quoteTime(problem.part)}`
    case 'impossible':
      return `${parsing}: ${problem.what}`
  }
}

/** As errors of Go's package time quote: the bytes of what is not ASCII, or does not print, as hexadecimal numbers. */
export function quoteTime(text: string): string {
  let quoted = ''
  for (const byte of Buffer.from(text)) {
    const character = String.fromCharCode(byte)
    if (byte >= 0x80 || byte < 0x20) quoted += `\\x${byte.toString(16).padStart(2, '0')}`
    else quoted += character === '"' || character === '\\' ? `\\${character}` : character
  }
  return `"${quoted}"`
}
