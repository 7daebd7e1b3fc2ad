import type { Diagnostic } from '../../core/diagnostic.ts'
import type { Json } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { RegoError } from '../../languages/rego/rego.ts'
import { errorText, regoErrorPlace } from '../../languages/rego/rego.ts'
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

/** An error as OPA prints it in JSON. */
function diagnosticOut(diagnostic: Diagnostic): Out {
  const { message, code, source, details } = diagnostic
  const place = regoErrorPlace(diagnostic)
  return fields({
    message: value(message),
    code: value(code),
    ...(place !== undefined && { location: placeOut({ file: source.name, row: place.row, column: place.col }) }),
    ...(details !== undefined && { details: detailsOut(details.json) }),
  })
}

/** The fields themselves are in upstream's order. */
const detailsOut = (json: Json): Out =>
  isJsonObject(json) ? fields(Object.fromEntries(Object.entries(json).map(([key, each]) => [key, value(each)]))) : value(json)

export function problemOut({ message, code, place }: Problem): Out {
  return fields({
    message: value(message),
    ...(code === undefined ? {} : { code: value(code) }),
    ...(place === undefined ? {} : { location: placeOut(place) }),
  })
}

export const placeOut = ({ file, row, column }: NonNullable<Problem['place']>): Out =>
  fields({ file: value(file), row: value(row), col: value(column) })
