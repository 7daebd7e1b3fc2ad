import { attestors, imageRegistryCredentials, imageVerification } from './image-shape.ts'
import { anyAllConditions, labelSelector, match, matchOrFilter, podSecurityExclusion } from './match-shape.ts'
import { any, boolean, choice, integer, later, list, map, object, string, stringMap, strings } from './shape.ts'
import type { ObjectShape, Shape } from './shape.ts'

/** The `spec` of ClusterPolicy and Policy. Fields that hold other objects (patterns, patches, data) are `any`. */

/** Lower case is deprecated and warned about. */
const failureAction = choice('Audit', 'Enforce', 'audit', 'enforce')
const failureActionOverrides = (action: Shape): Shape => list(object({ action, namespaceSelector: labelSelector, namespaces: strings }))

const contextEntry = object(
  {
    apiCall: object({
      data: list(object({ key: string, value: any }, ['key', 'value'])),
      default: any,
      jmesPath: string,
      method: choice('GET', 'POST'),
      service: object({ caBundle: string, headers: list(object({ key: string, value: string }, ['key', 'value'])), url: string }, ['url']),
      urlPath: string,
    }),
    configMap: object({ name: string, namespace: string }, ['name']),
    globalReference: object({ jmesPath: string, name: string }),
    imageRegistry: object({ imageRegistryCredentials, jmesPath: string, reference: string }, ['reference']),
    name: string,
    variable: object({ default: any, jmesPath: string, value: any }),
  },
  ['name'],
)
const context = list(contextEntry)

const deny = object({ conditions: any })

const validateForeach: Shape = list(
  object({
    anyPattern: any,
    context,
    deny,
    elementScope: boolean,
    foreach: later((): Shape => validateForeach),
    list: string,
    pattern: any,
    preconditions: anyAllConditions,
  }),
)

const cel = object({
  auditAnnotations: list(object({ key: string, valueExpression: string }, ['key', 'valueExpression'])),
  expressions: list(object({ expression: string, message: string, messageExpression: string, reason: string }, ['expression'])),
  generate: boolean,
  paramKind: object({ apiVersion: string, kind: string }),
  paramRef: object({ name: string, namespace: string, parameterNotFoundAction: choice('Allow', 'Deny'), selector: labelSelector }),
  variables: list(object({ expression: string, name: string }, ['expression', 'name'])),
})

const manifests = object({
  annotationDomain: string,
  attestors,
  dryRun: object({ enable: boolean, namespace: string }),
  ignoreFields: list(
    object({
      fields: strings,
      objects: list(object({ group: string, kind: string, name: string, namespace: string, version: string })),
    }),
  ),
  repository: string,
})

const validate = object({
  allowExistingViolations: boolean,
  anyPattern: any,
  assert: any,
  cel,
  deny,
  failureAction: failureAction,
  failureActionOverrides: failureActionOverrides(failureAction),
  foreach: validateForeach,
  manifests,
  message: string,
  pattern: any,
  podSecurity: object({
    exclude: list(podSecurityExclusion),
    level: choice('privileged', 'baseline', 'restricted'),
    version: { type: 'string', pattern: /^(?:latest|v1\.[0-9]+)$/ },
  }),
})

const mutateForeach: Shape = list(
  object({
    context,
    foreach: later((): Shape => mutateForeach),
    list: string,
    order: choice('Ascending', 'Descending'),
    patchStrategicMerge: any,
    patchesJson6902: string,
    preconditions: anyAllConditions,
  }),
)

const mutate = object({
  foreach: mutateForeach,
  mutateExistingOnPolicyUpdate: boolean,
  patchStrategicMerge: any,
  patchesJson6902: string,
  targets: list(
    object({
      apiVersion: string,
      context,
      kind: string,
      name: string,
      namespace: string,
      preconditions: any,
      selector: labelSelector,
      uid: string,
    }),
  ),
})

const generated = {
  apiVersion: string,
  clone: object({ name: string, namespace: string }),
  cloneList: object({ kinds: strings, namespace: string, selector: labelSelector }),
  data: any,
  kind: string,
  name: string,
  namespace: string,
  uid: string,
}

const generate = object({
  ...generated,
  foreach: list(object({ ...generated, context, list: string, preconditions: anyAllConditions })),
  generateExisting: boolean,
  orphanDownstreamOnPolicyDelete: boolean,
  synchronize: boolean,
})

const rule = (ruleMatch: ObjectShape): Shape =>
  object(
    {
      celPreconditions: list(object({ expression: string, name: string }, ['expression', 'name'])),
      context,
      exclude: ruleMatch,
      generate,
      imageExtractors: map(list(object({ jmesPath: string, key: string, name: string, path: string, value: string }, ['path']))),
      match: ruleMatch,
      mutate,
      name: { type: 'string', longest: 63 },
      preconditions: any,
      reportProperties: stringMap,
      skipBackgroundRequests: boolean,
      validate,
      verifyImages: list(imageVerification),
    },
    ['name', 'match'],
  )

const spec = (ruleMatch: ObjectShape): ObjectShape =>
  object({
    admission: boolean,
    applyRules: choice('All', 'One'),
    background: boolean,
    emitWarning: boolean,
    failurePolicy: choice('Ignore', 'Fail'),
    generateExisting: boolean,
    generateExistingOnPolicyUpdate: boolean,
    mutateExistingOnPolicyUpdate: boolean,
    rules: list(rule(ruleMatch)),
    schemaValidation: boolean,
    useServerSideApply: boolean,
    validationFailureAction: failureAction,
    validationFailureActionOverrides: failureActionOverrides(failureAction),
    webhookConfiguration: object({
      failurePolicy: choice('Ignore', 'Fail'),
      matchConditions: list(object({ expression: string, name: string }, ['expression', 'name'])),
      timeoutSeconds: integer(1, 30),
    }),
    webhookTimeoutSeconds: integer(1, 30),
  })

const policy = (ruleMatch: ObjectShape): ObjectShape =>
  object({ apiVersion: string, kind: string, metadata: any, spec: spec(ruleMatch), status: any }, ['spec'])

export const policyV1: ObjectShape = policy(matchOrFilter)
export const policyV2beta1: ObjectShape = policy(match)
