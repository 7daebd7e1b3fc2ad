import type { GoShape, GoStruct } from './go-shape.ts'
import { any, bool, listOf, mapOf, struct, text, time, whole } from './go-shape.ts'

/** The types that upstream decodes what it reads to. */

const int64 = whole('int64')
const texts = listOf(text)
const float: GoShape = { kind: 'float', type: 'float64' }

const metadata = struct('v1.ObjectMeta', {
  name: text,
  generateName: text,
  namespace: text,
  selfLink: text,
  uid: { kind: 'text', type: 'types.UID' },
  resourceVersion: text,
  generation: int64,
  creationTimestamp: time,
  deletionTimestamp: time,
  deletionGracePeriodSeconds: int64,
  labels: mapOf(text),
  annotations: mapOf(text),
  ownerReferences: listOf(
    struct('v1.OwnerReference', { apiVersion: text, kind: text, name: text, uid: text, controller: bool, blockOwnerDeletion: bool }),
  ),
  finalizers: texts,
  managedFields: listOf(
    struct('v1.ManagedFieldsEntry', {
      manager: text,
      operation: text,
      apiVersion: text,
      time,
      fieldsType: text,
      fieldsV1: any,
      subresource: text,
    }),
  ),
})

const head = { apiVersion: text, kind: text, metadata } as const

export const namespaceShape = struct('v1.Namespace', {
  ...head,
  spec: struct('v1.NamespaceSpec', { finalizers: texts }),
  status: struct('v1.NamespaceStatus', {
    phase: text,
    conditions: listOf(
      struct('v1.NamespaceCondition', { type: text, status: text, lastTransitionTime: time, reason: text, message: text }),
    ),
  }),
})

const selector = struct('v1.LabelSelector', {
  matchLabels: mapOf(text),
  matchExpressions: listOf(struct('v1.LabelSelectorRequirement', { key: text, operator: text, values: texts })),
})

const match = struct('match.Match', {
  source: text,
  kinds: listOf(struct('match.Kinds', { apiGroups: texts, kinds: texts })),
  scope: text,
  namespaces: texts,
  excludedNamespaces: texts,
  labelSelector: selector,
  namespaceSelector: selector,
  name: text,
})

const applyTo = listOf(struct('match.ApplyTo', { groups: texts, kinds: texts, versions: texts }))
const assign = struct('v1.AssignField', {
  value: any,
  fromMetadata: struct('v1.FromMetadata', { field: text }),
  externalData: struct('v1.ExternalData', { provider: text, dataSource: text, failurePolicy: text, default: text }),
})
const pathTests = listOf(struct('v1.PathTest', { subPath: text, condition: text }))

const mutator = (kind: string, parameters: Readonly<Record<string, GoShape>>): GoStruct =>
  struct(`v1.${kind}`, {
    ...head,
    spec: struct(`v1.${kind}Spec`, {
      ...(kind === 'AssignMetadata' ? {} : { applyTo }),
      match,
      location: text,
      parameters: struct('v1.Parameters', parameters),
    }),
  })

export const mutatorShapes: Readonly<Record<string, GoStruct>> = {
  Assign: mutator('Assign', { pathTests, assign }),
  AssignMetadata: mutator('AssignMetadata', { assign }),
  AssignImage: mutator('AssignImage', { pathTests, assignDomain: text, assignPath: text, assignTag: text }),
  ModifySet: mutator('ModifySet', {
    pathTests,
    operation: text,
    values: struct('v1.Values', { fromList: listOf(any) }),
  }),
}

export const expansionShape = struct('v1.ExpansionTemplate', {
  ...head,
  spec: struct('v1.ExpansionTemplateSpec', {
    applyTo,
    templateSource: text,
    generatedGVK: struct('v1.GeneratedGVK', { group: text, version: text, kind: text }),
    enforcementAction: text,
  }),
})

