import type { Diagnostic } from '../core/diagnostic.ts'
import type { Manifest } from '../kube/manifest.ts'
import type { Compilation, Dialect } from '../policy/dialect.ts'
import { kindOf } from '../policy/dialect.ts'

/**
 * What is wrong with policies: what their kinds' checks find, and what the compiler refuses where the checks found no error in the same manifest,
 * so that one mistake is reported once.
 */
export function problemsOf(manifests: readonly Manifest[], dialects: readonly Dialect[], compilation: Compilation): readonly Diagnostic[] {
  const checked = new Map(manifests.map((manifest) => [manifest, kindOf(dialects, manifest.object)?.check(manifest) ?? []]))
  const isExplained = (manifest: Manifest): boolean => checked.get(manifest)?.some(({ severity }) => severity === 'error') ?? false
  const refused = compilation.rejected.filter(({ manifest }) => !isExplained(manifest)).flatMap(({ diagnostics }) => diagnostics)
  return [...[...checked.values()].flat(), ...refused]
}
