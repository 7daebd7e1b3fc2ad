/**
 * Makes `dist/kubernetes.json` from the models of the Kubernetes client library: the schemas of all built-in types of the release it was generated from,
 * and which resources an API server of that release serves. The sandbox reads it at its start.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Json } from '../src/core/json.ts'
import { builtInResource } from '../src/kube/resources.ts'
import type { Schema } from '../src/kube/schema.ts'
import { plainName, readDescriptions } from './openapi/descriptions.ts'
import { atomicTypes, enumFacts, mergeFacts, quantityFields, schemaDefaults, zeroOmitted } from './openapi/facts.ts'
import { emptyKept, emptyOmitted, noZeroDefault, nulls, structFields, unions, zeroDefaults } from './openapi/go-structs.ts'
import { goTypes } from './openapi/go-types.ts'
import { servedGroups } from './openapi/groups.ts'
import type { Attribute, Model, Operation } from './openapi/models.ts'
import { readApi, readModel, splitName } from './openapi/models.ts'
import { protobufFields } from './openapi/protobuf-fields.ts'

const installed = join(import.meta.dirname, '../node_modules')
const generated = join(installed, '@kubernetes/client-node/dist/gen')
const descriptions = readDescriptions([join(installed, 'kubernetes-models'), join(installed, '@kubernetes-models/apimachinery')])

const metaTypes = new Set(
  'APIGroup APIGroupList APIResource APIResourceList APIVersions Condition DeleteOptions FieldSelectorRequirement GroupVersionForDiscovery LabelSelector LabelSelectorRequirement ListMeta ManagedFieldsEntry MicroTime ObjectMeta OwnerReference Preconditions ServerAddressByClientCIDR ShardInfo Status StatusCause StatusDetails WatchEvent'.split(
    ' ',
  ),
)
/** Types that the API of one group takes or returns and that belong to another. */
const elsewhere: Readonly<Record<string, string>> = {
  Eviction: 'policy',
  Scale: 'autoscaling',
  ScaleSpec: 'autoscaling',
  ScaleStatus: 'autoscaling',
  TopologySelectorTerm: 'core',
  TopologySelectorLabelRequirement: 'core',
  BoundObjectReference: 'authentication',
  TokenRequestSpec: 'authentication',
  TokenRequestStatus: 'authentication',
}
const prefixGroups: Readonly<Record<string, string>> = {
  Core: 'core',
  Events: 'events',
  Discovery: 'discovery',
  Admissionregistration: 'admissionregistration',
  Apiextensions: 'apiextensions',
  Apiregistration: 'apiregistration',
  Authentication: 'authentication',
  Flowcontrol: 'flowcontrol',
  Rbac: 'rbac',
  Resource: 'resource',
  Storage: 'storage',
}

const packageOf = (group: string): string => {
  if (group === 'apiextensions') return 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions'
  if (group === 'apiregistration') return 'io.k8s.kube-aggregator.pkg.apis.apiregistration'
  return `io.k8s.api.${group}`
}

const models = new Map(
  readdirSync(join(generated, 'models'))
    .filter((file) => file.endsWith('.js') && !['ObjectSerializer.js', 'all.js'].includes(file))
    .map((file) => readModel(generated, file.slice(0, -3)))
    .map((model) => [model.name, model]),
)

const apis = servedGroups.map((served) => ({ ...served, operations: readApi(generated, served.file) }))

const referenced = (type: string): readonly string[] => type.match(/\b(?:[A-Z][a-z]+)?V\d+\w*/g) ?? []

