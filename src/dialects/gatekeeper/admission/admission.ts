import type { AdmissionFace } from '../../../policy/admission.ts'
import { mutateRoute } from '../mutation/admission.ts'
import { labelVerdict } from './ignore-label.ts'
import { validatingVerdict } from './verdict.ts'
import { webhookConfigurations } from './webhooks.ts'

/** Gatekeeper's webhooks. Its own kinds are checked at the path of all others. */
export const gatekeeperAdmission: AdmissionFace = {
  policyRoutes: [
    {
      path: '/v1/admit',
      phases: ['validate'],
      takes: (policy) => policy.admission && policy.effects.has('validate'),
      answer: validatingVerdict,
    },
    { path: '/v1/admitlabel', phases: [], takes: () => false, answer: labelVerdict },
    mutateRoute,
  ],
  manifestRoutes: [],
  webhookConfigurations,
  ignores: () => false,
}
