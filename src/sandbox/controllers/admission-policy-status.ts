import { objectAt } from '../../core/fields.ts'
import type { Controller, ControllerContext } from './controller.ts'
import { done, keyOf, writeStatus } from './controller.ts'
import { admissionPolicies } from './kinds.ts'

/** Says of every ValidatingAdmissionPolicy that its expressions have been looked at. Types are not checked: warnings are never added. */
export const admissionPolicyStatus = ({ client }: ControllerContext): Controller => ({
  name: 'validatingadmissionpolicy-status',
  kinds: [admissionPolicies],
  keysOf: ({ object }) => [keyOf(object)],
  reconcile: async ({ name }) => {
    const policy = client.get(admissionPolicies, '', name)
    if (policy === undefined) return done
    const generation = objectAt(policy, 'metadata')['generation']
    const status = objectAt(policy, 'status')
    if (generation === undefined || status['observedGeneration'] === generation) return done
    const written = await writeStatus(client, admissionPolicies, policy, { ...status, observedGeneration: generation, typeChecking: {} })
    return written.ok || written.error.reason === 'NotFound' ? done : written
  },
})
