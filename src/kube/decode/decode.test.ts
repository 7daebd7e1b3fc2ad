import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../core/json.ts'
import type { DecodeTypes } from './decode.ts'
import { asWritten, decodeObject } from './decode.ts'

const quantity = { $ref: 'io.k8s.apimachinery.pkg.api.resource.Quantity' }
const crd = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1'
const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1'

/** A few types of the API, as the generated definitions have them. */
const types: DecodeTypes = {
  definitions: {
    'io.k8s.apimachinery.pkg.api.resource.Quantity': { type: 'string' },
    'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { type: 'string', format: 'int-or-string' },
    [`${meta}.Time`]: { type: 'string', format: 'date-time' },
    [`${meta}.MicroTime`]: { type: 'string', format: 'date-time' },
    [`${meta}.ObjectMeta`]: {
      type: 'object',
      properties: {
        name: { type: 'string' },
        creationTimestamp: { $ref: `${meta}.Time` },
        generation: { type: 'integer', format: 'int64' },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        finalizers: { type: 'array', items: { type: 'string' } },
      },
    },
    'io.k8s.api.core.v1.HTTPGetAction': {
      type: 'object',
      required: ['port'],
      properties: { port: { $ref: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString' }, path: { type: 'string' } },
    },
    'io.k8s.api.core.v1.Probe': {
      type: 'object',
      properties: {
        httpGet: { $ref: 'io.k8s.api.core.v1.HTTPGetAction' },
        periodSeconds: { type: 'integer', format: 'int32' },
      },
    },
    'io.k8s.api.core.v1.ContainerPort': {
      type: 'object',
      required: ['containerPort'],
      properties: { containerPort: { type: 'integer', format: 'int32', default: 0 }, protocol: { type: 'string', default: 'TCP' } },
    },
    'io.k8s.api.core.v1.Resources': {
      type: 'object',
      properties: { limits: { type: 'object', additionalProperties: quantity } },
    },
    'io.k8s.api.core.v1.Container': {
      type: 'object',
      required: ['name'],
      properties: {
        name: { type: 'string', default: '' },
        image: { type: 'string' },
        args: { type: 'array', items: { type: 'string', default: '' } },
        ports: { type: 'array', items: { $ref: 'io.k8s.api.core.v1.ContainerPort' } },
        resources: { $ref: 'io.k8s.api.core.v1.Resources', default: {} },
        livenessProbe: { $ref: 'io.k8s.api.core.v1.Probe' },
        stdin: { type: 'boolean' },
      },
    },
    'io.k8s.api.core.v1.PodSpec': {
      type: 'object',
      required: ['containers'],
      properties: {
        containers: { type: 'array', items: { $ref: 'io.k8s.api.core.v1.Container' } },
        hostNetwork: { type: 'boolean' },
        nodeSelector: { type: 'object', additionalProperties: { type: 'string' } },
        className: { type: 'string' },
      },
    },
    'io.k8s.api.core.v1.Pod': {
      type: 'object',
      properties: {
        apiVersion: { type: 'string' },
        kind: { type: 'string' },
        metadata: { $ref: `${meta}.ObjectMeta`, default: {} },
        spec: { $ref: 'io.k8s.api.core.v1.PodSpec' },
        heard: { $ref: `${meta}.MicroTime` },
        data: { type: 'object', additionalProperties: { type: 'string', format: 'byte' } },
        schema: { $ref: `${crd}.JSONSchemaProps` },
        raw: { allOf: [{ $ref: 'io.k8s.apimachinery.pkg.runtime.RawExtension' }] },
        template: { $ref: 'io.k8s.api.core.v1.Pod' },
      },
      'x-kubernetes-group-version-kind': [{ group: '', version: 'v1', kind: 'Pod' }],
    },
    [`${crd}.JSONSchemaProps`]: {
      type: 'object',
      properties: {
        type: { type: 'string' },
        items: { allOf: [{ $ref: `${crd}.JSONSchemaPropsOrArray` }] },
        additionalProperties: { allOf: [{ $ref: `${crd}.JSONSchemaPropsOrBool` }] },
        default: { allOf: [{ $ref: `${crd}.JSON` }] },
        not: { $ref: `${crd}.JSONSchemaProps` },
      },
    },
  },
  goTypes: {
    'io.k8s.api.core.v1.ContainerPort': { protocol: 'v1.Protocol' },
    'io.k8s.api.core.v1.Resources': { limits: 'v1.ResourceList' },
  },
  zeroOmitted: { 'io.k8s.api.core.v1.Container': ['stdin'] },
  emptyKept: { 'io.k8s.api.core.v1.PodSpec': ['className'] },
  nulls: { 'io.k8s.api.core.v1.Pod': ['heard'] },
}

const decode = (body: JsonObject): ReturnType<typeof decodeObject> => decodeObject(body, 'io.k8s.api.core.v1.Pod', types)
const containers = (...list: Json[]): JsonObject => ({ spec: { containers: list } })
const cannot = 'json: cannot unmarshal'
const rule = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

// Each was said by an API server of Kubernetes 1.36.
test.each<[JsonObject, string]>([
  [{ spec: 'x' }, `${cannot} string into Go struct field Pod.spec of type v1.PodSpec`],
  [{ spec: { hostNetwork: 'true' } }, `${cannot} string into Go struct field PodSpec.spec.hostNetwork of type bool`],
  [{ spec: { containers: { name: 'a' } } }, `${cannot} object into Go struct field PodSpec.spec.containers of type []v1.Container`],
  [containers('a'), `${cannot} string into Go struct field PodSpec.spec.containers of type v1.Container`],
  [containers({ image: 5 }), `${cannot} number into Go struct field Container.spec.containers.image of type string`],
  [containers({ args: ['a', 5] }), `${cannot} number into Go struct field Container.spec.containers.args of type string`],
  [containers({ args: 'a' }), `${cannot} string into Go struct field Container.spec.containers.args of type []string`],
  [
    containers({ ports: [{ containerPort: '80' }] }),
    `${cannot} string into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32`,
  ],
  [
    containers({ ports: [{ containerPort: 3.5 }] }),
    `${cannot} number 3.5 into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32`,
  ],
  [
    containers({ ports: [{ containerPort: 2 ** 31 }] }),
    `${cannot} number 2147483648 into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32`,
  ],
  [
    containers({ ports: [{ protocol: true }] }),
    `${cannot} bool into Go struct field ContainerPort.spec.containers.ports.protocol of type v1.Protocol`,
  ],
  [
    containers({ resources: { limits: 'x' } }),
    `${cannot} string into Go struct field Resources.spec.containers.resources.limits of type v1.ResourceList`,
  ],
  [
    containers({ livenessProbe: { httpGet: { port: true } } }),
    `${cannot} bool into Go struct field HTTPGetAction.spec.containers.livenessProbe.ProbeHandler.httpGet.port of type int32`,
  ],
  [{ metadata: [] }, `${cannot} array into Go struct field Pod.metadata of type v1.ObjectMeta`],
  [{ metadata: { labels: { a: 5 } } }, `${cannot} number into Go struct field ObjectMeta.metadata.labels of type string`],
  [{ metadata: { labels: [] } }, `${cannot} array into Go struct field ObjectMeta.metadata.labels of type map[string]string`],
  [{ template: { kind: 5 } }, `${cannot} number into Go struct field Pod.template.TypeMeta.kind of type string`],
  [{ data: { a: '!' } }, 'illegal base64 data at input byte 0'],
  [{ data: { a: [256] } }, `${cannot} number 256 into Go struct field Pod.data of type uint8`],
  [{ schema: { additionalProperties: 5 } }, 'boolean or JSON schema expected'],
  [
    { schema: { additionalProperties: { not: { type: 5 } } } },
    `${cannot} number into Go struct field JSONSchemaProps.schema.additionalProperties.not.type of type string`,
  ],
  [containers({ resources: { limits: { cpu: 'x' } } }), rule],
  [containers({ resources: { limits: { cpu: '1mi' } } }), "unable to parse quantity's suffix"],
  // The first of several is told …
  [containers({ image: 5 }, { image: true }), `${cannot} number into Go struct field Container.spec.containers.image of type string`],
  // … but a type that reads itself ends it all.
  [containers({ image: 5 }, { resources: { limits: { cpu: 'x' } } }), rule],
  [{ metadata: { creationTimestamp: 5 } }, `${cannot} number into Go struct field ObjectMeta.metadata.creationTimestamp of type string`],
])('%j: %s', (body, text) => {
  expect(decode(body).mismatch).toBe(text)
})

test.each<[string, string]>([
  ['', 'cannot parse "" as "2006"'],
  ['2024', 'cannot parse "" as "-"'],
  ['2024-1-01T00:00:00Z', 'cannot parse "1-01T00:00:00Z" as "01"'],
  ['2024-01-01', 'cannot parse "" as "T"'],
  ['2024-01-01 00:00:00Z', 'cannot parse " 00:00:00Z" as "T"'],
  ['2024-01-01T00:00:00', 'cannot parse "" as "Z07:00"'],
  ['2024-01-01T00:00:00+0100', 'cannot parse "+0100" as "Z07:00"'],
  ['2024-01-01T00:00:00é', 'cannot parse "\\xc3\\xa9" as "Z07:00"'],
])('a time %j: %s', (time, text) => {
  const shown = time.replace('é', '\\xc3\\xa9')
  expect(decode({ metadata: { creationTimestamp: time } }).mismatch).toBe(`parsing time "${shown}" as "2006-01-02T15:04:05Z07:00": ${text}`)
})

test.each<[string, string]>([
  ['2024-13-01T00:00:00Z', 'month out of range'],
  ['2024-02-30T00:00:00Z', 'day out of range'],
  ['2024-01-01T24:00:00Z', 'hour out of range'],
  ['2024-01-01T00:00:00+25:00', 'time zone offset hour out of range'],
  ['2024-01-01T00:00:00Zx', 'extra text: "x"'],
])('a time %j: %s', (time, text) => {
  expect(decode({ metadata: { creationTimestamp: time } }).mismatch).toBe(`parsing time "${time}": ${text}`)
})

test('times with microseconds have six digits', () => {
  expect(decode({ heard: '2024-01-01T00:00:00.123456Z' }).mismatch).toBeUndefined()
  expect(decode({ heard: '2024-01-01T00:00:00Z' }).mismatch).toBe(
    'parsing time "2024-01-01T00:00:00Z" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "Z" as ".000000"',
  )
})

test.each<[string, number | undefined]>([
  ['', undefined],
  ['aaa=', undefined],
  ['aa\n==', undefined],
  ['aaaa\r\n', undefined],
  ['a', 0],
  ['aaaaa', 4],
  ['aa=', 3],
  ['a===', 1],
  ['aa==a', 4],
  ['aa=a', 2],
  ['-_-_', 0],
  ['aaaaaa=', 7],
])('base64 %j is bad at %s', (text, at) => {
  expect(decode({ data: { a: text } }).mismatch).toBe(at === undefined ? undefined : `illegal base64 data at input byte ${at}`)
})

test.each<[JsonObject, readonly string[]]>([
  [{ zz: null }, ['zz']],
  [{ metadata: { Name: 'x', 'a"b': 1 } }, ['metadata.Name', 'metadata.a\\"b']],
  [{ metadata: { ['__proto__']: { a: 1 }, constructor: 1 } }, ['metadata.__proto__', 'metadata.constructor']],
  [containers({ ww: 4 }, { livenessProbe: { httpget: {} } }), ['spec.containers[0].ww', 'spec.containers[1].livenessProbe.httpget']],
  [{ metadata: { labels: { any: 'x' } } }, []],
  // Nobody looks inside types that read themselves.
  [{ schema: { items: { zz: 1 }, not: { zz: 1 }, default: { zz: 1 } }, raw: { zz: 1 } }, ['schema.not.zz']],
])('%j has unknown fields %j', (body, fields) => {
  const decoded = decode(body)
  expect(decoded.unknown).toEqual(fields.map((field) => `unknown field "${field}"`))
  expect(decode(decoded.object).unknown).toEqual([])
})

test('strict decoding stops counting at a hundred', () => {
  const metadata = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`z${i}`, 1]))
  expect(decode({ metadata }).unknown).toHaveLength(100)
})

