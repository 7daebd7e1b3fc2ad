import { duplicate, forbidden, invalid, notSupported, required } from '../../field-error.ts'
import type { Errors, Field } from '../field.ts'
import { at, countOf, entriesOf, invalidAll, isSet, itemsOf, numberOf, oneOf, shownOf, textOf } from '../field.ts'
import { dns1123Label, dns1123Subdomain } from '../names.ts'
import { validateAnnotations } from '../metadata.ts'
import { validateClaimSpec, validateDataSources } from '../storage/claim.ts'
import { validateLabels } from '../selectors.ts'
import { validateFieldReference, validateResourceReference, volumeFields } from './environment.ts'
import { quantityOf } from './resources.ts'
import { validateNoBacksteps, validateRelativePath } from './security-context.ts'

export function* validateVolumes(volumes: Field): Errors {
  const names = new Set<string>()
  for (const volume of itemsOf(volumes)) {
    const name = at(volume, 'name')
    yield* validateVolumeSource(volume)
    if (textOf(name) === '') yield required(name.path)
    else yield* invalidAll(name, dns1123Label(textOf(name)))
    if (textOf(name) !== '' && names.has(textOf(name))) yield duplicate(name.path, textOf(name))
    names.add(textOf(name))
  }
}

type Source = (source: Field) => Errors

/** One source, the first in this order; the others are forbidden. */
function* validateVolumeSource(volume: Field): Errors {
  let found = false
  for (const [name, validate] of Object.entries(sources)) {
    const source = at(volume, name)
    if (!isSet(source)) continue
    if (found) yield forbidden(source.path, 'may not specify more than 1 volume type')
    else yield* validate(source)
    found = true
  }
  const other = entriesOf(volume).some(([key, { value }]) => key !== 'name' && value !== undefined)
  if (!found && !other) yield required(volume.path, 'must specify a volume type')
}

const requires = (...keys: readonly string[]): Source =>
  function* (source) {
    for (const key of keys) if (textOf(at(source, key)) === '') yield required(at(source, key).path)
  }

const requiresList = (key: string): Source =>
  function* (source) {
    if (countOf(at(source, key)) === 0) yield required(at(source, key).path)
  }

function* validateRbd(source: Field): Errors {
  yield* requiresList('monitors')(source)
  yield* requires('image')(source)
}

