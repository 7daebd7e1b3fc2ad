import type { JsonObject } from '../../core/json.ts'
import type { PublishedSubresource, PublishedType } from './published.ts'
import { definitionName, listDefinitionName, metaDefinition } from './published.ts'

/** The definition of a kind that is the body of a subresource. */
export type DefinitionOfKind = (gvk: { readonly group: string; readonly version: string; readonly kind: string }) => string | undefined

const parameter = (name: string, type = 'string'): JsonObject => ({ name, in: 'query', schema: { type, uniqueItems: true } })
const pathParameter = (name: string, description: string): JsonObject => ({
  name,
  in: 'path',
  description,
  required: true,
  schema: { type: 'string', uniqueItems: true },
})

const pretty: JsonObject = {
  ...parameter('pretty'),
  description:
    "If 'true', then the output is pretty printed. Defaults to 'false' unless the user-agent indicates a browser or command-line HTTP tool (curl and wget).",
}
const listParameters = [
  parameter('allowWatchBookmarks', 'boolean'),
  parameter('continue'),
  parameter('fieldSelector'),
  parameter('labelSelector'),
  parameter('limit', 'integer'),
  parameter('resourceVersion'),
  parameter('resourceVersionMatch'),
  parameter('sendInitialEvents', 'boolean'),
  parameter('timeoutSeconds', 'integer'),
  parameter('watch', 'boolean'),
]
const writeParameters = [parameter('dryRun'), parameter('fieldManager'), parameter('fieldValidation')]
const deleteParameters = [
  parameter('dryRun'),
  parameter('gracePeriodSeconds', 'integer'),
  parameter('ignoreStoreReadErrorWithClusterBreakingPotential', 'boolean'),
  parameter('orphanDependents', 'boolean'),
  parameter('propagationPolicy'),
]

interface Action {
  readonly method: string
  /** `x-kubernetes-action` */
  readonly action: string
  /** The first word of the id of the operation, and one before the kind. */
  readonly id: string
  readonly of?: string
  readonly parameters: readonly JsonObject[]
  readonly codes: readonly (readonly [code: string, text: string])[]
}

const [okay, created, accepted] = [
  ['200', 'OK'],
  ['201', 'Created'],
  ['202', 'Accepted'],
] as const

/** By verb, in the order in which a path shows its operations. */
const actions: Readonly<Record<string, Action>> = {
  list: { method: 'get', action: 'list', id: 'list', parameters: listParameters, codes: [okay] },
  get: { method: 'get', action: 'get', id: 'read', parameters: [], codes: [okay] },
  update: { method: 'put', action: 'put', id: 'replace', parameters: writeParameters, codes: [okay, created] },
  create: { method: 'post', action: 'post', id: 'create', parameters: writeParameters, codes: [okay, created, accepted] },
  deletecollection: {
    method: 'delete',
    action: 'deletecollection',
    id: 'delete',
    of: 'Collection',
    parameters: [...deleteParameters, ...listParameters.filter(({ name }) => name !== 'allowWatchBookmarks' && name !== 'watch')],
    codes: [okay],
  },
  delete: { method: 'delete', action: 'delete', id: 'delete', parameters: deleteParameters, codes: [okay, accepted] },
  patch: {
    method: 'patch',
    action: 'patch',
    id: 'patch',
    parameters: [...writeParameters, parameter('force', 'boolean')],
    codes: [okay, created],
  },
}

