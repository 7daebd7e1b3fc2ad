import type { Diagnostic } from '../../core/diagnostic.ts'
import { compileManifests } from '../../engine/engine.ts'
import { kindOf } from '../../policy/dialect.ts'
import type { Command, Options } from '../command.ts'
import type { ExitStatus, Host } from '../host.ts'
import { exit } from '../host.ts'
import { loadPaths } from '../load.ts'
import { showDiagnostics } from '../show.ts'

export const lint: Command = {
  name: 'lint',
  usage: 'POLICY...',
  summary: 'Check policies: what a cluster would refuse or warn about, unknown fields, expressions that cannot work',
  details: 'Exit status: 0 no errors, 1 errors in policies, 2 something could not be read.',
  flags: [{ name: 'deny-warnings', doc: 'exit with 1 for warnings too' }],
  run: runLint,
}

async function runLint(paths: readonly string[], options: Options, host: Host): Promise<ExitStatus> {
  if (paths.length === 0) {
    host.err('expected policies: files, folders, globs or -\n')
    return exit.unusable
  }
  const loaded = await loadPaths(paths, host)
  const policies = loaded.manifests.filter(({ object }) => kindOf(host.dialects, object) !== undefined)
  const checked = policies.flatMap((manifest) => kindOf(host.dialects, manifest.object)?.check(manifest) ?? [])
  const compiled = compileManifests(host.dialects, policies).rejected.flatMap(({ diagnostics }) => diagnostics)
  const found = distinct([...checked, ...compiled])
  const unreadable = showDiagnostics(loaded.diagnostics, host)
  showDiagnostics(found, host)
  const errors = found.filter(({ severity }) => severity === 'error').length
  const warnings = found.length - errors
  host.out(`${policies.length} policies checked: ${errors} errors, ${warnings} warnings\n`)
  if (unreadable) return exit.unusable
  return errors > 0 || (options.on('deny-warnings') && warnings > 0) ? exit.violations : exit.clean
}

/** A problem that both the checks and the compiler find at one place is one. */
function distinct(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>()
  return diagnostics.filter(({ source, span, message }) => {
    const key = `${source.name}:${span.start}:${message}`
    return !seen.has(key) && seen.add(key)
  })
}
