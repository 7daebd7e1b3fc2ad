import { duplicate, fieldNotFound, forbidden, invalid, required } from '../../field-error.ts'
import type { Errors, Field } from '../field.ts'
import { at, exactlyOneOf, invalidAll, isSet, isTrue, itemsOf, numberOf, oneOf, textOf } from '../field.ts'
import { dns1123Label, portName, portNumber } from '../names.ts'
import { validateEnvironment, validateEnvironmentSources } from './environment.ts'
import { validateLifecycle, validateLivenessProbe, validateReadinessProbe } from './handlers.ts'
import { claimNames, validateResizePolicy, validateResources } from './resources.ts'
import { validateContainerSecurity, validateRelativePath } from './security-context.ts'

/** What the containers of a pod are checked against. */
export interface PodContext {
  readonly claims: ReadonlySet<string>
  /** The volumes by name. */
  readonly volumes: ReadonlyMap<string, Field>
  readonly grace: number
  readonly hostUsers: boolean
  readonly hostNetwork: boolean
}

export function podContext(spec: Field): PodContext {
  return {
    claims: claimNames(spec),
    volumes: new Map(itemsOf(at(spec, 'volumes')).map((volume) => [textOf(at(volume, 'name')), volume])),
    grace: numberOf(at(spec, 'terminationGracePeriodSeconds')) ?? 0,
    hostUsers: at(spec, 'hostUsers').value !== false,
    hostNetwork: isTrue(at(spec, 'hostNetwork')),
  }
}

export function* validateContainers(containers: Field, context: PodContext): Errors {
  const items = itemsOf(containers)
  if (items.length === 0) {
    yield required(containers.path)
    return
  }
  const names = new Set<string>()
  for (const container of items) {
    yield* validateContainer(container, context)
    yield* validateUnique(at(container, 'name'), names)
    yield* validateLifecycle(at(container, 'lifecycle'), context.grace)
    yield* validateLivenessProbe(at(container, 'livenessProbe'), context.grace)
    yield* validateReadinessProbe(at(container, 'readinessProbe'), context.grace)
    yield* validateLivenessProbe(at(container, 'startupProbe'), context.grace)
    yield* validateRestartPolicy(container)
  }
  yield* validateHostPorts(items)
}

function* validateUnique(name: Field, names: Set<string>): Errors {
  const text = textOf(name)
  if (text !== '' && names.has(text)) yield duplicate(name.path, text)
  names.add(text)
}

function* validateRestartPolicy(container: Field): Errors {
  const [policy, rules] = [at(container, 'restartPolicy'), at(container, 'restartPolicyRules')]
  yield* oneOf(policy, ['Always', 'Never', 'OnFailure'])
  if (itemsOf(rules).length > 0 && !isSet(policy)) yield required(policy.path, 'must specify restartPolicy when restart rules are used')
}

/** Init containers end before the pod starts, unless they restart for ever. */
export function* validateInitContainers(spec: Field, context: PodContext): Errors {
  const names = new Set(itemsOf(at(spec, 'containers')).map((container) => textOf(at(container, 'name'))))
  for (const container of itemsOf(at(spec, 'initContainers'))) {
    yield* validateContainer(container, context)
    yield* validateRestartPolicy(container)
    yield* validateUnique(at(container, 'name'), names)
    yield* validateHostPorts([container])
    if (textOf(at(container, 'restartPolicy')) === 'Always') yield* validateSidecar(container, context)
    else yield* validateNoHooks(container)
  }
}

function* validateSidecar(container: Field, { grace }: PodContext): Errors {
  yield* validateLifecycle(at(container, 'lifecycle'), grace)
  yield* validateLivenessProbe(at(container, 'livenessProbe'), grace)
  yield* validateReadinessProbe(at(container, 'readinessProbe'), grace)
  yield* validateLivenessProbe(at(container, 'startupProbe'), grace)
}

function* validateNoHooks(container: Field): Errors {
  for (const name of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe']) {
    const field = at(container, name)
    if (isSet(field)) yield forbidden(field.path, 'may not be set for init containers without restartPolicy=Always')
  }
}

const ephemeralForbidden = [
  'ports',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
  'resources',
  'resizePolicy',
  'restartPolicy',
] as const

