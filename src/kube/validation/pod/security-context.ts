import { longestAppArmorProfile } from '../../app-armor.ts'
import { duplicate, forbidden, invalid, required, tooLong } from '../../field-error.ts'
import type { Errors, Field } from '../field.ts'
import { at, exactlyOneOf, hasItems, invalidAll, isSet, isTrue, itemsOf, numberOf, oneOf, textOf, textsOf } from '../field.ts'
import { dns1123Subdomain } from '../names.ts'
import { goValue } from '../go-view.ts'

/** Users and groups. */
function* validateId(field: Field): Errors {
  const id = numberOf(field)
  if (id !== undefined && (id < 0 || id > 0x7fff_ffff)) yield invalid(field.path, id, 'must be between 0 and 2147483647, inclusive')
}

export function* validateContainerSecurity(context: Field, hostUsers: boolean): Errors {
  if (!isSet(context)) return
  yield* validateId(at(context, 'runAsUser'))
  yield* validateId(at(context, 'runAsGroup'))
  yield* validateProcMount(at(context, 'procMount'), hostUsers)
  yield* validateSeccomp(at(context, 'seccompProfile'))
  yield* validateEscalation(context)
  yield* validateWindowsOptions(at(context, 'windowsOptions'))
  yield* validateAppArmor(at(context, 'appArmorProfile'))
}

function* validateProcMount(field: Field, hostUsers: boolean): Errors {
  if (!isSet(field)) return
  yield* exactlyOneOf(field, ['Default', 'Unmasked'])
  if (textOf(field) === 'Unmasked' && hostUsers) yield invalid(field.path, 'Unmasked', '`hostUsers` must be false to use `Unmasked`')
}