const written = (body: JsonObject): JsonObject => asWritten(decode(body).object, 'io.k8s.api.core.v1.Pod', types)

test('what nobody gave is written where Go has no pointer', () => {
  expect(written({})).toEqual({ metadata: {}, heard: null })
  expect(written(containers({}))['spec']).toEqual({ containers: [{ name: '', resources: {} }] })
})

test('empty optional fields are left out', () => {
  const spec = { containers: [], nodeSelector: {}, className: '' }
  expect(written({ spec })['spec']).toEqual({ containers: [], className: '' })
  expect(written(containers({ name: 'a', image: '', args: [], stdin: false }))['spec']).toEqual({
    containers: [{ name: 'a', resources: {} }],
  })
})

test('null elements are zeros', () => {
  expect(written({ metadata: { labels: { a: null }, finalizers: [null] } })['metadata']).toEqual({ labels: { a: '' }, finalizers: [''] })
  expect(written(containers({ name: 'a', resources: { limits: { cpu: null } } }))['spec']).toEqual({
    containers: [{ name: 'a', resources: { limits: { cpu: '0' } } }],
  })
})

test.each<[Json, string]>([
  ['0.5', '500m'],
  ['1000m', '1'],
  ['1024Mi', '1Gi'],
  ['1000', '1k'],
  [1000, '1k'],
  ['1e5', '100e3'],
  ['+1', '+1'],
  ['1.', '1.'],
  ['01', '01'],
  ['00', '0'],
  ['.', '0'],
  [' 1 ', '1'],
  ['1E3', '1E3'],
])('the quantity %j is written %j', (given, text) => {
  const spec = written(containers({ name: 'a', resources: { limits: { cpu: given } } }))['spec']
  expect(spec).toEqual({ containers: [{ name: 'a', resources: { limits: { cpu: text } } }] })
})

