import { objectField, stringField } from '../../../core/fields.ts'
import type { JsonObject } from '../../../core/json.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { Manifest } from '../../../kube/manifest.ts'
import type { GroupVersionKind } from '../../../kube/object.ts'
import { nameOf } from '../../../kube/object.ts'
import type { ApplyTo } from '../mutation/apply-to.ts'
import { kindsOf, readApplyTo } from '../mutation/apply-to.ts'
import type { MutatorProblem } from '../mutation/mutator.ts'

/** An ExpansionTemplate ready to use: which objects make which other objects. */
export interface ExpansionTemplate {
  readonly name: string
  readonly manifest: Manifest
  readonly applyTo: readonly ApplyTo[]
  /** The fields on the way to the template inside the object. */
  readonly source: readonly string[]
  readonly generated: GroupVersionKind
  /** What violations of generated objects lead to; '' leaves it to the constraint. */
  readonly enforcementAction: string
}

const longestName = 63

export function compileExpansion(manifest: Manifest): Result<ExpansionTemplate, MutatorProblem> {
  const name = nameOf(manifest.object)
  const spec = objectField(manifest.object, 'spec') ?? {}
  const source = stringField(spec, 'templateSource') ?? ''
  const generated = readKind(objectField(spec, 'generatedGVK'))
  const applyTo = readApplyTo(spec)
  const problem = (message: string, ...path: readonly string[]): Result<never, MutatorProblem> => err({ path, message })
  if (name === '') return problem('ExpansionTemplate has empty name field', 'metadata', 'name')
  if (name.length > longestName)
    return problem(`ExpansionTemplate name must be less than ${longestName + 1} characters`, 'metadata', 'name')
  if (source === '') return problem(`ExpansionTemplate ${name} has empty source field`, 'spec', 'templateSource')
  if (generated.group === '' && generated.version === '' && generated.kind === '')
    return problem(`ExpansionTemplate ${name} has empty generatedGVK field`, 'spec', 'generatedGVK')
  if (applyTo.length === 0) return problem(`ExpansionTemplate ${name} must specify ApplyTo`, 'spec', 'applyTo')
  if (kindsOf(applyTo).some((kind) => kindKey(kind) === kindKey(generated)))
    return problem(
      `ExpansionTemplate ${name} generates GVK ${kindText(generated)}, but also applies to that same GVK`,
      'spec',
      'generatedGVK',
    )
  const enforcementAction = stringField(spec, 'enforcementAction') ?? ''
  return ok({ name, manifest, applyTo, source: source.split('.'), generated, enforcementAction })
}

const readKind = (object: JsonObject | undefined): GroupVersionKind => ({
  group: stringField(object, 'group') ?? '',
  version: stringField(object, 'version') ?? '',
  kind: stringField(object, 'kind') ?? '',
})

export const kindKey = ({ group, version, kind }: GroupVersionKind): string => JSON.stringify([group, version, kind])

/** How Go prints a GroupVersionKind. */
export const kindText = ({ group, version, kind }: GroupVersionKind): string => `${group}/${version}, Kind=${kind}`
