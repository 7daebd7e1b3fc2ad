import { randomInt } from 'node:crypto'
import { listAt, objectAt, objectsAt } from '../../core/fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonObject, ownValue, valueAt } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { KubeObject } from '../../kube/object.ts'
import { annotationsOf, nameOf } from '../../kube/object.ts'
import type { Status } from '../../kube/status.ts'
import { forbiddenStatus, notFound } from '../../kube/status.ts'
import type { Clock } from '../client.ts'
import { isTerminating, withFields } from '../registry/metadata.ts'
import type { AdmissionAttributes } from '../registry/operation.ts'
import type { Store } from '../storage/store.ts'
import { limitRanges } from './limit-ranger.ts'

export interface BuiltInParts {
  readonly store: Store
  readonly clock: Clock
}

/** One of the admission plugins that every kube-apiserver has on. */
export type BuiltIn = (
  attributes: AdmissionAttributes,
  parts: BuiltInParts,
) => Promise<Result<KubeObject | undefined, Status>> | Result<KubeObject | undefined, Status>

const about = ({ type }: AdmissionAttributes) => ({ group: type.group, resource: type.resource })
const isPods = ({ group, resource }: AdmissionAttributes['type']): boolean => group === '' && resource === 'pods'
const isNewPod = ({ type, operation, subresource }: AdmissionAttributes): boolean =>
  isPods(type) && operation === 'CREATE' && subresource === ''

const immortal = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease'])

/** Nothing is made in a namespace that is not there or is going, and some namespaces stay. */
const namespaceLifecycle: BuiltIn = (attributes, { store }) => {
  const { type, operation, namespace, name, object } = attributes
  if (type.group === '' && type.resource === 'namespaces') {
    if (operation === 'DELETE' && immortal.has(name))
      return err(forbiddenStatus(about(attributes), name, 'this namespace may not be deleted'))
    return ok(object)
  }
  if (!type.namespaced || operation === 'DELETE' || type.resource === 'localsubjectaccessreviews') return ok(object)
  const found = store.get({ group: '', resource: 'namespaces' }, '', namespace)
  if (found === undefined) return err(notFound({ group: '', resource: 'namespaces' }, namespace))
  if (operation !== 'CREATE' || !isTerminating(found)) return ok(object)
  const detail = `unable to create new content in namespace ${namespace} because it is being terminated`
  const status = forbiddenStatus(about(attributes), nameOf(object ?? {}) || name, detail)
  const cause = { reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' }
  return err({ ...status, details: { ...status.details, causes: [cause] } })
}

const tokenMount = '/var/run/secrets/kubernetes.io/serviceaccount'
const accountAttempts = 20
const accountPause = 50

/** A Pod runs as a service account of its namespace, with its token in every container. */
const serviceAccount: BuiltIn = async (attributes, { store, clock }) => {
  const { object, namespace } = attributes
  if (object === undefined || !isNewPod(attributes)) return ok(object)
  if (Object.hasOwn(annotationsOf(object), 'kubernetes.io/config.mirror')) return ok(object)
  const spec = objectAt(object, 'spec')
  const wanted = ownValue(spec, 'serviceAccountName')
  const name = typeof wanted === 'string' && wanted !== '' ? wanted : 'default'
  const find = (): KubeObject | undefined => store.get({ group: '', resource: 'serviceaccounts' }, namespace, name)
  // A controller makes the account right after its namespace.
  for (let i = 0; i < accountAttempts && find() === undefined; i += 1) await new Promise<void>((done) => clock.after(accountPause, done))
  const account = find()
  if (account === undefined) {
    const detail = `error looking up service account ${namespace}/${name}: serviceaccount ${JSON.stringify(name)} not found`
    return err(forbiddenStatus(about(attributes), nameOf(object), detail))
  }
  const secrets = ownValue(spec, 'imagePullSecrets') ?? ownValue(account, 'imagePullSecrets')
  const named = { ...spec, serviceAccountName: name, serviceAccount: name, ...(secrets === undefined ? {} : { imagePullSecrets: secrets }) }
  const mounts = (ownValue(spec, 'automountServiceAccountToken') ?? ownValue(account, 'automountServiceAccountToken')) !== false
  return ok(withFields(object, { spec: mounts ? mountToken(named) : named }))
}

function mountToken(spec: JsonObject): JsonObject {
  const has = (container: JsonObject): boolean =>
    listAt(container, 'volumeMounts').some((mount) => isJsonObject(mount) && mount['mountPath'] === tokenMount)
  const all = ['initContainers', 'containers'].flatMap((list) => objectsAt(spec, list))
  if (all.every(has)) return spec
  const name = `kube-api-access-${randomSuffix()}`
  const mounted = (list: string): { readonly [key: string]: Json } => {
    const containers = objectsAt(spec, list)
    if (containers.length === 0) return {}
    const mount = { name, readOnly: true, mountPath: tokenMount }
    return {
      [list]: containers.map((one) => (has(one) ? one : { ...one, volumeMounts: [...listAt(one, 'volumeMounts'), mount] })),
    }
  }
  const projected = {
    defaultMode: 420,
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
    ],
  }
  return { ...spec, volumes: [...listAt(spec, 'volumes'), { name, projected }], ...mounted('initContainers'), ...mounted('containers') }
}