/** A schema holds schemas. `items` and `additionalProperties` have decoders of their own, and are read as far as they are schemas. */
const schema: GoStruct = { kind: 'struct', type: 'v1.JSONSchemaProps', fields: () => schemaFields }
const schemas = listOf(schema)
const schemaMap = mapOf(schema)
const schemaFields: Readonly<Record<string, GoShape>> = {
  id: text,
  $schema: text,
  $ref: text,
  description: text,
  type: text,
  format: text,
  title: text,
  maximum: float,
  exclusiveMaximum: bool,
  minimum: float,
  exclusiveMinimum: bool,
  maxLength: int64,
  minLength: int64,
  pattern: text,
  maxItems: int64,
  minItems: int64,
  uniqueItems: bool,
  multipleOf: float,
  enum: listOf(any),
  maxProperties: int64,
  minProperties: int64,
  required: texts,
  allOf: schemas,
  oneOf: schemas,
  anyOf: schemas,
  not: schema,
  properties: schemaMap,
  patternProperties: schemaMap,
  definitions: schemaMap,
  nullable: bool,
  'x-kubernetes-preserve-unknown-fields': bool,
  'x-kubernetes-embedded-resource': bool,
  'x-kubernetes-int-or-string': bool,
  'x-kubernetes-list-map-keys': texts,
  'x-kubernetes-list-type': text,
  'x-kubernetes-map-type': text,
}

export const templateShape = struct('v1.ConstraintTemplate', {
  ...head,
  spec: struct('v1.ConstraintTemplateSpec', {
    crd: struct('v1.CRD', {
      spec: struct('v1.CRDSpec', {
        names: struct('v1.Names', { kind: text, shortNames: texts }),
        validation: struct('v1.Validation', { openAPIV3Schema: schema, legacySchema: bool }),
      }),
    }),
    targets: listOf(
      struct('v1.Target', {
        target: text,
        rego: text,
        libs: texts,
        code: listOf(struct('v1.Code', { engine: text, source: any })),
        operations: listOf({ kind: 'text', type: 'v1.OperationType' }),
      }),
    ),
  }),
})

export const suiteShape = struct('verify.Suite', {
  apiVersion: text,
  kind: text,
  skip: bool,
  tests: listOf(
    struct('verify.Test', {
      name: text,
      template: text,
      constraint: text,
      expansion: text,
      skip: bool,
      invalid: bool,
      cases: listOf(
        struct('verify.Case', {
          name: text,
          object: text,
          inventory: texts,
          skip: bool,
          assertions: listOf(struct('verify.Assertion', { violations: { kind: 'wholeOrText', type: 'int32' }, message: text })),
        }),
        '*',
      ),
    }),
  ),
})

const entries = (type: string): GoShape => listOf(struct(type, { group: text, version: text, kind: text }))

/** What says which kinds are synced, and which there are. */
export const syncShapes: Readonly<Record<string, GoStruct>> = {
  SyncSet: struct('v1alpha1.SyncSet', { ...head, spec: struct('v1alpha1.SyncSetSpec', { gvks: entries('v1alpha1.GVKEntry') }) }),
  Config: struct('v1alpha1.Config', {
    ...head,
    spec: struct('v1alpha1.ConfigSpec', {
      sync: struct('v1alpha1.Sync', { syncOnly: entries('v1alpha1.SyncOnlyEntry') }),
      validation: struct('v1alpha1.Validation', { traces: listOf(struct('v1alpha1.Trace', { user: text, dump: text })) }),
      match: listOf(
        struct('v1alpha1.MatchEntry', { processes: texts, excludedNamespaces: listOf({ kind: 'text', type: 'wildcard.Wildcard' }) }),
      ),
      readiness: struct('v1alpha1.ReadinessSpec', { statsEnabled: bool }),
    }),
  }),
  GVKManifest: struct('v1alpha1.GVKManifest', {
    ...head,
    spec: struct('v1alpha1.GVKManifestSpec', {
      groups: mapOf({ kind: 'map', type: 'v1alpha1.Versions', of: { kind: 'list', type: 'v1alpha1.Kinds', of: text } }),
    }),
  }),
}

const clause = struct('parser.GVKClause', { groups: texts, versions: texts, kinds: texts })

/** What templates say that has to be synced. */
export const requirementsShape: GoShape = { kind: 'list', type: 'parser.CompactSyncRequirements', of: listOf(clause) }

export const clauseFields: ReadonlySet<string> = new Set(Object.keys(clause.fields()))