const described: Readonly<Record<string, (kind: string) => string>> = {
  list: (kind) => `list or watch objects of kind ${kind}`,
  get: (kind) => `read the specified ${kind}`,
  update: (kind) => `replace the specified ${kind}`,
  create: (kind) => `create ${/^[AEIOU]/.test(kind) ? 'an' : 'a'} ${kind}`,
  deletecollection: (kind) => `delete collection of ${kind}`,
  delete: (kind) => `delete ${/^[AEIOU]/.test(kind) ? 'an' : 'a'} ${kind}`,
  patch: (kind) => `partially update the specified ${kind}`,
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** `RbacAuthorizationV1`: how a group version is called in the ids of operations. */
function groupId({ group, version }: PublishedType): string {
  const name = group === '' ? 'core' : group.replace(/\.k8s\.io$/, '')
  return `${name.split(/[.-]/).map(capital).join('')}${capital(version)}`
}

function tagOf(type: PublishedType): string {
  const id = groupId(type)
  return `${id.charAt(0).toLowerCase()}${id.slice(1, id.length - type.version.length)}_${type.version}`
}

const schemaBase = '#/components/schemas/'
const refTo = (definition: string): JsonObject => ({ schema: { $ref: `${schemaBase}${definition}` } })

function contentOf(type: PublishedType, definition: string): JsonObject {
  const types = type.custom
    ? ['application/json', 'application/yaml']
    : ['application/json', 'application/vnd.kubernetes.protobuf', 'application/yaml']
  return Object.fromEntries(types.map((media) => [media, refTo(definition)]))
}

const patchTypes = [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
]

interface Subject {
  readonly type: PublishedType
  /** What the body is. */
  readonly definition: string
  readonly gvk: JsonObject
  /** Of the subresource, or ''. */
  readonly suffix: string
}

function requestBody(verb: string, { type, definition }: Subject): JsonObject | undefined {
  switch (verb) {
    case 'create':
    case 'update': {
      const bodies = type.custom ? ['application/json', 'application/yaml'] : ['*/*']
      return { content: Object.fromEntries(bodies.map((media) => [media, refTo(definition)])), required: true }
    }
    case 'patch': {
      const types = patchTypes.filter((media) => !type.custom || !media.includes('strategic'))
      return { content: Object.fromEntries(types.map((media) => [media, refTo(metaDefinition('Patch'))])), required: true }
    }
    case 'delete':
    case 'deletecollection':
      return { content: { [type.custom ? 'application/json' : '*/*']: refTo(metaDefinition('DeleteOptions')) } }
    default:
      return undefined
  }
}

/** What the answer to a verb is. */
function answerOf(verb: string, { type, definition }: Subject): string {
  if (verb === 'list') return listDefinitionName(type)
  if (verb === 'deletecollection' || (verb === 'delete' && !['Pod', 'ServiceAccount'].includes(type.kind))) return metaDefinition('Status')
  return definition
}

function operation(verb: string, subject: Subject): JsonObject {
  const { type, gvk, suffix } = subject
  const { action = '', id = '', of = '', parameters = [], codes = [] } = actions[verb] ?? {}
  const body = requestBody(verb, subject)
  const content = contentOf(type, answerOf(verb, subject))
  return {
    tags: [tagOf(type)],
    description: suffix === '' ? (described[verb]?.(type.kind) ?? '') : `${id} ${suffix.toLowerCase()} of the specified ${type.kind}`,
    operationId: `${id}${groupId(type)}${of}${type.namespaced ? 'Namespaced' : ''}${type.kind}${suffix}`,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: body }),
    responses: {
      ...Object.fromEntries(codes.map(([code, description]) => [code, { description, content }])),
      '401': { description: 'Unauthorized' },
    },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk,
  }
}

function operations(verbs: readonly string[], subject: Subject): JsonObject {
  const served = Object.keys(actions).filter((verb) => verbs.includes(verb))
  return Object.fromEntries(served.map((verb) => [actions[verb]?.method ?? verb, operation(verb, subject)]))
}

const connectMethods: Readonly<Record<string, string>> = { get: 'get', update: 'put', create: 'post', delete: 'delete', patch: 'patch' }