export function* validateEphemeralContainers(spec: Field, context: PodContext): Errors {
  const others = ['containers', 'initContainers'].flatMap((list) => itemsOf(at(spec, list)).map((item) => textOf(at(item, 'name'))))
  const names = new Set(others)
  for (const container of itemsOf(at(spec, 'ephemeralContainers'))) {
    yield* validateContainer(container, context)
    yield* validateUnique(at(container, 'name'), names)
    const target = at(container, 'targetContainerName')
    if (textOf(target) !== '' && !others.includes(textOf(target))) yield fieldNotFound(target.path, textOf(target))
    for (const name of ephemeralForbidden) {
      const field = at(container, name)
      if (isSet(field) && !isEmptyObject(field)) yield forbidden(field.path, 'cannot be set for an Ephemeral Container')
    }
    for (const mount of itemsOf(at(container, 'volumeMounts')))
      if (textOf(at(mount, 'subPath')) !== '') yield forbidden(at(mount, 'subPath').path, 'cannot be set for an Ephemeral Container')
  }
}

const isEmptyObject = ({ value }: Field): boolean => typeof value === 'object' && Object.keys(value ?? {}).length === 0

/** What all kinds of containers have in common. */
function* validateContainer(container: Field, context: PodContext): Errors {
  const [name, image] = [at(container, 'name'), at(container, 'image')]
  if (textOf(name) === '') yield required(name.path)
  else yield* invalidAll(name, dns1123Label(textOf(name)))
  if (textOf(image) === '') yield required(image.path)
  else if (textOf(image) !== textOf(image).trim()) yield invalid(image.path, textOf(image), 'must not have leading or trailing whitespace')
  yield* requiredChoice(at(container, 'terminationMessagePolicy'), ['File', 'FallbackToLogsOnError'])
  yield* validatePorts(at(container, 'ports'), context)
  yield* validateEnvironment(at(container, 'env'))
  yield* validateEnvironmentSources(at(container, 'envFrom'))
  yield* validateMounts(container, context)
  yield* validateDevices(container, context)
  yield* requiredChoice(at(container, 'imagePullPolicy'), ['Always', 'IfNotPresent', 'Never'])
  yield* validateResources(at(container, 'resources'), context.claims)
  yield* validateResizePolicy(at(container, 'resizePolicy'))
  yield* validateContainerSecurity(at(container, 'securityContext'), context.hostUsers)
}

export function* requiredChoice(field: Field, supported: readonly string[]): Errors {
  if (textOf(field) === '') yield required(field.path)
  else yield* exactlyOneOf(field, supported)
}

const protocols = ['SCTP', 'TCP', 'UDP'] as const

function* validatePorts(ports: Field, { hostNetwork }: PodContext): Errors {
  const names = new Set<string>()
  for (const port of itemsOf(ports)) {
    const [name, number, host] = [at(port, 'name'), at(port, 'containerPort'), at(port, 'hostPort')]
    const wrong = textOf(name) === '' ? [] : portName(textOf(name))
    yield* invalidAll(name, wrong)
    if (textOf(name) !== '' && wrong.length === 0) yield* validateUnique(name, names)
    if ((numberOf(number) ?? 0) === 0) yield required(number.path)
    else yield* invalidAll(number, portNumber(numberOf(number) ?? 0))
    if ((numberOf(host) ?? 0) !== 0) yield* invalidAll(host, portNumber(numberOf(host) ?? 0))
    yield* requiredChoice(at(port, 'protocol'), protocols)
    if (hostNetwork && numberOf(host) !== numberOf(number))
      yield invalid(host.path, numberOf(host) ?? 0, 'must match `containerPort` when `hostNetwork` is true')
  }
}

/** Two containers of a pod cannot have the same port of the host. */
function* validateHostPorts(containers: readonly Field[]): Errors {
  const taken = new Set<string>()
  for (const port of containers.flatMap((container) => itemsOf(at(container, 'ports')))) {
    const host = at(port, 'hostPort')
    if ((numberOf(host) ?? 0) === 0) continue
    const key = `${textOf(at(port, 'protocol'))}/${textOf(at(port, 'hostIP'))}/${numberOf(host)}`
    if (taken.has(key)) yield duplicate(host.path, key)
    taken.add(key)
  }
}

