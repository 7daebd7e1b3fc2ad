import type { Diagnostic } from '../../../core/diagnostic.ts'
import { numberField, objectField, stringField } from '../../../core/fields.ts'
import type { JsonObject, JsonPath } from '../../../core/json.ts'
import { printFieldError } from '../../../kube/field-error.ts'
import type { Manifest } from '../../../kube/manifest.ts'
import { groupVersionKind } from '../../../kube/object.ts'
import { compileValidator } from '../../../kube/structural-schema/validate.ts'
import type { Schema } from '../../../kube/schema.ts'
import { locateInside } from '../../../kube/yaml/yaml.ts'
import type { PolicyKind, PolicyState } from '../../../policy/dialect.ts'
import { problemAt } from '../read.ts'
import { compileMutator } from './compile.ts'
import type { MutatorKind, MutatorProblem } from './mutator.ts'
import { mutationGroup, mutatorKinds } from './mutator.ts'
import { mutatorSchema } from './schemas.ts'

export const isMutator = ({ object }: Manifest): boolean =>
  groupVersionKind(object).group === mutationGroup && mutatorKinds.some((kind) => kind === object.kind)

/** A problem of compiling as a diagnostic that points into the manifest. */
export function diagnoseProblem(manifest: Manifest, { path, message, inside }: MutatorProblem, code = 'invalid-mutator'): Diagnostic {
  const diagnostic = problemAt(manifest, path, { code, message })
  if (inside === undefined) return diagnostic
  const span = locateInside(manifest.document, path, inside.text, { start: inside.start, end: inside.start + 1 })
  return { ...diagnostic, span }
}

/**
 * The check of a kind: what the API server says of a manifest that does not have the structure of its kind.
 * What is wrong with its meaning is said when it is compiled.
 */
export function structureCheck(schema: Schema): PolicyKind['check'] {
  const validate = compileValidator(schema)
  return (manifest) =>
    validate(manifest.object).map((error) =>
      problemAt(manifest, pathOf(error.field), { code: 'invalid-structure', message: printFieldError(error) }),
    )
}

/** `spec.applyTo[0].kinds` as a path. */
const pathOf = (field: string): JsonPath =>
  [...field.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, name = '']) => (index === undefined ? name : Number(index)))

/** Why upstream's admission refuses a mutator (code 422). */
export function mutatorRefusal(manifest: Manifest): string | undefined {
  const compiled = compileMutator(manifest)
  return compiled.ok ? undefined : compiled.error.message
}

const plurals: Readonly<Record<MutatorKind, string>> = {
  Assign: 'assign',
  AssignMetadata: 'assignmetadata',
  AssignImage: 'assignimage',
  ModifySet: 'modifyset',
}

/** The kinds of mutators. */
export const mutatorPolicyKinds: readonly PolicyKind[] = mutatorKinds.map((kind) => ({
  apiVersions: (kind === 'AssignImage' ? ['v1alpha1'] : ['v1', 'v1beta1', 'v1alpha1']).map((version) => `${mutationGroup}/${version}`),
  kind,
  plural: plurals[kind],
  shortNames: [],
  namespaced: false,
  role: 'policy',
  check: structureCheck(mutatorSchema(kind)),
  status: mutatorStatus,
}))

/** `status` of a mutator: whether it is enforced, and why not. */
function mutatorStatus({ object }: Manifest, state: PolicyState): JsonObject {
  const metadata = objectField(object, 'metadata')
  const own: JsonObject = {
    id: 'kanon',
    mutatorUID: stringField(metadata, 'uid') ?? '',
    observedGeneration: numberField(metadata, 'generation') ?? 1,
    operations: ['mutation-controller', 'mutation-webhook'],
  }
  if (state.ready) return { byPod: [{ ...own, enforced: true }] }
  const conflicts = state.message.startsWith('the following mutators have conflicting schemas')
  const error = { message: state.message, ...(conflicts ? { type: 'SchemaConflict' } : {}) }
  return { byPod: [{ ...own, enforced: false, errors: [error] }] }
}