/** Each class to the full name of its definition. */
function nameDefinitions(): ReadonlyMap<string, string> {
  const names = new Map<string, string>([['IntOrString', 'io.k8s.apimachinery.pkg.util.intstr.IntOrString']])
  for (const name of models.keys()) {
    const { prefix, version, short } = splitName(name)
    if (prefix === '' && version === 'v1' && metaTypes.has(short)) names.set(name, `io.k8s.apimachinery.pkg.apis.meta.v1.${short}`)
    else if (prefix !== '') names.set(name, `${packageOf(prefixGroups[prefix] ?? prefix.toLowerCase())}.${version}.${short}`)
    else if (elsewhere[short] !== undefined) names.set(name, `${packageOf(elsewhere[short])}.${version}.${short}`)
  }
  for (const { packageName, version, operations } of apis) {
    const queue = operations.flatMap(({ bodyType, returnType }) => [bodyType, returnType]).filter((type) => models.has(type))
    const seen = new Set<string>()
    for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
      if (seen.has(name)) continue
      seen.add(name)
      const parts = splitName(name)
      const known = names.get(name)
      if (known === undefined && parts.version !== version) continue
      if (known === undefined) names.set(name, `${packageOf(packageName)}.${version}.${parts.short}`)
      else if (!known.startsWith(`${packageOf(packageName)}.`)) continue
      for (const { type } of models.get(name)?.attributes ?? []) queue.push(...referenced(type).filter((other) => models.has(other)))
    }
  }
  return names
}

const definitionNames = nameDefinitions()
const shortName = (definition: string): string =>
  definition.replace(
    /^io\.k8s\.(?:api|apimachinery\.pkg\.apis|apiextensions-apiserver\.pkg\.apis|kube-aggregator\.pkg\.apis|apimachinery\.pkg)\./,
    '',
  )

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((word) => word !== ''))
const rows = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]),
  )
const [atomic, quantities, merges, defaults, enums] = [
  words(atomicTypes),
  words(quantityFields),
  rows(mergeFacts),
  rows(schemaDefaults),
  rows(enumFacts),
]

/** Fields by their types: `core.v1.Pod spec status`. */
const fieldTable = (table: string): ReadonlyMap<string, readonly string[]> =>
  new Map([...rows(table)].map(([type, fields]) => [type, fields.split(' ')]))
const [structs, noZero, zeros] = [fieldTable(structFields), fieldTable(noZeroDefault), fieldTable(zeroDefaults)]
const isField = (table: ReadonlyMap<string, readonly string[]>, key: string): boolean =>
  table.get(key.slice(0, key.lastIndexOf('.')))?.includes(key.slice(key.lastIndexOf('.') + 1)) === true

const quantity = 'io.k8s.apimachinery.pkg.api.resource.Quantity'
const time = 'io.k8s.apimachinery.pkg.apis.meta.v1.Time'
const microTime = 'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime'

function schemaOf(type: string, format: string, isQuantity: boolean): Schema {
  const array = /^Array<(.*)>$/.exec(type)?.[1]
  if (array !== undefined) return { type: 'array', items: schemaOf(array, format, isQuantity) }
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type)?.[1]
  if (map !== undefined) return { type: 'object', additionalProperties: schemaOf(map, format, isQuantity) }
  if (isQuantity && type === 'string') return { $ref: quantity }
  switch (type) {
    case 'string':
      return format === '' ? { type: 'string' } : { type: 'string', format }
    case 'number':
      return format.startsWith('int') || format === '' ? { type: 'integer', format: format || 'int64' } : { type: 'number', format }
    case 'boolean':
      return { type: 'boolean' }
    case 'Date':
      return { $ref: time }
    case 'V1MicroTime':
      return { $ref: microTime }
    case 'any':
    case 'object':
      return {}
    default:
      return definitionNames.has(type) ? { $ref: definitionNames.get(type) ?? '' } : {}
  }
}

