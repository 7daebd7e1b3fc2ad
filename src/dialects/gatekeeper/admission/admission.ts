import type { AdmissionFace } from '../../../policy/admission.ts'
import { mutateRoute } from '../mutation/admission.ts'
import type { TemplateOptions } from '../template/template.ts'
import { upstreamOptions } from '../template/template.ts'
import { labelVerdict } from './ignore-label.ts'
import { validatingVerdict } from './verdict.ts'
import { webhookConfigurations } from './webhooks.ts'

/** Gatekeeper's webhooks. Its own kinds are checked at the path of all others. */
export const gatekeeperAdmission = (options: TemplateOptions = upstreamOptions): AdmissionFace => ({
  policyRoutes: [
    {
      path: '/v1/admit',
      phases: ['validate'],
      takes: (policy) => policy.admission && policy.effects.has('validate'),
      answer: (request, outcomes) => validatingVerdict(request, outcomes, options),
    },
    { path: '/v1/admitlabel', phases: [], takes: () => false, answer: labelVerdict },
    mutateRoute,
  ],
  manifestRoutes: [],
  webhookConfigurations,
  ignores: () => false,
})
