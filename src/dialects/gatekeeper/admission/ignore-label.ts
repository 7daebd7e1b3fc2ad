import { labelsOf } from '../../../kube/object.ts'
import type { Verdict } from '../../../policy/admission.ts'
import { allow } from '../../../policy/admission.ts'
import type { PolicyRequest } from '../../../policy/request.ts'
import { gatekeeperNamespace } from '../config.ts'

/** Namespaces with this label are not guarded. */
export const ignoreLabel = 'admission.gatekeeper.sh/ignore'

/** Namespaces that may have the label: those of the guards themselves. */
const exempt: ReadonlySet<string> = new Set([gatekeeperNamespace, 'kanon'])

/** Nobody may take a namespace out of the policies by labelling it. */
export function labelVerdict({ object, name }: PolicyRequest): Verdict {
  if (object === undefined || exempt.has(name) || !Object.hasOwn(labelsOf(object), ignoreLabel)) return allow
  return {
    ...allow,
    allowed: false,
    message: `Only exempt namespace can have the ${ignoreLabel} label`,
    code: 403,
    reason: 'Forbidden',
  }
}
