import { numberField, objectField, stringField } from '../../../core/fields.ts'
import type { JsonObject } from '../../../core/json.ts'
import type { Manifest } from '../../../kube/manifest.ts'
import { groupVersionKind } from '../../../kube/object.ts'
import type { Schema } from '../../../kube/schema.ts'
import type { Compilation, PolicyKind, PolicyState } from '../../../policy/dialect.ts'
import { diagnoseProblem, structureCheck } from '../mutation/check.ts'
import { applyToSchema } from '../mutation/schemas.ts'
import { problemAt } from '../read.ts'
import type { Expander } from './expand.ts'
import { createExpander } from './expand.ts'
import type { ExpansionTemplate } from './template.ts'
import { compileExpansion } from './template.ts'

const group = 'expansion.gatekeeper.sh'
const kind = 'ExpansionTemplate'
const string: Schema = { type: 'string' }
const object = (properties: Readonly<Record<string, Schema>>): Schema => ({ type: 'object', properties })

const schema = object({
  apiVersion: string,
  kind: string,
  metadata: { type: 'object' },
  spec: object({
    applyTo: applyToSchema,
    enforcementAction: string,
    generatedGVK: object({ group: string, kind: string, version: string }),
    templateSource: string,
  }),
})

/** Templates of what workloads make, consulted by constraints. */
export const expansionTemplateKind: PolicyKind = {
  apiVersions: [`${group}/v1beta1`, `${group}/v1alpha1`],
  kind,
  plural: 'expansiontemplate',
  shortNames: [],
  namespaced: false,
  role: 'companion',
  check: structureCheck(schema),
  status: expansionStatus,
}

/** Why upstream's admission refuses an ExpansionTemplate (code 422). */
export function expansionRefusal(manifest: Manifest): string | undefined {
  const compiled = compileExpansion(manifest)
  return compiled.ok ? undefined : compiled.error.message
}

export const isExpansionTemplate = (manifest: Manifest): boolean =>
  manifest.object.kind === kind && groupVersionKind(manifest.object).group === group

/** The ExpansionTemplates among some manifests. */
export interface CompiledExpansions extends Pick<Compilation, 'rejected'> {
  readonly expander: Expander
}

/** Compiles the ExpansionTemplates among `manifests`; the others are not looked at. */
export function compileExpansions(manifests: readonly Manifest[]): CompiledExpansions {
  const rejected: Compilation['rejected'][number][] = []
  const templates = new Map<string, ExpansionTemplate>()
  for (const manifest of manifests.filter(isExpansionTemplate)) {
    const compiled = compileExpansion(manifest)
    if (compiled.ok) templates.set(compiled.value.name, compiled.value)
    else rejected.push({ manifest, diagnostics: [diagnoseProblem(manifest, compiled.error, 'invalid-expansion-template')] })
  }
  const expander = createExpander([...templates.values()])
  for (const { manifest } of expander.cyclic) {
    const problem = { code: 'expansion-cycle', message: 'template forms expansion cycle' }
    rejected.push({ manifest, diagnostics: [problemAt(manifest, ['spec', 'generatedGVK'], problem)] })
  }
  return { expander, rejected }
}

function expansionStatus(manifest: Manifest, state: PolicyState): JsonObject {
  const metadata = objectField(manifest.object, 'metadata')
  const own: JsonObject = {
    id: 'kanon',
    observedGeneration: numberField(metadata, 'generation') ?? 1,
    operations: ['webhook'],
    templateUID: stringField(metadata, 'uid') ?? '',
  }
  return { byPod: [state.ready ? own : { ...own, errors: [{ message: state.message }] }] }
}
