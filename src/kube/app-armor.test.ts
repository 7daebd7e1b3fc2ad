import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../core/json.ts'
import {
  appArmorPrefix,
  fillAppArmorFields,
  longestAppArmorProfile,
  parseAppArmorReference,
  printAppArmorReference,
  readAppArmorProfile,
} from './app-armor.ts'
import type { KubeObject } from './object.ts'

test.each([
  ['runtime/default', { type: 'RuntimeDefault' }],
  ['unconfined', { type: 'Unconfined' }],
  ['localhost/foo', { type: 'Localhost', localhostProfile: 'foo' }],
  ['localhost/a/b c', { type: 'Localhost', localhostProfile: 'a/b c' }],
  ['localhost/', undefined],
  ['localhost/ padded', undefined],
  [`localhost/${'x'.repeat(longestAppArmorProfile + 1)}`, undefined],
  ['', undefined],
  ['docker/default', undefined],
  ['Unconfined', undefined],
])('%.40s', (text, expected) => {
  expect(parseAppArmorReference(text)).toEqual(expected)
})

test('what is read is printed as it was', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((name) => `localhost/${name}`),
        fc.constantFrom('runtime/default', 'unconfined'),
      ),
      (text) => {
        const profile = parseAppArmorReference(text)
        if (profile === undefined) return
        expect(printAppArmorReference(profile)).toBe(text)
        expect(readAppArmorProfile(profile)).toEqual(profile)
      },
    ),
  )
})

test.each<[string, Json, Json | undefined]>([
  ['a type alone', { type: 'RuntimeDefault' }, { type: 'RuntimeDefault' }],
  ['a name that has no meaning', { type: 'Unconfined', localhostProfile: 'x' }, undefined],
  ['no name', { type: 'Localhost' }, undefined],
  ['another type', { type: 'Other' }, undefined],
  ['null', null, undefined],
  ['a list', [], undefined],
])('a field: %s', (_, field, expected) => {
  expect(readAppArmorProfile(field)).toEqual(expected)
})

const warning = (name: string): string =>
  `metadata.annotations[${appArmorPrefix}${name}]: deprecated since v1.30; use the "appArmorProfile" field instead`
const runtime = { type: 'RuntimeDefault' }

/** Containers `a` of a Pod with these annotations: its security context afterwards, and the warnings. */
function filled(annotations: Readonly<Record<string, string>>, container: JsonObject = {}, spec: JsonObject = {}): readonly unknown[] {
  const prefixed = Object.fromEntries(Object.entries(annotations).map(([name, text]) => [appArmorPrefix + name, text]))
  const { pod, warnings } = fillAppArmorFields({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { annotations: prefixed },
    spec: { ...spec, containers: [{ name: 'a', ...container }] },
  })
  const containers = (pod['spec'] as { containers: readonly { securityContext?: unknown }[] }).containers
  return [containers[0]?.securityContext, ...warnings]
}

describe('annotations of a new Pod are written into its fields', () => {
  test.each<[string, readonly unknown[], readonly unknown[]]>([
    ['nothing', filled({}), [undefined]],
    ['a profile', filled({ a: 'localhost/foo' }), [{ appArmorProfile: { type: 'Localhost', localhostProfile: 'foo' } }, warning('a')]],
    [
      'beside what is there',
      filled({ a: 'runtime/default' }, { securityContext: { privileged: true } }),
      [{ privileged: true, appArmorProfile: runtime }, warning('a')],
    ],
    ['not what is none', filled({ a: '' }), [undefined, warning('a')]],
    ['not over a field', filled({ a: 'unconfined' }, { securityContext: { appArmorProfile: runtime } }), [{ appArmorProfile: runtime }]],
    ['not what the Pod says', filled({ a: 'runtime/default' }, {}, { securityContext: { appArmorProfile: runtime } }), [undefined]],
    [
      'what the Pod says otherwise',
      filled({ a: 'unconfined' }, {}, { securityContext: { appArmorProfile: runtime } }),
      [{ appArmorProfile: { type: 'Unconfined' } }, warning('a')],
    ],
    ['not for Windows', filled({ a: 'unconfined' }, {}, { os: { name: 'windows' } }), [undefined]],
    ['not for others', filled({ b: 'unconfined' }), [undefined]],
  ])('%s', (_, found, expected) => {
    expect(found).toEqual(expected)
  })

  test('of every container in its order', () => {
    const annotations = { [`${appArmorPrefix}a`]: 'unconfined', [`${appArmorPrefix}i`]: 'unconfined' }
    const { warnings } = fillAppArmorFields({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { annotations },
      spec: { containers: [{ name: 'a' }], initContainers: [{ name: 'i' }] },
    })
    expect(warnings).toEqual([warning('i'), warning('a')])
  })

  test('no Pod makes it throw, and filling twice changes nothing more', () => {
    const keys = [
      'containers',
      'initContainers',
      'name',
      'securityContext',
      'appArmorProfile',
      'type',
      'os',
      '__proto__',
      'annotations',
      `${appArmorPrefix}a`,
    ]
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom('a', 'unconfined', null, 1),
        fc.array(tie('value'), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 4 }),
      ),
    }))
    fc.assert(
      fc.property(value, value, (metadata, spec) => {
        const pod = { apiVersion: 'v1', kind: 'Pod', ...(JSON.parse(JSON.stringify({ metadata, spec })) as JsonObject) } as KubeObject
        const once = fillAppArmorFields(pod)
        expect(fillAppArmorFields(once.pod).pod).toEqual(once.pod)
      }),
    )
  })
})
