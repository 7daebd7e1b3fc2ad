import { has, objectAt, objectsAt, textAt, textsAt } from '../../core/fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { ok } from '../../core/result.ts'
import type { KubeObject } from '../../kube/object.ts'
import { annotationsOf, labelsOf, nameOf, namespaceOf } from '../../kube/object.ts'
import { compileLabelSelector } from '../../kube/label-selector.ts'
import { compareQuantities, parseQuantity } from '../../kube/quantity.ts'
import type { Status } from '../../kube/status.ts'
import type { Controller, ControllerContext, Key } from './controller.ts'
import { again, done, keyOf, writeStatus } from './controller.ts'
import { finalizersOf, isDeleting, timestamp, uidOf, withField } from './fields.ts'
import { claims, pods, storageClasses, volumes } from './kinds.ts'
import { isFinished, nodeNameOf } from './pods.ts'
import type { Reconciled } from './workqueue.ts'

type Step = Promise<Result<unknown, Status>>

/** How often a claim that waits is looked at again, as upstream does. */
const period = 15_000
const claimProtection = 'kubernetes.io/pvc-protection'
const volumeProtection = 'kubernetes.io/pv-protection'

const claimsOfPod = (pod: KubeObject): readonly Key[] =>
  objectsAt(pod, 'spec', 'volumes').flatMap((volume) => {
    const name = has(volume, 'ephemeral')
      ? `${nameOf(pod)}-${textAt(volume, 'name')}`
      : textAt(volume, 'persistentVolumeClaim', 'claimName')
    return name === '' ? [] : [{ namespace: namespaceOf(pod), name }]
  })

/** Finds or makes a volume for every claim. Keys of volumes have no namespace. */
export const volumeController = (context: ControllerContext): Controller => ({
  name: 'persistentvolume',
  kinds: [claims, volumes, pods, storageClasses],
  keysOf: ({ of, object, type }) => {
    if (of.resource === 'pods') return claimsOfPod(object)
    if (of.resource === 'storageclasses') return context.client.list(claims).filter(isUnbound).map(keyOf)
    const own = type === 'DELETED' ? [] : [keyOf(object)]
    if (of.resource === 'persistentvolumeclaims') {
      const name = textAt(object, 'spec', 'volumeName')
      return name === '' ? own : [...own, { namespace: '', name }]
    }
    const reference = objectAt(object, 'spec', 'claimRef')
    const claim = { namespace: textAt(reference, 'namespace'), name: textAt(reference, 'name') }
    return [...own, ...(claim.name === '' ? context.client.list(claims).filter(isUnbound).map(keyOf) : [claim])]
  },
  reconcile: (key) => (key.namespace === '' ? syncVolume(context, key) : syncClaim(context, key)),
})

const isUnbound = (claim: KubeObject): boolean => textAt(claim, 'spec', 'volumeName') === '' && !isDeleting(claim)
const settle = (result: Result<unknown, Status>): Reconciled => (result.ok || result.error.reason === 'NotFound' ? done : result)

const usersOf = ({ client }: ControllerContext, claim: KubeObject): readonly KubeObject[] =>
  client.list(pods, namespaceOf(claim)).filter((pod) => !isFinished(pod) && claimsOfPod(pod).some(({ name }) => name === nameOf(claim)))

async function syncClaim(context: ControllerContext, { namespace, name }: Key): Promise<Reconciled> {
  const { client } = context
  const claim = client.get(claims, namespace, name)
  if (claim === undefined) return done
  if (isDeleting(claim)) {
    if (!finalizersOf(claim).includes(claimProtection) || usersOf(context, claim).length > 0) return done
    return settle(await client.update(claims, withoutFinalizer(claim, claimProtection)))
  }
  const volumeName = textAt(claim, 'spec', 'volumeName')
  if (volumeName !== '') return settle(await bindTo(context, claim, client.get(volumes, '', volumeName)))
  const found = findVolume(context, claim)
  if (found !== undefined) return settle(await bindTo(context, claim, found))
  return provision(context, claim)
}

const withoutFinalizer = (object: KubeObject, finalizer: string): KubeObject => {
  const rest = finalizersOf(object).filter((one) => one !== finalizer)
  return withField(object, ['metadata', 'finalizers'], rest.length === 0 ? undefined : rest)
}

