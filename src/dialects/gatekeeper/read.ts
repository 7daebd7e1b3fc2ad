import type { Diagnostic } from '../../core/diagnostic.ts'
import type { JsonPath } from '../../core/json.ts'
import type { Manifest } from '../../kube/manifest.ts'
import { locate } from '../../kube/yaml/yaml.ts'

/** A diagnostic that points into a manifest: at the nearest part of the path that exists. */
export function problemAt(
  { document }: Manifest,
  path: JsonPath,
  { code, message, severity = 'error' }: { readonly code: string; readonly message: string; readonly severity?: Diagnostic['severity'] },
): Diagnostic {
  return { code, severity, message, source: document.source, span: locate(document, path, 'value') }
}