function* validateMounts(container: Field, { volumes }: PodContext): Errors {
  const mounts = at(container, 'volumeMounts')
  const devices = itemsOf(at(container, 'volumeDevices'))
  const paths = new Set<string>()
  for (const mount of itemsOf(mounts)) {
    const [name, path] = [at(mount, 'name'), at(mount, 'mountPath')]
    if (textOf(name) === '') yield required(name.path)
    if (!volumes.has(textOf(name))) yield fieldNotFound(name.path, textOf(name))
    if (textOf(path) === '') yield required(path.path)
    if (paths.has(textOf(path))) yield invalid(path.path, textOf(path), 'must be unique')
    paths.add(textOf(path))
    if (devices.some((device) => textOf(at(device, 'name')) === textOf(name)))
      yield invalid(name.path, textOf(name), 'must not already exist in volumeDevices')
    if (devices.some((device) => textOf(at(device, 'devicePath')) === textOf(path)))
      yield invalid(path.path, textOf(path), 'must not already exist as a path in volumeDevices')
    yield* validateSubPath(mount, mounts)
    yield* validatePropagation(mount, mounts, container)
    yield* validateRecursiveReadOnly(mount, mounts)
  }
}

// The API server leaves the index out of some paths below a mount.
function* validateSubPath(mount: Field, mounts: Field): Errors {
  const [path, expression] = [at(mount, 'subPath'), at(mount, 'subPathExpr')]
  if (textOf(path) !== '') yield* validateRelativePath({ ...path, path: `${mounts.path}.subPath` })
  if (textOf(expression) === '') return
  if (textOf(path) !== '') yield invalid(expression.path, textOf(expression), 'subPathExpr and subPath are mutually exclusive')
  yield* validateRelativePath({ ...expression, path: `${mounts.path}.subPathExpr` })
}

function* validatePropagation(mount: Field, mounts: Field, container: Field): Errors {
  const field: Field = { ...at(mount, 'mountPropagation'), path: `${mounts.path}.mountPropagation` }
  yield* oneOf(field, ['Bidirectional', 'HostToContainer', 'None'])
  if (textOf(field) === 'Bidirectional' && !isTrue(at(container, 'securityContext', 'privileged')))
    yield forbidden(field.path, 'Bidirectional mount propagation is available only to privileged containers')
}

function* validateRecursiveReadOnly(mount: Field, mounts: Field): Errors {
  const field: Field = { ...at(mount, 'recursiveReadOnly'), path: `${mounts.path}.recursiveReadOnly` }
  const mode = textOf(field)
  yield* oneOf(field, ['Disabled', 'Enabled', 'IfPossible'])
  if (mode !== 'Enabled' && mode !== 'IfPossible') return
  if (!isTrue(at(mount, 'readOnly'))) yield forbidden(field.path, 'may only be specified when readOnly is true')
  const propagation = textOf(at(mount, 'mountPropagation'))
  if (propagation !== '' && propagation !== 'None')
    yield forbidden(field.path, 'may only be specified when mountPropagation is None or not specified')
}

function* validateDevices(container: Field, { volumes }: PodContext): Errors {
  const [names, paths] = [new Set<string>(), new Set<string>()]
  const mounts = itemsOf(at(container, 'volumeMounts'))
  for (const device of itemsOf(at(container, 'volumeDevices'))) {
    const [name, path] = [at(device, 'name'), at(device, 'devicePath')]
    const volume = volumes.get(textOf(name))
    if (textOf(name) === '') yield required(name.path)
    if (names.has(textOf(name))) yield invalid(name.path, textOf(name), 'must be unique')
    if (volume !== undefined && !isSet(at(volume, 'persistentVolumeClaim')) && !isSet(at(volume, 'ephemeral')))
      yield invalid(name.path, textOf(name), 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode')
    if (volume === undefined) yield fieldNotFound(name.path, textOf(name))
    if (textOf(path) === '') yield required(path.path)
    if (paths.has(textOf(path))) yield invalid(path.path, textOf(path), 'must be unique')
    if (textOf(path).includes('..')) yield invalid(path.path, textOf(path), "can not contain backsteps ('..')")
    if (mounts.some((mount) => textOf(at(mount, 'mountPath')) === textOf(path)))
      yield invalid(path.path, textOf(path), 'must not already exist as a path in volumeMounts')
    if (mounts.some((mount) => textOf(at(mount, 'name')) === textOf(name)))
      yield invalid(name.path, textOf(name), 'must not already exist in volumeMounts')
    names.add(textOf(name))
    paths.add(textOf(path))
  }
}
