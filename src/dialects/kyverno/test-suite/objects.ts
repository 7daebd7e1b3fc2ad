import { objectField, stringField } from '../../../core/fields.ts'
import type { Json } from '../../../core/json.ts'
import { matchesWildcard } from '../../../core/wildcard.ts'
import { compileLabelSelector } from '../../../kube/label-selector.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { groupVersionKind, labelsOf, nameOf, namespaceOf } from '../../../kube/object.ts'
import { resourceOf } from '../../../kube/resources.ts'
import type { Answer } from '../../../policy/facts.ts'

/** The objects of a cluster that exists only in files. Of two that are one, the first counts. */
export interface ObjectStore {
  readonly get: (query: ObjectQuery) => KubeObject | undefined
  /** Empty parts of the query ask for nothing in particular; `kind`, `namespace` and `name` may be wildcards. */
  readonly list: (query: ObjectQuery & { readonly selector: Json }) => Answer
  /** What the API server would answer to a GET of this path. */
  readonly read: (urlPath: string) => Answer
}

export interface ObjectQuery {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

/** `definitions` are the CustomResourceDefinitions that say which plural a kind has. */
export function objectStore(objects: readonly KubeObject[], definitions: readonly KubeObject[]): ObjectStore {
  const plurals = new Map(definitions.map((definition) => pluralIn(definition)))
  const pluralFor = (object: KubeObject): string => {
    const kind = groupVersionKind(object)
    return plurals.get(`${kind.group}/${kind.kind}`) ?? resourceOf(kind).plural
  }
  return {
    get: (query) => objects.find((object) => isExactly(object, query)),
    list: ({ selector, ...query }) => {
      const selects = selector === null ? { ok: true as const, value: () => true } : compileLabelSelector(selector)
      if (!selects.ok) return { known: false, reason: selects.error }
      return { known: true, value: objects.filter((object) => isLike(object, query) && selects.value(labelsOf(object))) }
    },
    read: (urlPath) => readPath(urlPath, objects, pluralFor),
  }
}

function isExactly(object: KubeObject, { apiVersion, kind, namespace, name }: ObjectQuery): boolean {
  return object.apiVersion === apiVersion && object.kind === kind && nameOf(object) === name && namespaceOf(object) === namespace
}

function isLike(object: KubeObject, { apiVersion, kind, namespace, name }: ObjectQuery): boolean {
  const like = (pattern: string, text: string): boolean => pattern === '' || matchesWildcard(pattern, text)
  return (
    like(apiVersion, object.apiVersion) && like(kind, object.kind) && like(namespace, namespaceOf(object)) && like(name, nameOf(object))
  )
}

function pluralIn(definition: KubeObject): readonly [string, string] {
  const spec = objectField(definition, 'spec')
  const names = objectField(spec, 'names')
  return [`${stringField(spec, 'group') ?? ''}/${stringField(names, 'kind') ?? ''}`, stringField(names, 'plural') ?? '']
}

interface ResourcePath {
  readonly apiVersion: string
  readonly namespace: string
  readonly plural: string
  readonly name: string
}

/** `/api/v1/…` and `/apis/GROUP/VERSION/…`, with or without `namespaces/NAMESPACE`, then the plural and maybe a name. */
function parsePath(urlPath: string): ResourcePath | undefined {
  const [root, ...segments] = (urlPath.split('?')[0] ?? '').split('/').filter((segment) => segment !== '')
  if (root !== 'api' && root !== 'apis') return undefined
  const apiVersion = segments.splice(0, root === 'api' ? 1 : 2).join('/')
  const namespace = segments[0] === 'namespaces' && segments.length > 2 ? (segments.splice(0, 2)[1] ?? '') : ''
  const [plural, name = '', ...rest] = segments
  return plural === undefined || rest.length > 0 ? undefined : { apiVersion, namespace, plural, name }
}

function readPath(urlPath: string, objects: readonly KubeObject[], pluralFor: (object: KubeObject) => string): Answer {
  const path = parsePath(urlPath)
  if (path === undefined) return { known: false, reason: 'the server could not find the requested resource' }
  const { apiVersion, namespace, plural, name } = path
  const items = objects.filter(
    (object) => object.apiVersion === apiVersion && pluralFor(object) === plural && (namespace === '' || namespaceOf(object) === namespace),
  )
  if (name !== '') {
    const found = items.find((object) => nameOf(object) === name)
    return found === undefined ? { known: false, reason: `${plural} "${name}" not found` } : { known: true, value: found }
  }
  const [first] = items
  if (first === undefined) return { known: false, reason: 'the server could not find the requested resource' }
  return { known: true, value: { apiVersion, kind: `${first.kind}List`, items } }
}