/** A subresource that is a connection: what is said through it has no schema. */
function connections(type: PublishedType, { name, verbs, kind, group, version }: PublishedSubresource): JsonObject {
  const methods = Object.keys(connectMethods).filter((verb) => verbs.includes(verb))
  return Object.fromEntries(
    methods.map((verb) => {
      const method = connectMethods[verb] ?? verb
      const entry = {
        tags: [tagOf(type)],
        description: `connect ${method.toUpperCase()} requests to ${name} of ${type.kind}`,
        operationId: `connect${groupId(type)}${capital(method)}${type.namespaced ? 'Namespaced' : ''}${type.kind}${capital(name)}`,
        responses: {
          '200': { description: 'OK', content: { '*/*': { schema: { type: 'string' } } } },
          '401': { description: 'Unauthorized' },
        },
        'x-kubernetes-action': 'connect',
        'x-kubernetes-group-version-kind': { group, version, kind },
      }
      return [method, entry]
    }),
  )
}

const isConnection = ({ name }: PublishedSubresource): boolean => ['attach', 'exec', 'portforward', 'proxy'].includes(name)

const rootOf = ({ group, version }: Pick<PublishedType, 'group' | 'version'>): string =>
  group === '' ? `/api/${version}` : `/apis/${group}/${version}`

/** Every path of a type with its operations. `definitionOf` finds what the bodies of subresources are. */
export function pathsOfType(type: PublishedType, definitionOf: DefinitionOfKind): readonly (readonly [string, JsonObject])[] {
  const root = rootOf(type)
  const collection = type.namespaced ? `${root}/namespaces/{namespace}/${type.resource}` : `${root}/${type.resource}`
  const { group, version, kind } = type
  const subject: Subject = { type, definition: definitionName(type), gvk: { group, version, kind }, suffix: '' }
  const inNamespace = type.namespaced ? [pathParameter('namespace', 'object name and auth scope, such as for teams and projects')] : []
  const named = [pathParameter('name', `name of the ${kind}`), ...inNamespace, pretty]
  const found: (readonly [string, JsonObject])[] = [
    [
      collection,
      {
        ...operations(
          type.verbs.filter((verb) => collectionVerbs.has(verb)),
          subject,
        ),
        parameters: [...inNamespace, pretty],
      },
    ],
  ]
  const single = operations(
    type.verbs.filter((verb) => !collectionVerbs.has(verb)),
    subject,
  )
  if (Object.keys(single).length > 0) found.push([`${collection}/{name}`, { ...single, parameters: named }])
  if (type.namespaced && type.verbs.includes('list')) found.push([`${root}/${type.resource}`, everywhere(subject)])
  for (const subresource of type.subresources) {
    const path = `${collection}/{name}/${subresource.name}`
    found.push([path, { ...subresourceOperations(subject, subresource, definitionOf), parameters: named }])
  }
  return found
}

const collectionVerbs = new Set(['list', 'create', 'deletecollection'])

/** The list of all namespaces: its parameters are of the path. */
function everywhere(subject: Subject): JsonObject {
  const { parameters: _parameters, ...get } = operation('list', subject)
  const { type } = subject
  return {
    get: { ...get, operationId: `list${groupId(type)}${type.kind}ForAllNamespaces` },
    parameters: [...listParameters.slice(0, 5), pretty, ...listParameters.slice(5)],
  }
}

function subresourceOperations(
  { type, definition }: Subject,
  subresource: PublishedSubresource,
  definitionOf: DefinitionOfKind,
): JsonObject {
  if (isConnection(subresource)) return connections(type, subresource)
  const { group, version, kind, name, verbs } = subresource
  const own = group === type.group && version === type.version && kind === type.kind
  return operations(verbs, {
    type,
    definition: own ? definition : (definitionOf({ group, version, kind }) ?? definition),
    gvk: { group, version, kind },
    suffix: capital(name),
  })
}

/** The path under which a group version tells its resources. */
export function discoveryPath(type: PublishedType): readonly [string, JsonObject] {
  const content = contentOf({ ...type, custom: false }, metaDefinition('APIResourceList'))
  const get = {
    tags: [tagOf(type)],
    description: 'get available resources',
    operationId: `get${groupId(type)}APIResources`,
    responses: { '200': { description: 'OK', content }, '401': { description: 'Unauthorized' } },
  }
  return [`${rootOf(type)}/`, { get }]
}
