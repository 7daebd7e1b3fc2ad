import { compileManifests } from '../../engine/engine.ts'
import { kindOf } from '../../policy/dialect.ts'
import type { Command, Options } from '../command.ts'
import type { ExitStatus, Host } from '../host.ts'
import { exit } from '../host.ts'
import { loadPaths } from '../load.ts'
import { problemsOf } from '../problems.ts'
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
  const found = problemsOf(policies, host.dialects, compileManifests(host.dialects, policies))
  const unreadable = showDiagnostics(loaded.diagnostics, host)
  showDiagnostics(found, host)
  const errors = found.filter(({ severity }) => severity === 'error').length
  const warnings = found.length - errors
  const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`
  host.out(
    `${policies.length} ${policies.length === 1 ? 'policy' : 'policies'} checked: ${count(errors, 'error')}, ${count(warnings, 'warning')}\n`,
  )
  if (unreadable) return exit.unusable
  return errors > 0 || (options.on('deny-warnings') && warnings > 0) ? exit.violations : exit.clean
}