/** Values of any shape, by field: they refer to their types in a way that nobody takes for structure. */
const anyTypes: Readonly<Record<string, string>> = {
  'meta.v1.ManagedFieldsEntry.fieldsV1': 'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1',
  'meta.v1.WatchEvent.object': 'io.k8s.apimachinery.pkg.runtime.RawExtension',
  'apps.v1.ControllerRevision.data': 'io.k8s.apimachinery.pkg.runtime.RawExtension',
  'resource.v1.AllocatedDeviceStatus.data': 'io.k8s.apimachinery.pkg.runtime.RawExtension',
  'resource.v1.OpaqueDeviceConfiguration.parameters': 'io.k8s.apimachinery.pkg.runtime.RawExtension',
  'apiextensions.v1.JSONSchemaProps.additionalItems': `${packageOf('apiextensions')}.v1.JSONSchemaPropsOrBool`,
  'apiextensions.v1.JSONSchemaProps.additionalProperties': `${packageOf('apiextensions')}.v1.JSONSchemaPropsOrBool`,
  'apiextensions.v1.JSONSchemaProps.items': `${packageOf('apiextensions')}.v1.JSONSchemaPropsOrArray`,
  'apiextensions.v1.JSONSchemaProps.dependencies': `${packageOf('apiextensions')}.v1.JSONSchemaPropsOrStringArray`,
  'apiextensions.v1.JSONSchemaProps.default': `${packageOf('apiextensions')}.v1.JSON`,
  'apiextensions.v1.JSONSchemaProps.enum': `${packageOf('apiextensions')}.v1.JSON`,
  'apiextensions.v1.JSONSchemaProps.example': `${packageOf('apiextensions')}.v1.JSON`,
  'apiextensions.v1.CustomResourceSubresources.status': `${packageOf('apiextensions')}.v1.CustomResourceSubresourceStatus`,
}

/** A schema in which `type` stands for what is any JSON to the client library. */
function withAnyType(schema: Schema, type: string): Schema {
  if (schema.type === 'array') return { ...schema, items: withAnyType(schema.items ?? {}, type) }
  if (typeof schema.additionalProperties === 'object')
    return { ...schema, additionalProperties: withAnyType(schema.additionalProperties, type) }
  return { allOf: [{ $ref: type }] }
}

/** The zero of a type, where the schema of a field shows it as default. */
function zeroDefault({ $ref, type, format }: Schema): Json | undefined {
  if ($ref !== undefined) return {}
  if (type === 'boolean') return false
  if (type === 'integer' || type === 'number') return 0
  return type === 'string' && format !== 'byte' ? '' : undefined
}

function defaultOf(key: string, required: boolean, schema: Schema): Json | undefined {
  const fallback = defaults.get(key)
  if (fallback !== undefined) return JSON.parse(fallback) as Json
  const always = required || (schema.$ref !== undefined && key.endsWith('.metadata'))
  const shown = always ? !isField(noZero, key) : isField(schema.$ref === undefined ? zeros : structs, key)
  return shown ? zeroDefault(schema) : undefined
}

/** What is in a list or map has its zero as default, too; the values of an enumeration are said where the strings are. */
function withElements(schema: Schema, values: readonly string[] | undefined): Schema {
  const { items, additionalProperties } = schema
  if (items !== undefined) return { ...schema, items: withElements(elementSchema(items), values) }
  if (typeof additionalProperties === 'object')
    return { ...schema, additionalProperties: withElements(elementSchema(additionalProperties), values) }
  return { ...schema, ...(values === undefined ? {} : { enum: values }) }
}

function elementSchema(schema: Schema): Schema {
  const hasZero = !/\.(?:Quantity|Time|MicroTime)$/.test(schema.$ref ?? '')
  const zero = hasZero ? zeroDefault(schema) : undefined
  return zero === undefined ? schema : { ...schema, default: zero }
}

function mergeOf(row: string): Schema {
  const found: { [key: string]: Json } = {}
  for (const word of row.split(' ')) {
    const [key = '', value = ''] = word.split(/=(.*)/)
    if (key === 'map' || key === 'set') found['x-kubernetes-list-type'] = key
    if (key === 'map') found['x-kubernetes-list-map-keys'] = value.split(',')
    if (key === 'key') found['x-kubernetes-patch-merge-key'] = value
    if (key === 'patch') found['x-kubernetes-patch-strategy'] = value
    if (key === 'mapType') found['x-kubernetes-map-type'] = value
  }
  return found as Schema
}

