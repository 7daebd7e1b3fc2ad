import type { Diagnostic } from '../../../core/diagnostic.ts'
import type { JsonPath } from '../../../core/json.ts'
import type { Span } from '../../../core/source.ts'
import type { Manifest } from '../../../kube/manifest.ts'
import { locate, locateInside } from '../../../kube/yaml/yaml.ts'

/** Where in the manifest: a key, a value, or a part of the text that is the value. */
export interface Place {
  readonly path: JsonPath
  readonly part?: 'key' | 'value'
  readonly inside?: { readonly text: string; readonly span: Span }
}

/** Collects what is wrong with one manifest. */
export interface Report {
  readonly error: (code: string, place: Place, message: string, help?: string) => void
  readonly warning: (code: string, place: Place, message: string, help?: string) => void
  readonly diagnostics: () => readonly Diagnostic[]
}

/** A file can be wrong in every line; nobody reads more than this of one manifest. */
const most = 200

export function createReport({ document }: Manifest): Report {
  const found: Diagnostic[] = []
  const add = (
    severity: Diagnostic['severity'],
    place: Place,
    problem: { code: string; message: string; help: string | undefined },
  ): void => {
    if (found.length >= most) return
    const { path, part = 'value', inside } = place
    const span = inside === undefined ? locate(document, path, part) : locateInside(document, path, inside.text, inside.span)
    const diagnostic = { code: problem.code, severity, message: problem.message, source: document.source, span }
    found.push(problem.help === undefined ? diagnostic : { ...diagnostic, help: problem.help })
  }
  return {
    error: (code, place, message, help) => add('error', place, { code, message, help }),
    warning: (code, place, message, help) => add('warning', place, { code, message, help }),
    diagnostics: () => found,
  }
}

/** `spec.rules[0].match`, as people write paths. */
export function printPath(path: JsonPath): string {
  return path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('')
}
