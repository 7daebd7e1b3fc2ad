import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { appArmorPrefix } from '../../kube/app-armor.ts'
import { printFieldError } from '../../kube/field-error.ts'
import type { PodParts } from './apparmor.ts'
import { fillDefault, forbidAll, forbidOthers, localhostNames, parseLoadedProfiles, placementOf, profilesOf } from './apparmor.ts'

const runtime: JsonObject = { type: 'RuntimeDefault' }
const unconfined: JsonObject = { type: 'Unconfined' }
const local = (localhostProfile: string): JsonObject => ({ type: 'Localhost', localhostProfile })
const container = (name: string, appArmorProfile?: JsonObject): JsonObject =>
  appArmorProfile === undefined ? { name } : { name, securityContext: { appArmorProfile } }

interface Written {
  readonly annotations?: Readonly<Record<string, string>>
  readonly ofPod?: JsonObject
  readonly containers: readonly JsonObject[]
  readonly initContainers?: readonly JsonObject[]
}

const podOf = ({ annotations = {}, ofPod, containers, initContainers = [] }: Written): PodParts => ({
  metadata: { annotations: Object.fromEntries(Object.entries(annotations).map(([name, text]) => [appArmorPrefix + name, text])) },
  spec: { containers, initContainers, ...(ofPod === undefined ? {} : { securityContext: { appArmorProfile: ofPod } }) },
})

describe('the profile of a container', () => {
  test.each<[string, Written, string]>([
    ['nobody chose', { containers: [container('a')] }, 'a=@spec.containers.0.securityContext.appArmorProfile'],
    ['its field', { containers: [container('a', local('x'))] }, 'a=localhost/x@spec.containers.0.securityContext.appArmorProfile'],
    [
      'its annotation',
      { annotations: { a: 'unconfined' }, containers: [container('a')] },
      `a=unconfined@metadata.annotations.${appArmorPrefix}a`,
    ],
    ['the field of the Pod', { ofPod: runtime, containers: [container('a')] }, 'a=runtime/default@spec.securityContext.appArmorProfile'],
    [
      'the field before the annotation',
      { annotations: { a: 'unconfined' }, containers: [container('a', runtime)] },
      'a=runtime/default@spec.containers.0.securityContext.appArmorProfile',
    ],
    [
      'the annotation before the Pod',
      { annotations: { a: 'unconfined' }, ofPod: runtime, containers: [container('a')] },
      `a=unconfined@metadata.annotations.${appArmorPrefix}a`,
    ],
    [
      'an empty annotation is none',
      { annotations: { a: '' }, ofPod: runtime, containers: [container('a')] },
      'a=runtime/default@spec.securityContext.appArmorProfile',
    ],
    [
      'an annotation that means nothing',
      { annotations: { a: 'docker/default' }, containers: [container('a')] },
      `a=docker/default@metadata.annotations.${appArmorPrefix}a`,
    ],
    [
      'a field that means nothing',
      { containers: [container('a', { type: 'Other' })] },
      'a=Other@spec.containers.0.securityContext.appArmorProfile',
    ],
    ['an empty field', { containers: [container('a', {})] }, 'a=unknown@spec.containers.0.securityContext.appArmorProfile'],
    [
      'in the order of the lists',
      { containers: [container('a', unconfined)], initContainers: [container('i', runtime)] },
      'i=runtime/default@spec.initContainers.0.securityContext.appArmorProfile a=unconfined@spec.containers.0.securityContext.appArmorProfile',
    ],
  ])('%s', (_, written, expected) => {
    const found = profilesOf(podOf(written)).map(({ name, reference, chosenAt }) => `${name}=${reference}@${chosenAt.join('.')}`)
    expect(found.join(' ')).toBe(expected)
  })
})

describe('which profiles are allowed', () => {
  const allowed = ['runtime/default', 'localhost/x']
  test.each<[string, Written, readonly string[]]>([
    ['these', { containers: [container('a', runtime), container('b', local('x'))] }, []],
    [
      'not others',
      { containers: [container('a', unconfined)] },
      [
        'spec.containers[0].securityContext.appArmorProfile: Forbidden: unconfined is not an allowed profile. Allowed values: "runtime/default,localhost/x"',
      ],
    ],
    [
      'not none',
      { containers: [container('a')] },
      ['spec.containers[0].securityContext.appArmorProfile: Forbidden: AppArmor profile must be set'],
    ],
    [
      'as the annotation says',
      { annotations: { a: 'localhost/y' }, containers: [container('a')] },
      [
        `metadata.annotations[${appArmorPrefix}a]: Forbidden: localhost/y is not an allowed profile. Allowed values: "runtime/default,localhost/x"`,
      ],
    ],
  ])('%s', (_, written, expected) => {
    expect(forbidOthers(profilesOf(podOf(written)), allowed).map(printFieldError)).toEqual(expected)
  })
  test('of none allowed every Pod is refused', () => {
    expect(forbidOthers(profilesOf(podOf({ containers: [container('a', runtime)] })), []).map(printFieldError)).toEqual([
      'spec.containers[0].securityContext.appArmorProfile: Forbidden: runtime/default is not an allowed profile. Allowed values: ""',
    ])
  })
})

