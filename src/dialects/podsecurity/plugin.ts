import type { AdmissionPlugin, ClusterView } from '../../policy/admission-plugin.ts'
import type { PolicyRequest } from '../../policy/request.ts'
import type { Answer } from './answer.ts'
import { allow } from './answer.ts'
import type { Context } from './context.ts'
import { contextOf } from './context.ts'
import { validateNamespace } from './namespaces.ts'
import type { PodSecurityOptions } from './options.ts'
import { hasPodTemplate } from './pod-template.ts'
import { validatePod, validateWorkload } from './pods.ts'

/** The `PodSecurity` admission plugin of the API server. */
export function podSecurityPlugin(options: PodSecurityOptions): AdmissionPlugin {
  const context = contextOf(options)
  return { name: 'PodSecurity', validate: (request, cluster) => validate(context, request, cluster) }
}

function validate(context: Context, request: PolicyRequest, cluster: ClusterView): Answer {
  if (request.operation !== 'CREATE' && request.operation !== 'UPDATE') return allow()
  const of = { group: request.kind.group, resource: request.resource }
  if (of.group === '' && of.resource === 'pods') return validatePod(context, request, cluster)
  if (of.group === '' && of.resource === 'namespaces') return validateNamespace(context, request, cluster)
  return hasPodTemplate(of) ? validateWorkload(context, request, cluster) : allow()
}
