import { dirname } from 'node:path'
import { readSource } from '../cluster/files.ts'
import type { Diagnostic } from '../core/diagnostic.ts'
import type { Result } from '../core/result.ts'
import { ok } from '../core/result.ts'
import type { Source } from '../core/source.ts'
import type { PodSecurityConfiguration } from '../dialects/podsecurity/podsecurity.ts'
import { parsePodSecurityConfiguration, podSecurityPlugin, privilegedConfiguration } from '../dialects/podsecurity/podsecurity.ts'
import type { AdmissionPlugin } from '../policy/admission-plugin.ts'

/** From this minor of Kubernetes 1 on a restricted check stands for the baseline checks that it sharpens. */
const firstWithOverrides = 24

/**
 * The admission plugins that dialects bring to the sandbox: those that every API server of that version has on. `configuration` is what
 * `--admission-control-config-file` names.
 */
export function admissionPlugins(
  kubernetesVersion: string,
  configuration: Source | undefined,
): Result<readonly AdmissionPlugin[], readonly Diagnostic[]> {
  if (configuration === undefined) return ok(unconfiguredPlugins(kubernetesVersion))
  // A file that the configuration names is looked for beside it.
  const podSecurity = parsePodSecurityConfiguration(configuration, (path) => readSource(path, dirname(configuration.name)))
  return podSecurity.ok ? ok(pluginsWith(kubernetesVersion, podSecurity.value)) : podSecurity
}

export const unconfiguredPlugins = (kubernetesVersion: string): readonly AdmissionPlugin[] =>
  pluginsWith(kubernetesVersion, privilegedConfiguration)

function pluginsWith(kubernetesVersion: string, configuration: PodSecurityConfiguration): readonly AdmissionPlugin[] {
  const [, digits = '36'] = /^v?\d+\.(\d+)/.exec(kubernetesVersion) ?? []
  const newestMinor = Number(digits)
  return [
    podSecurityPlugin({
      configuration,
      newestMinor,
      results: newestMinor < firstWithOverrides ? 'legacy' : 'overrides',
      clock: () => performance.now(),
    }),
  ]
}