/** Lists of the client library whose type is any JSON in the end, or not a map but one of named values. */
function propertyBase(key: string, attribute: Attribute): Schema {
  const any = anyTypes[key]
  const base = schemaOf(attribute.type, attribute.format, quantities.has(key))
  return any === undefined ? base : withAnyType(key.endsWith('.dependencies') ? { type: 'object', additionalProperties: {} } : base, any)
}

function propertySchema(model: Model, attribute: Attribute, type: string): Schema {
  const key = `${type}.${attribute.baseName}`
  const base = propertyBase(key, attribute)
  const own = descriptions.get(plainName(definitionNames.get(model.name) ?? ''))
  const isHeader = attribute.baseName === 'apiVersion' || attribute.baseName === 'kind'
  const said = own?.fields.get(attribute.baseName)
  const description = said ?? (own === undefined || isHeader ? model.descriptions.get(attribute.baseName) : undefined)
  const values = enums.get(key)?.split(',')
  const fallback = defaultOf(key, model.required.includes(attribute.baseName), base)
  const merge = merges.get(key)
  return {
    ...(description === undefined ? {} : { description }),
    ...withElements(base, values),
    ...(fallback === undefined ? {} : { default: fallback }),
    ...(base.type === 'array' && !(attribute.baseName === 'items' && type.endsWith('List')) && !/map=|set/.test(merge ?? '')
      ? { 'x-kubernetes-list-type': 'atomic' as const }
      : {}),
    ...(merge === undefined ? {} : mergeOf(merge)),
  }
}

const gvksOf = new Map<string, { readonly group: string; readonly version: string; readonly kind: string }>()
for (const { group, version, operations } of apis) {
  for (const { returnType, bodyType } of operations) {
    for (const type of [returnType, bodyType]) {
      const definition = definitionNames.get(type)
      const model = models.get(type)
      if (definition === undefined || model === undefined || definition.includes('.meta.v1.')) continue
      const isKind =
        model.attributes.some(({ baseName }) => baseName === 'kind') && model.attributes.some(({ baseName }) => baseName === 'metadata')
      const { short } = splitName(type)
      const owner =
        elsewhere[short] === 'policy'
          ? 'policy'
          : elsewhere[short] === 'autoscaling'
            ? 'autoscaling'
            : short === 'TokenRequest'
              ? 'authentication.k8s.io'
              : group
      if (isKind && !gvksOf.has(definition)) gvksOf.set(definition, { group: owner, version, kind: short })
    }
  }
}

/** A type that the client library has no class of, with what is known to be said about it. */
const plainType = (name: string, schema: Schema, fallback?: string): Readonly<Record<string, Schema>> => {
  const description = descriptions.get(plainName(name))?.own ?? fallback
  return { [name]: { ...(description === undefined ? {} : { description }), ...schema } }
}
const definitions: { [name: string]: Schema } = {
  ...plainType(quantity, { type: 'string' }, 'Quantity is a fixed-point representation of a number, such as 500m or 2Gi.'),
  ...plainType(time, { type: 'string', format: 'date-time' }),
  ...plainType(microTime, { type: 'string', format: 'date-time' }),
  ...plainType('io.k8s.apimachinery.pkg.util.intstr.IntOrString', { type: 'string', format: 'int-or-string' }),
  ...plainType('io.k8s.apimachinery.pkg.apis.meta.v1.Patch', { type: 'object' }),
  ...plainType(`${packageOf('apiextensions')}.v1.CustomResourceSubresourceStatus`, { type: 'object' }),
  ...plainType('io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1', { type: 'object' }),
  ...plainType('io.k8s.apimachinery.pkg.runtime.RawExtension', { type: 'object' }),
  ...Object.assign(
    {},
    ...['JSON', 'JSONSchemaPropsOrBool', 'JSONSchemaPropsOrArray', 'JSONSchemaPropsOrStringArray'].map((name) =>
      plainType(`${packageOf('apiextensions')}.v1.${name}`, {}),
    ),
  ),
}
const unionRows = rows(unions)
/** Kinds that every group has. */
const metaKinds = words('meta.v1.APIResourceList meta.v1.DeleteOptions meta.v1.Status')
for (const [name, model] of models) {
  const definition = definitionNames.get(name)
  if (definition === undefined || Object.hasOwn(definitions, definition)) continue
  const type = shortName(definition)
  const gvk = metaKinds.has(type) ? { group: '', version: 'v1', kind: splitName(name).short } : gvksOf.get(definition)
  const own = descriptions.get(plainName(definition))
  const description = own === undefined ? model.description : (own.own ?? '')
  definitions[definition] = {
    ...(description === '' ? {} : { description }),
    type: 'object',
    ...(model.required.length === 0 ? {} : { required: model.required }),
    properties: Object.fromEntries(model.attributes.map((attribute) => [attribute.baseName, propertySchema(model, attribute, type)])),
    ...(unionRows.has(type) ? { 'x-kubernetes-unions': JSON.parse(unionRows.get(type) ?? '') as Json } : {}),
    ...(atomic.has(type) ? { 'x-kubernetes-map-type': 'atomic' as const } : {}),
    ...(gvk === undefined ? {} : { 'x-kubernetes-group-version-kind': [gvk] }),
  }
}

