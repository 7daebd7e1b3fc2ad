import type { AdmissionFace } from '../../../policy/admission.ts'
import { allow } from '../../../policy/admission.ts'
import { isIgnored, settingsAt } from './settings.ts'
import { manifestVerdict, mutatingVerdict, validatingVerdict } from './verdict.ts'
import { pathOf, webhookConfigurations } from './webhooks.ts'

/** Kyverno's webhooks (`kyverno.md`, section 9). A path without `/fail` or `/ignore` is for all policies. */
export const kyvernoAdmission: AdmissionFace = {
  policyRoutes: [
    {
      path: '/validate',
      phases: ['validate'],
      takes: (policy, rest) => policy.admission && (rest === '' || rest === pathOf(policy)),
      answer: validatingVerdict,
    },
    {
      path: '/mutate',
      phases: ['mutate'],
      takes: (policy, rest) => policy.admission && (rest === '' || rest === pathOf(policy)),
      answer: mutatingVerdict,
    },
  ],
  manifestRoutes: [
    { path: '/policyvalidate', answer: manifestVerdict },
    { path: '/policymutate', answer: () => allow },
    { path: '/exceptionvalidate', answer: manifestVerdict },
    { path: '/verifymutate', answer: () => allow },
  ],
  webhookConfigurations,
  ignores: isIgnored,
  settingsAt,
}
