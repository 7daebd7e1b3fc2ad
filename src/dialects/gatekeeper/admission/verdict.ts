import { objectField } from '../../../core/fields.ts'
import { compareText } from '../../../core/go-format.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { groupVersionKind, nameOf } from '../../../kube/object.ts'
import type { Manifest } from '../../../kube/manifest.ts'
import type { Verdict } from '../../../policy/admission.ts'
import { allow } from '../../../policy/admission.ts'
import type { Enforcement, PolicyOutcome } from '../../../policy/policy.ts'
import type { PolicyRequest } from '../../../policy/request.ts'
import { checkConstraint } from '../constraint/check.ts'
import { compileMatch } from '../constraint/match.ts'
import { expansionRefusal, isExpansionTemplate } from '../expansion/kind.ts'
import { isMutator, mutatorRefusal } from '../mutation/check.ts'
import { isProvider, providerRefusal } from '../provider.ts'
import { constraintGroup } from '../template/definition.ts'
import type { TemplateOptions } from '../template/template.ts'
import { upstreamOptions, compileTemplate, templateWarnings } from '../template/template.ts'
import { ownGroups } from './webhooks.ts'

/** Refused where a constraint denies: a line for each of its messages. Those that only warn say so in any case. */
export function validatingVerdict(
  request: PolicyRequest,
  outcomes: readonly PolicyOutcome[],
  options: TemplateOptions = upstreamOptions,
): Verdict {
  const own = ownManifest(request, options)
  if (own !== undefined && !own.allowed) return own
  const broken = outcomes.flatMap(({ rules }) => rules).find(({ result, enforcement }) => result === 'error' && enforcement === 'deny')
  if (broken !== undefined) return { ...allow, allowed: false, message: broken.message, code: 500 }
  const warnings = [...(own?.warnings ?? []), ...lines(outcomes, 'warn')]
  const denials = lines(outcomes, 'deny')
  if (denials.length === 0) return { ...allow, warnings }
  return { ...allow, allowed: false, message: denials.join('\n'), code: 403, reason: 'Forbidden', warnings }
}

/** `[constraint] message` of each violation, in the order of messages. */
function lines(outcomes: readonly PolicyOutcome[], wanted: Enforcement): readonly string[] {
  return outcomes
    .flatMap(({ policy, rules }) =>
      rules
        .filter(({ result, enforcement }) => enforcement === wanted && (result === 'fail' || result === 'warn'))
        .map(({ message }) => ({ name: policy.name, message })),
    )
    .sort((a, b) => compareText(a.message, b.message) || compareText(a.name, b.name))
    .map(({ name, message }) => `[${name}] ${message}`)
}

/** What is to be said of Gatekeeper's own kinds; undefined for all others. */
function ownManifest({ object, operation }: PolicyRequest, options: TemplateOptions): Verdict | undefined {
  if (object === undefined || operation === 'DELETE') return undefined
  const { group } = groupVersionKind(object)
  // Most objects are none of them, and a manifest is not for nothing.
  if (!ownGroups.includes(group)) return undefined
  const manifest = manifestOf(object)
  if (group === 'templates.gatekeeper.sh') return templateVerdict(manifest, options)
  if (isMutator(manifest)) return plainVerdict(mutatorRefusal(manifest))
  if (isExpansionTemplate(manifest)) return plainVerdict(expansionRefusal(manifest))
  if (isProvider(manifest)) return plainVerdict(providerRefusal(manifest))
  return group === constraintGroup ? constraintVerdict(manifest) : undefined
}

const plainVerdict = (message: string | undefined): Verdict => (message === undefined ? allow : refusal(message))
const refusal = (message: string): Verdict => ({ ...allow, allowed: false, message, code: 422 })

/** A template that does not compile is refused: were it stored, its constraints would no longer hold. */
function templateVerdict(manifest: Manifest, options: TemplateOptions): Verdict {
  if (manifest.object.kind !== 'ConstraintTemplate') return allow
  const template = compileTemplate(manifest, options)
  if (!template.ok) return refusal(template.error.map(({ message }) => message).join('; '))
  return { ...allow, warnings: templateWarnings(manifest, options).map(({ message }) => message) }
}

function constraintVerdict(manifest: Manifest): Verdict {
  const [wrong] = checkConstraint(manifest)
  if (wrong !== undefined) return refusal(wrong.message)
  const match = compileMatch(objectField(objectField(manifest.object, 'spec'), 'match'))
  return match.ok ? allow : refusal(`invalid Constraint: ${match.error}`)
}

function manifestOf(object: KubeObject): Manifest {
  const text = JSON.stringify(object)
  const source = { name: `${object.kind}/${nameOf(object)}`, text }
  return { object, document: { source, start: 0, end: text.length, base: [], value: object } }
}
