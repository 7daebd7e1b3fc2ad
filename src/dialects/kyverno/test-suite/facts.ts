import { anyField, listField, objectField, objectsField, stringField } from '../../../core/fields.ts'
import type { Json, JsonObject } from '../../../core/json.ts'
import { isJsonObject, ownValue, valueAt } from '../../../core/json.ts'
import { unreachable } from '../../../core/unreachable.ts'
import type { Manifest } from '../../../kube/manifest.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { isKubeObject, labelsOf } from '../../../kube/object.ts'
import type { RequestInputs } from '../../../policy/dialect.ts'
import type { Answer, FactSource, Question } from '../../../policy/facts.ts'
import type { ObjectStore } from './objects.ts'
import { objectStore } from './objects.ts'
import { inNamespace } from '../../../kube/resources.ts'
import type { TestFile } from './test-file.ts'

/** What a test file has in place of a cluster, registries and services. */
export interface TestFactInputs {
  readonly file: TestFile
  /** `kind: Context` */
  readonly context: Manifest | undefined
  readonly clusterResources: readonly Manifest[]
  /** Sources of generate rules. */
  readonly clones: readonly Manifest[]
  readonly targets: readonly Manifest[]
  /** The resources under test. */
  readonly objects: readonly KubeObject[]
  readonly inputs: RequestInputs
  /** Reads manifests from paths. */
  readonly read: (paths: readonly string[]) => Promise<readonly Manifest[]>
}

export async function testFacts(given: TestFactInputs): Promise<FactSource> {
  const wrapped = [...given.clusterResources, ...(given.context === undefined ? [] : [given.context])]
  const cluster = wrapped.flatMap(({ object }) => contentsOf(object))
  const definitions = await given.read(wrapped.flatMap(({ object }) => definitionPaths(object)))
  const written = [...given.targets, ...given.clones].map(({ object }) => object)
  const objects = [...[...cluster, ...written].map(inNamespace), ...given.objects]
  const store = objectStore(objects, [...definitions.map(({ object }) => object), ...objects].filter(isDefinition))
  const globals = await globalEntries(given)
  const images = objectsField(objectField(given.context?.object, 'spec'), 'images') ?? []
  const world = { store, globals, images, calls: given.file.apiCallResponses, labels: given.inputs.namespaceLabels }
  return { fetch: (question) => Promise.resolve(answer(question, world)) }
}

interface World {
  readonly store: ObjectStore
  readonly globals: ReadonlyMap<string, Json>
  readonly images: readonly JsonObject[]
  readonly calls: readonly JsonObject[]
  readonly labels: RequestInputs['namespaceLabels']
}

function answer(question: Question, world: World): Answer {
  switch (question.ask) {
    case 'object':
      return { known: true, value: world.store.get(question) ?? null }
    case 'objects':
      return world.store.list(question)
    case 'namespaceLabels':
      return namespaceLabels(question.name, world)
    case 'apiCall':
      return (
        mockedCall(question.method, question.urlPath, world.calls) ??
        (question.method === 'GET'
          ? world.store.read(question.urlPath)
          : nothing(`no response is given for ${question.method} ${question.urlPath}`))
      )
    case 'service':
      return (
        mockedCall(question.method, question.url, world.calls) ?? nothing(`no response is given for ${question.method} ${question.url}`)
      )
    case 'externalData':
      return nothing(`no response is given for ${question.provider.url}`)
    case 'image':
      return imageData(question.reference, world.images)
    case 'globalContext': {
      const value = world.globals.get(question.name)
      return value === undefined ? nothing(`failed to fetch entry key=${question.name}`) : { known: true, value }
    }
    case 'hostAddresses':
      return nothing('a test asks no name server')
    case 'inventory':
      return nothing('policies of Kyverno have no inventory')
    default:
      return unreachable(question)
  }
}

const nothing = (reason: string): Answer => ({ known: false, reason })