const refersTo = (volume: KubeObject, claim: KubeObject): boolean => {
  const reference = objectAt(volume, 'spec', 'claimRef')
  const uid = textAt(reference, 'uid')
  return (
    textAt(reference, 'name') === nameOf(claim) &&
    textAt(reference, 'namespace') === namespaceOf(claim) &&
    (uid === '' || uid === uidOf(claim))
  )
}

/** The smallest volume that is free, or already meant for the claim. */
function findVolume({ client }: ControllerContext, claim: KubeObject): KubeObject | undefined {
  const wanted = parseQuantity(textAt(claim, 'spec', 'resources', 'requests', 'storage'))
  const selector = compileLabelSelector(has(claim, 'spec', 'selector') ? objectAt(claim, 'spec', 'selector') : {})
  const modes = textsAt(claim, 'spec', 'accessModes')
  const capacity = (volume: KubeObject): ReturnType<typeof parseQuantity> => parseQuantity(textAt(volume, 'spec', 'capacity', 'storage'))
  const fitting = client.list(volumes).filter((volume) => {
    if (isDeleting(volume)) return false
    if (has(volume, 'spec', 'claimRef')) return refersTo(volume, claim)
    const size = capacity(volume)
    return (
      textAt(volume, 'spec', 'storageClassName') === textAt(claim, 'spec', 'storageClassName') &&
      (textAt(volume, 'spec', 'volumeMode') || 'Filesystem') === (textAt(claim, 'spec', 'volumeMode') || 'Filesystem') &&
      modes.every((mode) => textsAt(volume, 'spec', 'accessModes').includes(mode)) &&
      (wanted === undefined || (size !== undefined && compareQuantities(size, wanted) >= 0)) &&
      selector.ok &&
      selector.value(labelsOf(volume))
    )
  })
  const bySize = (a: KubeObject, b: KubeObject): number => {
    const [x, y] = [capacity(a), capacity(b)]
    return x === undefined || y === undefined ? 0 : compareQuantities(x, y)
  }
  return fitting.find((volume) => has(volume, 'spec', 'claimRef')) ?? fitting.sort(bySize)[0]
}

/** First the volume is given to the claim, then the claim to the volume; each step is taken only if it is still to be taken. */
async function bindTo(context: ControllerContext, claim: KubeObject, volume: KubeObject | undefined): Step {
  const { client, clock } = context
  if (volume === undefined || (has(volume, 'spec', 'claimRef') && !refersTo(volume, claim))) {
    const lost = textAt(claim, 'status', 'phase') === 'Bound' ? 'Lost' : 'Pending'
    return writeStatus(client, claims, claim, { ...objectAt(claim, 'status'), phase: lost })
  }
  const claimRef = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    name: nameOf(claim),
    namespace: namespaceOf(claim),
    resourceVersion: textAt(claim, 'metadata', 'resourceVersion'),
    uid: uidOf(claim),
  }
  const taken = textAt(volume, 'spec', 'claimRef', 'uid') !== ''
  const given = taken
    ? ok(volume)
    : await client.update(volumes, annotated(withField(volume, ['spec', 'claimRef'], claimRef), 'pv.kubernetes.io/bound-by-controller'))
  if (!given.ok) return given
  const phase = textAt(given.value, 'status', 'phase') === 'Bound' ? {} : { lastPhaseTransitionTime: timestamp(clock.now()) }
  const told = await writeStatus(client, volumes, given.value, { ...objectAt(given.value, 'status'), phase: 'Bound', ...phase })
  if (!told.ok) return told
  const named = annotated(
    withField(claim, ['spec', 'volumeName'], nameOf(volume)),
    'pv.kubernetes.io/bind-completed',
    'pv.kubernetes.io/bound-by-controller',
  )
  const isNamed =
    textAt(claim, 'spec', 'volumeName') === nameOf(volume) && annotationsOf(claim)['pv.kubernetes.io/bind-completed'] === 'yes'
  const bound = isNamed ? ok(claim) : await client.update(claims, named)
  if (!bound.ok) return bound
  const accessModes: Json = textsAt(volume, 'spec', 'accessModes')
  return writeStatus(client, claims, bound.value, {
    ...objectAt(bound.value, 'status'),
    accessModes,
    capacity: objectAt(volume, 'spec', 'capacity'),
    phase: 'Bound',
  })
}

