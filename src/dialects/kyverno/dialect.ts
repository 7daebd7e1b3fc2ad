import type { JsonObject } from '../../core/json.ts'
import type { Manifest } from '../../kube/manifest.ts'
import type { Compilation, Dialect, PolicyKind } from '../../policy/dialect.ts'
import { kyvernoAdmission } from './admission/admission.ts'
import { checkException, checkPolicy } from './checks.ts'
import { compileClusterPolicy } from './cluster-policy/compile.ts'
import { policyColumns, policyStatus } from './cluster-policy/status.ts'
import { createExpressions } from './expressions.ts'
import type { CompiledException } from './policy-exception.ts'
import { compileException } from './policy-exception.ts'
import { kyvernoTestSuite } from './test-suite.ts'
import { inputFormats } from './inputs.ts'

/** What Kyverno's definition fills in; the rest is as it was written. */
const policySchema: JsonObject = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
      properties: {
        admission: { type: 'boolean', default: true },
        background: { type: 'boolean', default: true },
        emitWarning: { type: 'boolean', default: false },
      },
    },
    status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
}

const clusterPolicy: PolicyKind = {
  apiVersions: ['kyverno.io/v1', 'kyverno.io/v2beta1'],
  kind: 'ClusterPolicy',
  plural: 'clusterpolicies',
  shortNames: ['cpol'],
  namespaced: false,
  role: 'policy',
  categories: ['kyverno'],
  columns: policyColumns,
  schema: () => policySchema,
  check: checkPolicy,
  status: policyStatus,
}

const policy: PolicyKind = { ...clusterPolicy, kind: 'Policy', plural: 'policies', shortNames: ['pol'], namespaced: true }

const policyException: PolicyKind = {
  apiVersions: [
    'kyverno.io/v2',
    'kyverno.io/v2beta1',
    'kyverno.io/v2alpha1',
    'policies.kyverno.io/v1',
    'policies.kyverno.io/v1beta1',
    'policies.kyverno.io/v1alpha1',
  ],
  kind: 'PolicyException',
  plural: 'policyexceptions',
  shortNames: ['polex'],
  namespaced: true,
  role: 'companion',
  check: checkException,
}

/** Kyverno's policies. */
export const kyverno: Dialect = {
  name: 'kyverno',
  kinds: [clusterPolicy, policy, policyException],
  testSuites: [kyvernoTestSuite],
  inputs: inputFormats,
  admission: kyvernoAdmission,
  compile: compileAll,
}

/** Exceptions first, then the policies with those that name them. */
function compileAll(manifests: readonly Manifest[]): Compilation {
  const rejected: Compilation['rejected'][number][] = []
  const exceptions: CompiledException[] = []
  for (const manifest of manifests) {
    if (manifest.object.kind !== policyException.kind) continue
    const exception = compileException(manifest)
    if (exception.ok) exceptions.push(exception.value)
    else rejected.push({ manifest, diagnostics: exception.error })
  }
  const expressions = createExpressions()
  const policies = manifests.flatMap((manifest) => {
    if (manifest.object.kind === policyException.kind) return []
    const compiled = compileClusterPolicy(manifest, exceptions, expressions)
    if (compiled.ok) return [compiled.value]
    rejected.push({ manifest, diagnostics: compiled.error })
    return []
  })
  return { policies, rejected }
}
