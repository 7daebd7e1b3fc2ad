import { textAt } from '../../core/fields.ts'
import type { Defaulter, Draft } from './draft.ts'
import { each, inside, insideMade, setAbsent, setAll, setEmpty } from './draft.ts'

const rbacGroup = 'rbac.authorization.k8s.io'

/** References to roles, users and groups are of RBAC's own group. */
export const roleBinding: Defaulter = (object) => {
  insideMade(object, 'roleRef', (reference) => setEmpty(reference, 'apiGroup', rbacGroup))
  each(object, 'subjects', (subject) => {
    if (subject['kind'] === 'User' || subject['kind'] === 'Group') setEmpty(subject, 'apiGroup', rbacGroup)
  })
}

const servicePort: Defaulter = (owner) => inside(owner, 'service', (service) => setAbsent(service, 'port', 443))
const ruleScope: Defaulter = (rule) => setAbsent(rule, 'scope', '*')

const webhook: Defaulter = (hook) => {
  inside(hook, 'clientConfig', servicePort)
  each(hook, 'rules', ruleScope)
  setAll(hook, setAbsent, { failurePolicy: 'Fail', matchPolicy: 'Equivalent', timeoutSeconds: 10 })
  setAbsent(hook, 'namespaceSelector', {})
  setAbsent(hook, 'objectSelector', {})
}

export const validatingWebhookConfiguration: Defaulter = (object) => each(object, 'webhooks', webhook)

export const mutatingWebhookConfiguration: Defaulter = (object) =>
  each(object, 'webhooks', (hook) => {
    webhook(hook)
    setAbsent(hook, 'reinvocationPolicy', 'Never')
  })

const matchResources: Defaulter = (match) => {
  setAbsent(match, 'matchPolicy', 'Equivalent')
  setAbsent(match, 'namespaceSelector', {})
  setAbsent(match, 'objectSelector', {})
  each(match, 'resourceRules', ruleScope)
  each(match, 'excludeResourceRules', ruleScope)
}

/** ValidatingAdmissionPolicy and MutatingAdmissionPolicy. */
export const admissionPolicy: Defaulter = (object) =>
  insideMade(object, 'spec', (spec) => {
    inside(spec, 'matchConstraints', matchResources)
    setAbsent(spec, 'failurePolicy', 'Fail')
  })

export const admissionPolicyBinding: Defaulter = (object) =>
  inside(object, 'spec', (spec) => inside(spec, 'matchResources', matchResources))

export const customResourceDefinition: Defaulter = (object) =>
  insideMade(object, 'spec', (spec) => {
    inside(spec, 'names', (names) => {
      const kind = textAt(names, 'kind')
      if (kind === '') return
      setEmpty(names, 'singular', kind.toLowerCase())
      setEmpty(names, 'listKind', `${kind}List`)
    })
    insideMade(spec, 'conversion', (conversion) => {
      setEmpty(conversion, 'strategy', 'None')
      inside(conversion, 'webhook', (hook) => inside(hook, 'clientConfig', servicePort))
    })
  })

export const apiService: Defaulter = (object) => inside(object, 'spec', servicePort)

export const flowSchema: Defaulter = (object) => inside(object, 'spec', (spec) => setEmpty(spec, 'matchingPrecedence', 1000))

export const priorityLevelConfiguration: Defaulter = (object) =>
  inside(object, 'spec', (spec) => {
    if (spec['type'] === 'Exempt') insideMade(spec, 'exempt', (exempt) => shares(exempt, 0))
    inside(spec, 'limited', (limited) => {
      shares(limited, 30)
      inside(limited, 'limitResponse', (response) =>
        inside(response, 'queuing', (queuing) => setAll(queuing, setEmpty, { queues: 64, handSize: 8, queueLengthLimit: 50 })),
      )
    })
  })

function shares(draft: Draft, nominal: number): void {
  setAll(draft, setAbsent, { nominalConcurrencyShares: nominal, lendablePercent: 0 })
}
