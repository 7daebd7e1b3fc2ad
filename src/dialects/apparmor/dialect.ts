import type { Diagnostic } from '../../core/diagnostic.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject, valueAt } from '../../core/json.ts'
import type { Manifest } from '../../kube/manifest.ts'
import { locate } from '../../kube/yaml/yaml.ts'
import type { Compilation, Dialect, PolicyKind, PolicyState } from '../../policy/dialect.ts'
import { appArmorAdmission } from './admission.ts'
import { compilePolicy } from './policy.ts'
import type { Problem } from './settings.ts'
import { readSettings } from './settings.ts'

const columns: readonly JsonObject[] = [
  { name: 'DEFAULT', type: 'string', jsonPath: '.spec.defaultProfileName' },
  { name: 'ALLOWED', type: 'string', jsonPath: '.spec.allowedProfileNames' },
  { name: 'READY', type: 'string', jsonPath: '.status.conditions[?(@.type == "Ready")].status' },
  { name: 'ACTION', type: 'string', jsonPath: '.spec.action' },
  { name: 'AGE', type: 'date', jsonPath: '.metadata.creationTimestamp' },
]

const appArmorPolicy: PolicyKind = {
  apiVersions: ['kanon.dev/v1alpha1'],
  kind: 'AppArmorPolicy',
  plural: 'apparmorpolicies',
  shortNames: ['aap'],
  namespaced: false,
  role: 'policy',
  categories: ['kanon'],
  columns,
  status: policyStatus,
  check: (manifest) => readSettings(manifest.object).problems.map((problem) => toDiagnostic(manifest, problem)),
}

/** Kanon's own policies about AppArmor profiles: what PodSecurityPolicy did about them, and what the scheduler does not. */
export const appArmor: Dialect = {
  name: 'apparmor',
  kinds: [appArmorPolicy],
  testSuites: [],
  admission: appArmorAdmission,
  compile,
}

/** A policy with something wrong is not run at all: half of it would not be what its author meant. What is wrong is said by the check of the kind. */
function compile(manifests: readonly Manifest[]): Compilation {
  const read = manifests.map((manifest) => ({ manifest, ...readSettings(manifest.object) }))
  return {
    policies: read.filter(({ problems }) => !problems.some(isError)).map(({ manifest, settings }) => compilePolicy(manifest, settings)),
    rejected: read
      .filter(({ problems }) => problems.some(isError))
      .map(({ manifest, problems }) => ({
        manifest,
        diagnostics: problems.filter(isError).map((problem) => toDiagnostic(manifest, problem)),
      })),
  }
}

/** Whether the policy is enforced, or why it is not. The time of a condition is that of its last change. */
function policyStatus({ object }: Manifest, state: PolicyState, now: Date): JsonObject {
  const wanted = state.ready
    ? { message: 'Ready', reason: 'Succeeded', status: 'True', type: 'Ready' }
    : { message: state.message, reason: 'Failed', status: 'False', type: 'Ready' }
  const known = valueAt(object, ['status', 'conditions', 0])
  const isSame = known !== undefined && isJsonObject(known) && known['status'] === wanted.status
  const since = isSame ? known['lastTransitionTime'] : undefined
  return { conditions: [{ lastTransitionTime: since ?? `${now.toISOString().slice(0, 19)}Z`, ...wanted }] }
}

const isError = ({ code }: Problem): boolean => code !== 'empty-policy'

function toDiagnostic({ document }: Manifest, problem: Problem): Diagnostic {
  const { code, path, message, help } = problem
  return {
    code,
    severity: isError(problem) ? 'error' : 'warning',
    message,
    source: document.source,
    span: locate(document, path, code === 'unknown-field' ? 'key' : 'value'),
    ...(help === undefined ? {} : { help }),
  }
}