/** Files of `kind: ClusterResource` and `kind: Context` wrap objects in `spec.resources`; others are objects themselves. */
function contentsOf(object: KubeObject): readonly KubeObject[] {
  if (!object.apiVersion.startsWith('cli.kyverno.io/')) return [object]
  return (listField(objectField(object, 'spec'), 'resources') ?? []).filter(isKubeObject)
}

function definitionPaths(object: KubeObject): readonly string[] {
  if (!object.apiVersion.startsWith('cli.kyverno.io/')) return []
  return (listField(objectField(object, 'spec'), 'crds') ?? []).filter((path): path is string => typeof path === 'string')
}

const isDefinition = ({ kind }: KubeObject): boolean => kind === 'CustomResourceDefinition'

/** The values say first which labels a namespace has, then its manifest. */
function namespaceLabels(name: string, { labels, store }: World): Answer {
  const given = labels(name)
  if (given !== undefined) return { known: true, value: given }
  const namespace = store.get({ apiVersion: 'v1', kind: 'Namespace', namespace: '', name })
  return namespace === undefined ? nothing(`namespaces "${name}" not found`) : { known: true, value: labelsOf(namespace) }
}

function mockedCall(method: string, url: string, calls: readonly JsonObject[]): Answer | undefined {
  const call = calls.find(
    (candidate) =>
      (stringField(candidate, 'method') ?? 'GET') === method &&
      (stringField(candidate, 'url') ?? stringField(candidate, 'urlPath')) === url,
  )
  if (call === undefined) return undefined
  const response = objectField(call, 'response')
  const status = ownValue(response ?? {}, 'statusCode') ?? 200
  if (typeof status !== 'number' || status < 200 || status >= 300) return nothing(`HTTP ${String(status)}`)
  return { known: true, value: anyField(response, 'body') ?? null }
}

function imageData(reference: string, images: readonly JsonObject[]): Answer {
  const image = images.find((candidate) => stringField(candidate, 'image') === reference)
  if (image === undefined) return nothing(`no data is given for image ${reference}`)
  const field = (key: string): Json => anyField(image, key) ?? null
  return {
    known: true,
    value: {
      image: reference,
      resolvedImage: anyField(image, 'resolvedImage') ?? reference,
      registry: field('registry'),
      repository: field('repository'),
      identifier: anyField(image, 'digest') ?? field('tag'),
      manifestList: field('imageIndex'),
      manifest: field('manifest'),
      configData: field('config'),
    },
  }
}

/** Each entry under its name, and each projection of it under `entry.projection`. */
async function globalEntries({ file, read }: TestFactInputs): Promise<ReadonlyMap<string, Json>> {
  const values = new Map<string, Json>()
  for (const entry of file.globalContextEntries) {
    const name = stringField(entry, 'name') ?? ''
    const value = atPath(await entryData(entry, read), stringField(entry, 'fieldPath') ?? '')
    const projections = (objectsField(entry, 'projections') ?? []).map(
      (projection) => [stringField(projection, 'name') ?? '', atPath(value, stringField(projection, 'path') ?? '')] as const,
    )
    values.set(name, isJsonObject(value) ? { ...value, ...Object.fromEntries(projections) } : value)
    for (const [projection, projected] of projections) values.set(`${name}.${projection}`, projected)
  }
  return values
}

async function entryData(entry: JsonObject, read: TestFactInputs['read']): Promise<Json> {
  const data = anyField(entry, 'data')
  if (data !== undefined) return data
  const paths = (listField(entry, 'resourceFiles') ?? []).filter((path): path is string => typeof path === 'string')
  const fromFiles = (await read(paths)).map(({ object }) => object)
  return [...(listField(entry, 'resources') ?? []), ...fromFiles]
}

/** `a.b.c`; no path is the value itself. */
function atPath(value: Json, path: string): Json {
  return path === '' ? value : (valueAt(value, path.split('.')) ?? null)
}