function* validateEscalation(context: Field): Errors {
  if (at(context, 'allowPrivilegeEscalation').value !== false) return
  const shown = goValue('SecurityContext', context.value)
  if (isTrue(at(context, 'privileged')))
    yield invalid(context.path, shown, 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true')
  if (textsOf(at(context, 'capabilities', 'add')).includes('CAP_SYS_ADMIN'))
    yield invalid(context.path, shown, 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN')
}

const profileTypes = ['Localhost', 'RuntimeDefault', 'Unconfined'] as const

export function* validateSeccomp(profile: Field): Errors {
  if (!isSet(profile)) return
  const [type, local] = [at(profile, 'type'), at(profile, 'localhostProfile')]
  if (textOf(type) === '') {
    yield required(type.path, 'type is required when seccompProfile is set')
    return
  }
  if (textOf(type) === 'Localhost') {
    if (textOf(local) === '') yield required(local.path, 'must be set when seccomp type is Localhost')
    else yield* validateRelativePath(local)
  } else if (isSet(local))
    yield invalid(local.path, goValue('SeccompProfile', profile.value), 'can only be set when seccomp type is Localhost')
  yield* oneOf(type, profileTypes)
}

/** A path below some directory, which it must not leave. */
export function* validateRelativePath(field: Field): Errors {
  if (textOf(field).startsWith('/')) yield invalid(field.path, textOf(field), 'must be a relative path')
  yield* validateNoBacksteps(field)
}

export function* validateNoBacksteps(field: Field): Errors {
  if (textOf(field).split('/').includes('..')) yield invalid(field.path, textOf(field), "must not contain '..'")
}

export function* validateAppArmor(profile: Field): Errors {
  if (!isSet(profile)) return
  const [type, local] = [at(profile, 'type'), at(profile, 'localhostProfile')]
  const name = textOf(local)
  if (textOf(type) === 'Localhost') {
    if (name === '') yield required(local.path, 'must be set when AppArmor type is Localhost')
    else if (name !== name.trim()) yield invalid(local.path, name, 'must not be padded with whitespace')
    if (Buffer.byteLength(name) > longestAppArmorProfile) yield tooLong(local.path, longestAppArmorProfile)
  } else if (textOf(type) === '') yield required(type.path, 'type is required when appArmorProfile is set')
  else {
    yield* oneOf(type, profileTypes)
    if (isSet(local) && profileTypes.some((known) => known === textOf(type)))
      yield invalid(local.path, name, 'can only be set when AppArmor type is Localhost')
  }
}

export function* validateWindowsOptions(options: Field): Errors {
  const [name, spec, user] = [at(options, 'gmsaCredentialSpecName'), at(options, 'gmsaCredentialSpec'), at(options, 'runAsUserName')]
  if (isSet(name)) yield* invalidAll(name, dns1123Subdomain(textOf(name)))
  if (isSet(spec) && textOf(spec) === '') yield invalid(spec.path, '', 'gmsaCredentialSpec cannot be an empty string')
  if (isSet(user) && textOf(user) === '') yield invalid(user.path, '', 'runAsUserName cannot be an empty string')
}

const longestSysctl = 253
const sysctl = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/
const sysctlText =
  'must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$'

export function* validatePodSecurity(spec: Field): Errors {
  const context = at(spec, 'securityContext')
  yield* validateId(at(context, 'fsGroup'))
  yield* validateId(at(context, 'runAsUser'))
  yield* validateId(at(context, 'runAsGroup'))
  for (const group of itemsOf(at(context, 'supplementalGroups'))) yield* validateId(group)
  if (isTrue(at(spec, 'shareProcessNamespace')) && isTrue(at(spec, 'hostPID')))
    yield invalid(at(context, 'shareProcessNamespace').path, true, 'ShareProcessNamespace and HostPID cannot both be enabled')
  yield* validateSysctls(at(context, 'sysctls'), spec)
  yield* oneOf(at(context, 'fsGroupChangePolicy'), ['Always', 'OnRootMismatch'])
  yield* validateSeccomp(at(context, 'seccompProfile'))
  yield* validateWindowsOptions(at(context, 'windowsOptions'))
  yield* validateAppArmor(at(context, 'appArmorProfile'))
  yield* oneOf(at(context, 'supplementalGroupsPolicy'), ['Merge', 'Strict'])
  yield* oneOf(at(context, 'seLinuxChangePolicy'), ['Recursive'])
}

function* validateSysctls(list: Field, spec: Field): Errors {
  const seen = new Set<string>()
  for (const item of itemsOf(list)) {
    const name = at(item, 'name')
    const text = textOf(name)
    if (text === '') yield required(name.path)
    else if (text.length > longestSysctl || !sysctl.test(text)) yield invalid(name.path, text, sysctlText)
    else if (seen.has(text)) yield duplicate(name.path, text)
    seen.add(text)
    yield* validateSharedSysctl(name, spec)
  }
}

const ofIpc = /^(kernel\.shm|kernel\.msg|fs\.mqueue\.|kernel\.sem$)/

/** Settings of a namespace that is the host's would change the host. */
function* validateSharedSysctl(name: Field, spec: Field): Errors {
  const text = textOf(name).replaceAll('/', '.')
  if (text.startsWith('net.') && isTrue(at(spec, 'hostNetwork')))
    yield invalid(name.path, textOf(name), "may not be specified when 'hostNetwork' is true")
  if (ofIpc.test(text) && isTrue(at(spec, 'hostIPC'))) yield invalid(name.path, textOf(name), "may not be specified when 'hostIPC' is true")
}

const containersOf = (spec: Field): readonly Field[] =>
  ['containers', 'initContainers', 'ephemeralContainers'].flatMap((list) => itemsOf(at(spec, list)))

/** Containers that run in the host of a Windows node: all of a pod's, in the network of the host. */
export function* validateHostProcess(spec: Field): Errors {
  const own = at(spec, 'securityContext', 'windowsOptions', 'hostProcess')
  const ofContainers = containersOf(spec).map((container) => at(container, 'securityContext', 'windowsOptions', 'hostProcess'))
  const effective = ofContainers.map((field) => isTrue(isSet(field) ? field : own))
  if (!effective.includes(true)) return
  if (effective.includes(false)) {
    const path = 'spec.securityContext.windowsOptions.hostProcess'
    yield invalid(path, isTrue(own), 'If pod contains any hostProcess containers then all containers must be HostProcess containers')
  }
  const network = at(spec, 'hostNetwork')
  if (!isTrue(network)) yield invalid(network.path, false, 'hostNetwork must be true if pod contains any hostProcess containers')
}

const podFields = [
  'seLinuxOptions',
  'appArmorProfile',
  'hostPID',
  'hostIPC',
  'hostUsers',
  'seccompProfile',
  'fsGroup',
  'fsGroupChangePolicy',
  'sysctls',
  'shareProcessNamespace',
  'runAsUser',
  'runAsGroup',
  'supplementalGroups',
  'supplementalGroupsPolicy',
] as const
const ofSpec: ReadonlySet<string> = new Set(['hostPID', 'hostIPC', 'hostUsers', 'shareProcessNamespace'])
const containerFields = [
  'seLinuxOptions',
  'appArmorProfile',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
] as const

/** `spec.os`: what the other operating system has must not be set. */
export function* validateOs(spec: Field): Errors {
  const os = at(spec, 'os')
  if (!isSet(os)) return
  const name = textOf(at(os, 'name'))
  if (name === '') yield required(at(os, 'name').path)
  else yield* exactlyOneOf({ path: os.path, value: name }, ['linux', 'windows'])
  if (name === 'windows') yield* validateWindows(spec)
  if (name === 'linux') yield* validateLinux(spec)
}

function* validateWindows(spec: Field): Errors {
  const text = 'cannot be set for a windows pod'
  for (const name of podFields) {
    const field = ofSpec.has(name) ? at(spec, name) : at(spec, 'securityContext', name)
    if (isGiven(field)) yield forbidden(field.path, text)
  }
  for (const container of containersOf(spec)) {
    for (const name of containerFields) {
      const field = at(container, 'securityContext', name)
      if (isSet(field)) yield forbidden(field.path, text)
    }
  }
}

/** A list without items and a false flag of the host say nothing. */
const isGiven = (field: Field): boolean =>
  isSet(field) &&
  (field.value !== false || field.path.endsWith('shareProcessNamespace')) &&
  (!Array.isArray(field.value) || hasItems(field))

function* validateLinux(spec: Field): Errors {
  for (const owner of [spec, ...containersOf(spec)]) {
    const options = at(owner, 'securityContext', 'windowsOptions')
    if (isSet(options)) yield forbidden(options.path, 'windows options cannot be set for a linux pod')
  }
}