test('the gate refuses every mention, also of nobody', () => {
  const pod = podOf({ annotations: { a: 'unconfined', gone: '' }, ofPod: runtime, containers: [container('a', {}), container('b')] })
  expect(forbidAll(pod).map(printFieldError)).toEqual(
    [
      `metadata.annotations[${appArmorPrefix}a]`,
      `metadata.annotations[${appArmorPrefix}gone]`,
      'spec.securityContext.appArmorProfile',
      'spec.containers[0].securityContext.appArmorProfile',
    ].map((field) => `${field}: Forbidden: AppArmor is disabled by feature-gate`),
  )
  expect(forbidAll(podOf({ containers: [container('a')] }))).toEqual([])
})

describe('the default profile', () => {
  const filled = (written: Written): readonly string[] =>
    profilesOf(fillDefault(podOf(written), { type: 'Localhost', localhostProfile: 'd' })).map(({ reference }) => reference)
  test.each<[string, Written, readonly string[]]>([
    ['is set where nobody chose', { containers: [container('a'), container('b', unconfined)] }, ['localhost/d', 'unconfined']],
    ['not under a Pod that chose', { ofPod: runtime, containers: [container('a')] }, ['runtime/default']],
    ['not over an annotation', { annotations: { a: 'unconfined' }, containers: [container('a')] }, ['unconfined']],
    ['in an empty annotation, too', { annotations: { a: '' }, containers: [container('a')] }, ['localhost/d']],
  ])('%s', (_, written, expected) => {
    expect(filled(written)).toEqual(expected)
  })

  test('an empty annotation is filled itself, so that it agrees', () => {
    const { metadata, spec } = fillDefault(podOf({ annotations: { a: '' }, containers: [container('a')] }), { type: 'RuntimeDefault' })
    expect(metadata['annotations']).toEqual({ [`${appArmorPrefix}a`]: 'runtime/default' })
    expect(spec['containers']).toEqual([{ name: 'a' }])
  })

  const names = [
    'containers',
    'initContainers',
    'name',
    'securityContext',
    'appArmorProfile',
    'type',
    'annotations',
    `${appArmorPrefix}a`,
    '__proto__',
  ]
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom('a', '', 'Unconfined', null, 1),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 4 }),
    ),
  }))
  const objects = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 5 })

  test('leaves no container without a profile, changes none that has one, and is done once', () => {
    fc.assert(
      fc.property(objects, objects, (metadata, spec) => {
        const pod = JSON.parse(JSON.stringify({ metadata, spec })) as PodParts
        const once = fillDefault(pod, { type: 'RuntimeDefault' })
        expect(profilesOf(once).every(({ reference }) => reference !== '')).toBe(true)
        const kept = profilesOf(pod).map(({ reference }) => (reference === '' ? 'runtime/default' : reference))
        expect(profilesOf(once).map(({ reference }) => reference)).toEqual(kept)
        expect(fillDefault(once, { type: 'Unconfined' })).toEqual(once)
      }),
    )
  })
})

describe('what a kernel has loaded', () => {
  test.each<[string, readonly string[]]>([
    ['', []],
    ['a (enforce)\nb (complain)\n', ['a', 'b']],
    ['/usr/bin/man (x) (enforce)', ['/usr/bin/man (x)']],
    ['a\n\n  b (enforce)  ', ['a', 'b']],
    [':ns:name (enforce)', [':ns:name']],
    ['a//&b (mixed)', ['a//&b']],
  ])('%j', (text, expected) => {
    expect([...parseLoadedProfiles(text)]).toEqual(expected)
  })

  const nodes = (...loaded: readonly (string | undefined)[]) =>
    loaded.map((text, index) => ({ node: `n${index}`, profiles: text === undefined ? undefined : parseLoadedProfiles(text) }))
  const wanting = (...names: readonly string[]) =>
    profilesOf(podOf({ containers: names.map((name, i) => container(`c${i}`, local(name))) }))
  test.each([
    ['a node has it', wanting('a'), nodes('b', 'a'), { notLoaded: [], unknown: [], silent: [] }],
    ['no node has it', wanting('a'), nodes('b', 'c'), { notLoaded: ['localhost/a'], unknown: [], silent: [] }],
    ['there is no node', wanting('a'), nodes(), { notLoaded: ['localhost/a'], unknown: [], silent: [] }],
    ['no node has both', wanting('a', 'b', 'a'), nodes('x', 'a'), { notLoaded: ['localhost/b'], unknown: [], silent: [] }],
    ['a silent node may have it', wanting('a'), nodes('b', undefined), { notLoaded: [], unknown: ['localhost/a'], silent: ['n1'] }],
    [
      'a silent node does not matter where another has it',
      wanting('a'),
      nodes(undefined, 'a'),
      { notLoaded: [], unknown: [], silent: ['n0'] },
    ],
    [
      'nothing is wanted',
      profilesOf(podOf({ containers: [container('a', runtime)] })),
      nodes(),
      { notLoaded: [], unknown: [], silent: [] },
    ],
  ])('%s', (_, profiles, loaded, expected) => {
    expect(placementOf(profiles, loaded)).toEqual(expected)
  })

  test('names are wanted once', () => {
    expect(localhostNames(wanting('a', 'b', 'a'))).toEqual(['a', 'b'])
  })
})