const annotated = (object: KubeObject, ...names: readonly string[]): KubeObject =>
  withField(object, ['metadata', 'annotations'], { ...annotationsOf(object), ...Object.fromEntries(names.map((name) => [name, 'yes'])) })

/** No volume fits: one is made up, if there is a StorageClass to make it up with. */
async function provision(context: ControllerContext, claim: KubeObject): Promise<Reconciled> {
  const { client } = context
  const pending = await writeStatus(client, claims, claim, { ...objectAt(claim, 'status'), phase: 'Pending' })
  if (!pending.ok) return settle(pending)
  const say = (type: 'Normal' | 'Warning', reason: string, message: string): Reconciled => {
    context.record(pending.value, { type, reason, message })
    return again(period)
  }
  const className = textAt(claim, 'spec', 'storageClassName')
  if (className === '') return say('Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set')
  const storageClass = client.get(storageClasses, '', className)
  if (storageClass === undefined) return say('Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io "${className}" not found`)
  if (textAt(storageClass, 'volumeBindingMode') === 'WaitForFirstConsumer') {
    const users = usersOf(context, claim)
    if (users.length === 0) return say('Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding')
    if (!users.some((pod) => nodeNameOf(pod) !== '')) {
      return say('Normal', 'WaitForPodScheduled', `waiting for pod ${nameOf(users[0] ?? claim)} to be scheduled`)
    }
  }
  if (textAt(storageClass, 'provisioner') === 'kubernetes.io/no-provisioner') {
    return say('Warning', 'ProvisioningFailed', 'no volume plugin matched name: kubernetes.io/no-provisioner')
  }
  const made = await client.create(volumes, madeUpVolume(claim, storageClass))
  if (!made.ok && made.error.reason !== 'AlreadyExists') return settle(made)
  context.record(pending.value, {
    type: 'Normal',
    reason: 'ProvisioningSucceeded',
    message: `Successfully provisioned volume pvc-${uidOf(claim)}`,
  })
  return done
}

function madeUpVolume(claim: KubeObject, storageClass: KubeObject): KubeObject {
  const name = `pvc-${uidOf(claim)}`
  const modes: Json = textsAt(claim, 'spec', 'accessModes')
  const spec: JsonObject = {
    accessModes: modes,
    capacity: { storage: textAt(claim, 'spec', 'resources', 'requests', 'storage') || '1Gi' },
    claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name: nameOf(claim), namespace: namespaceOf(claim), uid: uidOf(claim) },
    hostPath: { path: `/var/lib/sandbox/${name}`, type: 'DirectoryOrCreate' },
    persistentVolumeReclaimPolicy: textAt(storageClass, 'reclaimPolicy') || 'Delete',
    storageClassName: nameOf(storageClass),
    volumeMode: textAt(claim, 'spec', 'volumeMode') || 'Filesystem',
  }
  const annotations = { 'pv.kubernetes.io/provisioned-by': textAt(storageClass, 'provisioner') }
  return { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name, annotations }, spec }
}

async function syncVolume(context: ControllerContext, { name }: Key): Promise<Reconciled> {
  const { client, clock } = context
  const volume = client.get(volumes, '', name)
  if (volume === undefined) return done
  const reference = objectAt(volume, 'spec', 'claimRef')
  const claim = client.get(claims, textAt(reference, 'namespace'), textAt(reference, 'name'))
  const isHeld = claim !== undefined && refersTo(volume, claim)
  if (isDeleting(volume)) {
    if (isHeld || !finalizersOf(volume).includes(volumeProtection)) return done
    return settle(await client.update(volumes, withoutFinalizer(volume, volumeProtection)))
  }
  // A volume that names its claim in advance is not released by the claim's not yet being there.
  const wasBound = textAt(reference, 'uid') !== ''
  if (isHeld) return done
  if (wasBound && textAt(volume, 'spec', 'persistentVolumeReclaimPolicy') === 'Delete')
    return settle(await client.delete(volumes, { namespace: '', name }))
  const phase = wasBound ? 'Released' : 'Available'
  if (textAt(volume, 'status', 'phase') === phase) return done
  const status = { ...objectAt(volume, 'status'), phase, lastPhaseTransitionTime: timestamp(clock.now()) }
  return settle(await writeStatus(client, volumes, volume, status))
}