const verbOrder = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

interface Found {
  readonly verbs: Set<string>
  namespaced: boolean
  type: string
}

/** `apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale` to its parts. */
function partsOf(path: string): {
  readonly resource: string
  readonly namespaced: boolean
  readonly named: boolean
  readonly subresource: string
} {
  const steps = path.split('/').filter((step) => step !== '')
  let rest = steps.slice(steps[0] === 'api' ? 2 : 3)
  let namespaced = false
  if (rest[0] === 'namespaces' && rest[1] === '{namespace}' && rest.length > 2) {
    namespaced = true
    rest = rest.slice(2)
  }
  const [resource = '', name = '', subresource = ''] = rest
  return { resource, namespaced, named: name !== '', subresource }
}

function verbsOf({ method, watches }: Operation, named: boolean, subresource: string): readonly string[] {
  const connect = ['exec', 'attach', 'portforward', 'proxy'].includes(subresource)
  switch (method) {
    case 'POST':
      return ['create']
    case 'GET':
      return named || subresource !== '' ? ['get'] : watches ? ['list', 'watch'] : ['list']
    case 'PUT':
      return ['update']
    case 'PATCH':
      return ['patch']
    case 'DELETE':
      return [named || connect ? 'delete' : 'deletecollection']
    default:
      return []
  }
}

/** Kinds of the bodies of subresources that have none in a published schema. */
const connectKinds: Readonly<Record<string, string>> = {
  'pods/exec': 'PodExecOptions',
  'pods/attach': 'PodAttachOptions',
  'pods/portforward': 'PodPortForwardOptions',
  'pods/proxy': 'PodProxyOptions',
  'services/proxy': 'ServiceProxyOptions',
  'nodes/proxy': 'NodeProxyOptions',
}
const categories: Readonly<Record<string, readonly string[]>> = {
  all: [
    'pods',
    'replicationcontrollers',
    'services',
    'daemonsets',
    'deployments',
    'replicasets',
    'statefulsets',
    'horizontalpodautoscalers',
    'cronjobs',
    'jobs',
  ],
  'api-extensions': [
    'apiservices',
    'customresourcedefinitions',
    'mutatingadmissionpolicies',
    'mutatingadmissionpolicybindings',
    'mutatingwebhookconfigurations',
    'validatingadmissionpolicies',
    'validatingadmissionpolicybindings',
    'validatingwebhookconfigurations',
  ],
}

