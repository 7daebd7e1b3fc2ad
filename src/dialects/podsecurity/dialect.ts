import type { Diagnostic } from '../../core/diagnostic.ts'
import type { Result } from '../../core/result.ts'
import { err } from '../../core/result.ts'
import type { Manifest } from '../../kube/manifest.ts'
import type { Compilation, Dialect, PolicyKind } from '../../policy/dialect.ts'
import type { PodSecurityConfiguration, ReadFile } from './configuration.ts'
import { readPodSecurityConfiguration, versionsOf } from './configuration.ts'
import { compilePodSecurity } from './compiled-policy.ts'

/** Manifests are compiled from what they hold alone. */
const noFiles: ReadFile = () => err('files that a configuration names are read with --pod-security-config')

const read = ({ document }: Manifest): Result<PodSecurityConfiguration, readonly Diagnostic[]> =>
  readPodSecurityConfiguration(document, noFiles)

const kindNamed = (kind: string): PolicyKind => ({
  apiVersions: Object.keys(versionsOf).filter((apiVersion) => versionsOf[apiVersion] === kind),
  kind,
  plural: `${kind.toLowerCase()}s`,
  shortNames: [],
  namespaced: false,
  role: 'policy',
  builtIn: true,
  check: (manifest) => {
    const configuration = read(manifest)
    return configuration.ok ? [] : configuration.error
  },
})

function compile(manifests: readonly Manifest[]): Compilation {
  const compiled = manifests.map((manifest) => ({ manifest, configuration: read(manifest) }))
  return {
    policies: compiled.flatMap(({ manifest, configuration }) =>
      configuration.ok ? [compilePodSecurity(manifest, configuration.value)] : [],
    ),
    rejected: compiled.flatMap(({ manifest, configuration }) => (configuration.ok ? [] : [{ manifest, diagnostics: configuration.error }])),
  }
}

/** The configuration files of Pod Security admission as policies, for files: no cluster serves these kinds. */
export const podSecurity: Dialect = {
  name: 'podsecurity',
  kinds: [kindNamed('PodSecurityConfiguration'), kindNamed('AdmissionConfiguration')],
  testSuites: [],
  compile,
}