test.each<[string, string]>([
  ['2024-01-01T00:00:00+01:00', '2023-12-31T23:00:00Z'],
  ['2024-01-01T00:00:00.999Z', '2024-01-01T00:00:00Z'],
  ['2024-01-01T1:00:00Z', '2024-01-01T01:00:00Z'],
])('the time %j is written %j', (given, text) => {
  expect(written({ metadata: { creationTimestamp: given } })['metadata']).toEqual({ creationTimestamp: text })
})

test('bytes are written in their canonical form', () => {
  expect(written({ data: { a: 'aa\n==', b: [1, 2, 3] } })['data']).toEqual({ a: 'aQ==', b: 'AQID' })
})

const fieldNames =
  'apiVersion kind metadata spec containers name labels finalizers ports resources limits schema items not type default data heard creationTimestamp livenessProbe httpGet port args __proto__'
const names = fc.constantFrom(...fieldNames.split(' '))
const { tree } = fc.letrec<{ tree: Json; object: JsonObject }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom<Json>(null, true, false, 0, 1, -1.5, 1e30, '', 'x', '1Mi', '2024-01-01T00:00:00Z', 'YQ=='),
    fc.string(),
    fc.array(tie('tree'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(names, tie('tree'), { maxKeys: 4 }),
}))

test('no body makes it throw, and what was read well is read again without complaint', () => {
  fc.assert(
    fc.property(fc.dictionary(names, tree, { maxKeys: 5 }), (body) => {
      const first = decode(body)
      if (first.mismatch !== undefined) return
      const again = decode(first.object)
      expect(again.mismatch).toBeUndefined()
      expect(again.unknown).toEqual([])
      const once = asWritten(first.object, 'io.k8s.api.core.v1.Pod', types)
      expect(decode(once).mismatch).toBeUndefined()
      expect(asWritten(once, 'io.k8s.api.core.v1.Pod', types)).toEqual(once)
    }),
    { numRuns: 1500 },
  )
})
