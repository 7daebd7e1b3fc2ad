import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../core/json.ts'
import { appArmorPrefix } from '../../app-armor.ts'
import { applyDefaults } from '../../defaults/defaults.ts'
import { printFieldError } from '../../field-error.ts'
import type { KubeObject } from '../../object.ts'
import { validateCreate, validateUpdate } from '../validation.ts'

const annotated = (annotations: Readonly<Record<string, string>>): JsonObject =>
  Object.fromEntries(Object.entries(annotations).map(([name, value]) => [appArmorPrefix + name, value]))

interface Parts {
  readonly annotations?: Readonly<Record<string, string>>
  readonly container?: JsonObject
  readonly spec?: JsonObject
}

function podOf({ annotations = {}, container, spec = {} }: Parts): KubeObject {
  const securityContext = container === undefined ? {} : { securityContext: { appArmorProfile: container } }
  return applyDefaults({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'n', annotations: annotated(annotations) },
    spec: { ...spec, containers: [{ name: 'a', image: 'x', ...securityContext }] },
  })
}

const field = 'spec.containers[0].securityContext.appArmorProfile'
const types = 'supported values: "Localhost", "RuntimeDefault", "Unconfined"'
const ofPod = (profile: JsonObject): JsonObject => ({ securityContext: { appArmorProfile: profile } })
const annotation = (name: string): string => `metadata.annotations[${appArmorPrefix}${name}]`
const typesDiffer = `${field}.type: Forbidden: apparmor type in annotation and field must match`
const profilesDiffer = `${field}.localhostProfile: Forbidden: apparmor profile in annotation and field must match`

describe('what kube-apiserver says about profiles of a new Pod', () => {
  test.each<[string, Parts, readonly string[]]>([
    ['a profile of the node', { container: { type: 'Localhost', localhostProfile: 'foo' } }, []],
    [
      'no name',
      { container: { type: 'Localhost' } },
      [`${field}.localhostProfile: Required value: must be set when AppArmor type is Localhost`],
    ],
    [
      'a padded name',
      { container: { type: 'Localhost', localhostProfile: ' a' } },
      [`${field}.localhostProfile: Invalid value: " a": must not be padded with whitespace`],
    ],
    [
      'a long name',
      { container: { type: 'Localhost', localhostProfile: 'a'.repeat(4096) } },
      [`${field}.localhostProfile: Too long: may not be more than 4095 bytes`],
    ],
    [
      'a name without need',
      { container: { type: 'RuntimeDefault', localhostProfile: '' } },
      [`${field}.localhostProfile: Invalid value: "": can only be set when AppArmor type is Localhost`],
    ],
    ['no type', { container: { localhostProfile: 'a' } }, [`${field}.type: Required value: type is required when appArmorProfile is set`]],
    [
      'an unknown type, whatever its name',
      { container: { type: 'Other', localhostProfile: 'a' } },
      [`${field}.type: Unsupported value: "Other": ${types}`],
    ],
    ['of the Pod', { spec: ofPod({ type: 'Other' }) }, [`spec.securityContext.appArmorProfile.type: Unsupported value: "Other": ${types}`]],
    [
      'for Windows',
      { container: { type: 'Unconfined' }, spec: { os: { name: 'windows' } } },
      [`${field}: Forbidden: cannot be set for a windows pod`],
    ],
    ['an annotation', { annotations: { a: 'localhost/foo' } }, []],
    [
      'an annotation that is none',
      { annotations: { a: 'bad' } },
      [`${annotation('a')}: Invalid value: "bad": invalid AppArmor profile name: "bad"`],
    ],
    [
      'for nobody',
      { annotations: { z: 'bad' } },
      [
        `${annotation('z')}: Invalid value: "z": container not found`,
        `${annotation('z')}: Invalid value: "bad": invalid AppArmor profile name: "bad"`,
      ],
    ],
    ['both agree', { annotations: { a: 'localhost/b' }, container: { type: 'Localhost', localhostProfile: 'b' } }, []],
    ['types differ', { annotations: { a: 'runtime/default' }, container: { type: 'Unconfined' } }, [typesDiffer]],
    ['names differ', { annotations: { a: 'localhost/b' }, container: { type: 'Localhost', localhostProfile: 'c' } }, [profilesDiffer]],
    ['an empty annotation beside a field', { annotations: { a: '' }, container: { type: 'Unconfined' } }, [typesDiffer]],
    [
      'an annotation without a name beside a field',
      { annotations: { a: 'localhost/' }, container: { type: 'Localhost', localhostProfile: 'b' } },
      [profilesDiffer],
    ],
    ['an annotation against the Pod', { annotations: { a: 'runtime/default' }, spec: ofPod({ type: 'Unconfined' }) }, [typesDiffer]],
    [
      'a field that agrees, against the Pod',
      { annotations: { a: 'runtime/default' }, container: { type: 'RuntimeDefault' }, spec: ofPod({ type: 'Unconfined' }) },
      [],
    ],
    [
      'an unknown type beside an annotation',
      { annotations: { a: 'runtime/default' }, container: { type: 'Other' } },
      [`${field}.type: Unsupported value: "Other": ${types}`],
    ],
  ])('%s', (_, parts, expected) => {
    expect(validateCreate(podOf(parts)).map(printFieldError)).toEqual(expected)
  })
})

test.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
  ['nothing', { a: 'unconfined' }, []],
  ['one more', { a: 'unconfined', b: 'unconfined' }, ['b: may not add AppArmor annotations']],
  ['another value', { a: 'runtime/default' }, ['a: may not remove or update AppArmor annotations']],
  ['one less', {}, ['a: may not remove or update AppArmor annotations']],
])('annotations of a Pod stay as they are: %s', (_, annotations, expected) => {
  const [old, updated] = [podOf({ annotations: { a: 'unconfined' } }), podOf({ annotations })]
  const found = validateUpdate(updated, old).map(printFieldError)
  const texts = expected.map((text) => text.replace(/^(\w): /, (__, name: string) => `${annotation(name)}: Forbidden: `))
  expect(found.filter((text) => text.includes('AppArmor annotations'))).toEqual(texts)
})