function resourcesOf({ group, version, operations }: (typeof apis)[number]): readonly Json[] {
  const found = new Map<string, Found>()
  for (const operation of operations) {
    const { resource, namespaced, named, subresource } = partsOf(operation.path)
    if (resource === '' || resource === 'watch' || operation.path.includes('{path}')) continue
    const key = subresource === '' ? resource : `${resource}/${subresource}`
    const entry = found.get(key) ?? { verbs: new Set<string>(), namespaced: false, type: '' }
    for (const verb of verbsOf(operation, named, subresource)) entry.verbs.add(verb)
    entry.namespaced ||= namespaced
    const type =
      operation.bodyType !== '' && operation.method !== 'PATCH' && operation.bodyType !== 'V1DeleteOptions'
        ? operation.bodyType
        : operation.returnType
    if (entry.type === '' || operation.method === 'POST' || (operation.method === 'PUT' && !key.includes('proxy'))) entry.type = type
    found.set(key, entry)
  }
  return [...found]
    .filter(([key]) => !key.includes('/'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([resource, { verbs, namespaced, type }]) => {
      const kind = splitName(type).short.replace(/List$/, '')
      const known = builtInResource(group, kind)
      const grouped = Object.entries(categories).filter(
        ([name, members]) => members.includes(resource) && (name !== 'all' || ['', 'apps', 'batch', 'autoscaling'].includes(group)),
      )
      return {
        group,
        version,
        resource,
        singular: kind.toLowerCase(),
        kind,
        namespaced,
        shortNames: known?.shortNames ?? [],
        categories: grouped.map(([name]) => name),
        verbs: verbOrder.filter((verb) => verbs.has(verb) && !(verb === 'watch' && resource === 'componentstatuses')),
        definition: definitionNames.get(type.replace(/List$/, '')) ?? '',
        subresources: [...found]
          .filter(([key]) => key.startsWith(`${resource}/`))
          .map(([key, sub]) => {
            const short = splitName(sub.type).short
            const gvk = gvksOf.get(definitionNames.get(sub.type) ?? '')
            return {
              name: key.slice(resource.length + 1),
              kind: connectKinds[key] ?? (key === 'pods/log' ? 'Pod' : short || kind),
              group: connectKinds[key] !== undefined || gvk === undefined ? group : gvk.group,
              version: gvk === undefined ? version : gvk.version,
              verbs: verbOrder.filter((verb) => sub.verbs.has(verb)),
            }
          })
          .sort((a, b) => (a.name < b.name ? -1 : 1)),
      }
    })
}

/** The rows of a table by the full names of their definitions. */
const byDefinition = (table: string): Readonly<Record<string, readonly string[]>> => {
  const full = new Map(Object.keys(definitions).map((name) => [shortName(name), name]))
  return Object.fromEntries([...rows(table)].map(([name, fields]) => [full.get(name) ?? name, fields.split(' ')]))
}

/** Go's names of types by definition and field. */
function goTypesByDefinition(): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const full = new Map(Object.keys(definitions).map((name) => [shortName(name), name]))
  const found: Record<string, Record<string, string>> = {}
  for (const [type, fields] of rows(goTypes)) {
    for (const key of fields.split(' ')) {
      const at = key.lastIndexOf('.')
      const definition = full.get(key.slice(0, at)) ?? key.slice(0, at)
      found[definition] = { ...found[definition], [key.slice(at + 1)]: type }
    }
  }
  return found
}

/** By the full name of a definition; messages that are no definition keep their short name. */
function protobufTable(): Readonly<Record<string, string>> {
  const full = new Map(Object.keys(definitions).map((name) => [shortName(name).replace(/^(?:api|util)\./, ''), name]))
  return Object.fromEntries([...rows(protobufFields)].map(([name, fields]) => [full.get(name) ?? name, fields]))
}

const out = join(import.meta.dirname, '../dist/kubernetes.json')
mkdirSync(dirname(out), { recursive: true })
writeFileSync(
  out,
  JSON.stringify({
    version: '1.36',
    resources: apis.flatMap(resourcesOf),
    definitions,
    protobuf: protobufTable(),
    zeroOmitted: byDefinition(zeroOmitted),
    emptyKept: byDefinition(emptyKept),
    emptyOmitted: byDefinition(emptyOmitted),
    nulls: byDefinition(nulls),
    goTypes: goTypesByDefinition(),
  }),
)
