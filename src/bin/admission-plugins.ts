import { podSecurityPlugin, privilegedConfiguration } from '../dialects/podsecurity/podsecurity.ts'
import type { AdmissionPlugin } from '../policy/admission-plugin.ts'

/** The admission plugins that dialects bring to the sandbox: those that every API server of that version has on. */
export function admissionPlugins(kubernetesVersion: string): readonly AdmissionPlugin[] {
  const [, minor = '36'] = /^v?\d+\.(\d+)/.exec(kubernetesVersion) ?? []
  return [
    podSecurityPlugin({
      configuration: privilegedConfiguration,
      newestMinor: Number(minor),
      results: 'overrides',
      clock: () => performance.now(),
    }),
  ]
}
