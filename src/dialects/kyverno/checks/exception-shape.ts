import { anyAllConditions, match, podSecurityExclusion } from './match-shape.ts'
import { any, boolean, list, object, string, strings } from './shape.ts'
import type { ObjectShape } from './shape.ts'

/** PolicyException of `kyverno.io`. */
export const policyException: ObjectShape = object(
  {
    apiVersion: string,
    kind: string,
    metadata: any,
    spec: object(
      {
        background: boolean,
        conditions: anyAllConditions,
        exceptions: list(object({ policyName: string, ruleNames: strings }, ['policyName', 'ruleNames'])),
        match,
        podSecurity: list(podSecurityExclusion),
      },
      ['exceptions', 'match'],
    ),
  },
  ['spec'],
)