const suffixAlphabet = 'bcdfghjklmnpqrstvwxz2456789'
const randomSuffix = (): string => Array.from({ length: 5 }, () => suffixAlphabet[randomInt(suffixAlphabet.length)] ?? '').join('')

/** Pods leave a node that is not ready or cannot be reached after five minutes. */
const defaultTolerationSeconds: BuiltIn = (attributes) => {
  const { object, operation, type, subresource } = attributes
  const applies = isPods(type) && subresource === '' && (operation === 'CREATE' || operation === 'UPDATE')
  if (object === undefined || !applies) return ok(object)
  const spec = objectAt(object, 'spec')
  const tolerations = listAt(spec, 'tolerations')
  const tolerates = (key: string): boolean =>
    tolerations.some(
      (one) =>
        isJsonObject(one) &&
        ((one['key'] ?? '') === key || ((one['key'] ?? '') === '' && one['operator'] === 'Exists')) &&
        ((one['effect'] ?? '') === '' || one['effect'] === 'NoExecute'),
    )
  const added = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']
    .filter((key) => !tolerates(key))
    .map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }))
  return ok(added.length === 0 ? object : withFields(object, { spec: { ...spec, tolerations: [...tolerations, ...added] } }))
}

const priorityClasses = { group: 'scheduling.k8s.io', resource: 'priorityclasses' }

/** A Pod keeps the priority it was given when the client leaves it out. */
function withPriorityOf(old: KubeObject, pod: KubeObject): KubeObject {
  const [spec, before] = [objectAt(pod, 'spec'), objectAt(old, 'spec')]
  const kept = ['priority', 'preemptionPolicy'].flatMap((key) => {
    const value = ownValue(before, key)
    return ownValue(spec, key) === undefined && value !== undefined ? [[key, value]] : []
  })
  return kept.length === 0 ? pod : withFields(pod, { spec: { ...spec, ...(Object.fromEntries(kept) as JsonObject) } })
}

const priority: BuiltIn = (attributes, { store }) => {
  const { object, oldObject, operation, type, subresource } = attributes
  if (object !== undefined && oldObject !== undefined && operation === 'UPDATE' && subresource === '' && isPods(type))
    return ok(withPriorityOf(oldObject, object))
  if (object === undefined || !isNewPod(attributes)) return ok(object)
  const spec = objectAt(object, 'spec')
  const name = ownValue(spec, 'priorityClassName')
  const found =
    typeof name === 'string' && name !== ''
      ? store.get(priorityClasses, '', name)
      : store.list(priorityClasses).find((one) => one['globalDefault'] === true)
  if (found === undefined && typeof name === 'string' && name !== '')
    return err(forbiddenStatus(about(attributes), nameOf(object), `no PriorityClass with name ${name} was found`))
  const value = found === undefined ? 0 : (found['value'] ?? 0)
  const policy = found === undefined ? 'PreemptLowerPriority' : (found['preemptionPolicy'] ?? 'PreemptLowerPriority')
  return ok(
    withFields(object, {
      spec: {
        ...spec,
        ...(found === undefined ? {} : { priorityClassName: nameOf(found) }),
        priority: value,
        preemptionPolicy: ownValue(spec, 'preemptionPolicy') ?? policy,
      },
    }),
  )
}

const defaultClass = 'storageclass.kubernetes.io/is-default-class'

const defaultStorageClass: BuiltIn = ({ type, operation, object }, { store }) => {
  if (object === undefined || operation !== 'CREATE' || type.resource !== 'persistentvolumeclaims') return ok(object)
  if (valueAt(object, ['spec', 'storageClassName']) !== undefined) return ok(object)
  const chosen = store
    .list({ group: 'storage.k8s.io', resource: 'storageclasses' })
    .find((one) => annotationsOf(one)[defaultClass] === 'true')
  if (chosen === undefined) return ok(object)
  return ok(withFields(object, { spec: { ...objectAt(object, 'spec'), storageClassName: nameOf(chosen) } }))
}

const defaultIngressClass: BuiltIn = ({ type, operation, object }, { store }) => {
  if (object === undefined || operation !== 'CREATE' || type.group !== 'networking.k8s.io' || type.resource !== 'ingresses')
    return ok(object)
  if (valueAt(object, ['spec', 'ingressClassName']) !== undefined) return ok(object)
  const chosen = store
    .list({ group: 'networking.k8s.io', resource: 'ingressclasses' })
    .find((one) => annotationsOf(one)['ingressclass.kubernetes.io/is-default-class'] === 'true')
  if (chosen === undefined) return ok(object)
  return ok(withFields(object, { spec: { ...objectAt(object, 'spec'), ingressClassName: nameOf(chosen) } }))
}

/** Who asks for a certificate is not what the request says. */
const certificateSubject: BuiltIn = ({ type, operation, object, options }) => {
  if (object === undefined || operation !== 'CREATE' || type.resource !== 'certificatesigningrequests') return ok(object)
  const { username, groups, uid } = options.user
  return ok(withFields(object, { spec: { ...objectAt(object, 'spec'), username, groups, ...(uid === '' ? {} : { uid }) } }))
}

/** The mutating plugins in the order of kube-apiserver. */
export const mutatingBuiltIns: readonly BuiltIn[] = [
  namespaceLifecycle,
  limitRanges,
  serviceAccount,
  priority,
  defaultTolerationSeconds,
  defaultStorageClass,
  defaultIngressClass,
  certificateSubject,
]
