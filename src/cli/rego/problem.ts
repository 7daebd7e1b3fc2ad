import type { Diagnostic } from '../../core/diagnostic.ts'
import { lineAndColumn, lineAt } from '../../core/source.ts'
import type { RegoError } from '../../languages/rego/rego.ts'
import { errorText } from '../../languages/rego/rego.ts'
import type { Host } from '../host.ts'
import { showDiagnostics } from '../show.ts'
import type { Out } from './json-out.ts'
import { fields, printOut, value } from './json-out.ts'

/** Something wrong that has no place in a module: a file that cannot be read, an evaluation that ends without a result. */
export interface Problem {
  readonly message: string
  readonly code?: string
  readonly place?: { readonly file: string; readonly row: number; readonly column: number }
}

export const problemOf = ({ code, message, place }: RegoError): Problem => ({ code, message, ...(place === undefined ? {} : { place }) })

/** `{"errors": […]}` on standard output for programs, the lines with carets on standard error for people. */
export function showProblems(problems: readonly (Diagnostic | Problem)[], asJson: boolean, host: Host): void {
  if (asJson) {
    host.out(`${printOut(errorsOut(problems))}\n`)
    return
  }
  showDiagnostics(problems.filter(isDiagnostic), host)
  for (const problem of problems) if (!isDiagnostic(problem)) host.err(`${problemText(problem)}\n`)
}

const isDiagnostic = (problem: Diagnostic | Problem): problem is Diagnostic => 'span' in problem

export function problemText({ code, message, place }: Problem): string {
  if (code === undefined) return message
  return errorText({ code: code as RegoError['code'], message, place })
}

export function errorsOut(problems: readonly (Diagnostic | Problem)[]): Out {
  return fields({ errors: problems.map((problem) => (isDiagnostic(problem) ? diagnosticOut(problem) : problemOut(problem))) })
}

/** An error as OPA prints it in JSON. Columns count characters there; the end of a file is where its last character is. */
function diagnosticOut({ message, code, source, span, details }: Diagnostic): Out {
  const isNowhere = source.text.trim() === '' && message === 'empty module'
  const { line, column } = lineAndColumn(source, span.start)
  const { start } = lineAt(source, line)
  const col =
    [...source.text.slice(start, start + column - 1)].length + (code === 'rego_parse_error' && span.start >= source.text.length ? 0 : 1)
  const location = fields({ file: value(source.name), row: value(isNowhere ? 0 : line), col: value(isNowhere ? 0 : col) })
  return fields({
    message: value(message),
    code: value(code),
    location,
    ...(details === undefined ? {} : { details: value(details.json) }),
  })
}

export function problemOut({ message, code, place }: Problem): Out {
  return fields({
    message: value(message),
    ...(code === undefined ? {} : { code: value(code) }),
    ...(place === undefined ? {} : { location: placeOut(place) }),
  })
}

export const placeOut = ({ file, row, column }: NonNullable<Problem['place']>): Out =>
  fields({ file: value(file), row: value(row), col: value(column) })