function* validateFlocker(source: Field): Errors {
  const given = ['datasetName', 'datasetUUID'].filter((key) => textOf(at(source, key)) !== '')
  if (given.length === 0) yield required(source.path, 'one of datasetName and datasetUUID is required')
  if (given.length > 1) yield invalid(source.path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously')
}

function* validateQuobyte(source: Field): Errors {
  const [registry, volume] = [at(source, 'registry'), at(source, 'volume')]
  if (textOf(registry) === '') yield required(registry.path, 'must be a host:port pair or multiple pairs separated by commas')
  if (textOf(volume) === '') yield required(volume.path)
}

function* validateFibreChannel(source: Field): Errors {
  const [names, ids] = [at(source, 'targetWWNs'), at(source, 'wwids')]
  if (countOf(names) === 0 && countOf(ids) === 0) yield required(names.path, 'must specify either targetWWNs or wwids, but not both')
  if (countOf(names) > 0 && countOf(ids) > 0)
    yield invalid(names.path, shownOf(names), 'targetWWNs and wwids can not be specified simultaneously')
}

const blobForm = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd'

function* validateAzureDisk(source: Field): Errors {
  yield* requires('diskName', 'diskURI')(source)
  const [uri, kind] = [at(source, 'diskURI'), textOf(at(source, 'kind'))]
  if (kind !== 'Managed' && !textOf(uri).startsWith('https://')) yield notSupported(uri.path, textOf(uri), [blobForm])
  if (kind === 'Managed' && !textOf(uri).startsWith('/subscriptions'))
    yield notSupported(uri.path, textOf(uri), [
      '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}',
    ])
}

function* validateImage(source: Field): Errors {
  yield* requires('reference')(source)
  if (textOf(at(source, 'pullPolicy')) !== '') yield* oneOf(at(source, 'pullPolicy'), ['Always', 'IfNotPresent', 'Never'])
}

const hostPathTypes = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'] as const

export function* validateHostPath(source: Field): Errors {
  const [path, type] = [at(source, 'path'), at(source, 'type')]
  if (textOf(path) === '') {
    yield required(path.path)
    return
  }
  yield* validateNoBacksteps(path)
  yield* oneOf(type, hostPathTypes)
}

export function* validateNfs(source: Field): Errors {
  const path = at(source, 'path')
  yield* requires('server', 'path')(source)
  if (!textOf(path).startsWith('/')) yield invalid(path.path, textOf(path), 'must be an absolute path')
}

function* validateIscsi(source: Field): Errors {
  yield* requires('targetPortal', 'iqn')(source)
  const [iqn, lun] = [at(source, 'iqn'), at(source, 'lun')]
  if (textOf(iqn) !== '' && !/^(iqn|eui|naa)\./.test(textOf(iqn)))
    yield invalid(iqn.path, textOf(iqn), 'must be valid format starting with iqn, eui, or naa')
  if ((numberOf(lun) ?? 0) < 0 || (numberOf(lun) ?? 0) > 255)
    yield invalid(lun.path, numberOf(lun) ?? 0, 'must be between 0 and 255, inclusive')
}

function* validateEmptyDir(source: Field): Errors {
  const limit = at(source, 'sizeLimit')
  const nanos = quantityOf(limit)?.nanos
  if (isSet(limit) && (nanos === undefined || nanos < 0n)) yield forbidden(limit.path, 'SizeLimit field must be a valid resource quantity')
}

function* validateMode(field: Field): Errors {
  const mode = numberOf(field)
  if (mode !== undefined && (mode < 0 || mode > 0o777))
    yield invalid(field.path, mode, 'must be a number between 0 and 0777 (octal), both inclusive')
}

function* validateItems(items: Field): Errors {
  for (const item of itemsOf(items)) {
    const [key, path] = [at(item, 'key'), at(item, 'path')]
    if (textOf(key) === '') yield required(key.path)
    if (textOf(path) === '') yield required(path.path)
    yield* validateLocalPath(path)
    yield* validateMode(at(item, 'mode'))
  }
}

/** A file below the volume, whose name does not look like what the kubelet keeps there. */
function* validateLocalPath(path: Field): Errors {
  yield* validateRelativePath(path)
  if (textOf(path).startsWith('..') && !textOf(path).startsWith('../')) yield invalid(path.path, textOf(path), "must not start with '..'")
}

const keysOf = (name: 'secretName' | 'name'): Source =>
  function* (source) {
    yield* requires(name)(source)
    yield* validateMode(at(source, 'defaultMode'))
    yield* validateItems(at(source, 'items'))
  }

/** Errors of files have no index in the API server's paths. */
function* validateDownwardFiles(source: Field): Errors {
  for (const item of itemsOf(at(source, 'items'))) {
    const file: Field = { path: source.path, value: item.value }
    const [path, field, resource] = [at(file, 'path'), at(file, 'fieldRef'), at(file, 'resourceFieldRef')]
    if (textOf(path) === '') yield required(path.path)
    yield* validateLocalPath(path)
    if (isSet(field)) {
      yield* validateFieldReference(field, volumeFields, ['metadata.annotations', 'metadata.labels'])
      if (isSet(resource)) yield invalid(source.path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously')
    } else if (isSet(resource)) yield* validateResourceReference(resource, 'volume')
    else yield required(source.path, 'one of fieldRef and resourceFieldRef is required')
    yield* validateMode(at(file, 'mode'))
  }
}

function* validateDownward(source: Field): Errors {
  yield* validateMode(at(source, 'defaultMode'))
  yield* validateDownwardFiles(source)
}

const projections = ['secret', 'configMap', 'downwardAPI', 'serviceAccountToken', 'clusterTrustBundle', 'podCertificate'] as const

function* validateProjected(source: Field): Errors {
  yield* validateMode(at(source, 'defaultMode'))
  const paths = new Set<string>()
  for (const projection of itemsOf(at(source, 'sources'))) {
    let found = false
    for (const name of projections) {
      const given = at(projection, name)
      if (!isSet(given)) continue
      if (found) {
        yield forbidden(projection.path, 'may not specify more than 1 volume type per source')
        continue
      }
      found = true
      yield* validateProjection(name, given, source)
      yield* validateNewPaths({ name, given, source }, paths)
    }
  }
}

function* validateProjection(name: (typeof projections)[number], given: Field, source: Field): Errors {
  if (name === 'secret' || name === 'configMap') {
    yield* requires('name')(given)
    yield* validateItems(at(given, 'items'))
  } else if (name === 'downwardAPI') yield* validateDownwardFiles({ path: source.path, value: given.value })
  else if (name === 'serviceAccountToken') yield* validateToken(given, source)
}

function* validateToken(token: Field, source: Field): Errors {
  const seconds = at(token, 'expirationSeconds')
  const value = numberOf(seconds) ?? 0
  if (value < 600) yield invalid(seconds.path, value, 'may not specify a duration less than 10 minutes')
  if (value > 2 ** 32) yield invalid(seconds.path, value, 'may not specify a duration larger than 2^32 seconds')
  if (textOf(at(token, 'path')) === '') yield required(`${source.path}.path`)
}

interface Projection {
  readonly name: (typeof projections)[number]
  readonly given: Field
  readonly source: Field
}

/** Two projections must not make the same file. */
function* validateNewPaths({ name, given, source }: Projection, paths: Set<string>): Errors {
  const own =
    name === 'serviceAccountToken' ? [textOf(at(given, 'path'))] : itemsOf(at(given, 'items')).map((item) => textOf(at(item, 'path')))
  const shown = textOf(at(given, name === 'serviceAccountToken' ? 'path' : 'name'))
  const taken = own.filter((path) => path !== '' && paths.has(path))
  for (const _ of taken) yield invalid(source.path, shown, 'conflicting duplicate paths')
  for (const path of own) if (path !== '') paths.add(path)
}

function* validateEphemeral(source: Field): Errors {
  const template = at(source, 'volumeClaimTemplate')
  if (!isSet(template)) {
    yield required(template.path)
    return
  }
  yield* validateLabels(at(template, 'metadata', 'labels'))
  yield* validateAnnotations(at(template, 'metadata', 'annotations'))
  yield* validateClaimSpec(at(template, 'spec'))
  yield* validateDataSources(at(template, 'spec'))
}

export function* validateCsiDriver(driver: Field): Errors {
  if (textOf(driver) === '') yield required(driver.path)
  // Names of drivers may have capitals.
  else yield* invalidAll(driver, dns1123Subdomain(textOf(driver).toLowerCase()))
}

function* validateCsi(source: Field): Errors {
  yield* validateCsiDriver(at(source, 'driver'))
}

/** In the order in which the API server looks for them. */
const sources: Readonly<Record<string, Source>> = {
  emptyDir: validateEmptyDir,
  hostPath: validateHostPath,
  gitRepo: requires('repository'),
  gcePersistentDisk: (source) => requires('pdName')({ ...source, path: source.path.replace('gcePersistentDisk', 'persistentDisk') }),
  awsElasticBlockStore: requires('volumeID'),
  secret: keysOf('secretName'),
  nfs: validateNfs,
  iscsi: validateIscsi,
  glusterfs: requires('endpoints', 'path'),
  flocker: validateFlocker,
  persistentVolumeClaim: requires('claimName'),
  rbd: validateRbd,
  cinder: requires('volumeID'),
  cephfs: requiresList('monitors'),
  quobyte: validateQuobyte,
  downwardAPI: validateDownward,
  fc: validateFibreChannel,
  flexVolume: requires('driver'),
  configMap: keysOf('name'),
  azureFile: requires('secretName', 'shareName'),
  vsphereVolume: requires('volumePath'),
  photonPersistentDisk: requires('pdID'),
  portworxVolume: requires('volumeID'),
  azureDisk: validateAzureDisk,
  storageos: requires('volumeName'),
  projected: validateProjected,
  scaleIO: requires('gateway', 'system', 'volumeName'),
  csi: validateCsi,
  ephemeral: validateEphemeral,
  image: validateImage,
}

/** The sources of PersistentVolumes, of those above. */
export const sourceValidators: Readonly<Record<string, Source>> = sources
