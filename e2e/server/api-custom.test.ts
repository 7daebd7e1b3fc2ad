import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../src/core/json.ts'
import type { Api } from './server.ts'
import { at, listAt, startApi, until } from './server.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
  expect((await define(gadgets)).status).toBe(201)
})
afterAll(() => api.stop())

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const define = (body: JsonObject) => api.ask({ method: 'POST', path: definitions, body })

const schema: JsonObject = {
  type: 'object',
  required: ['spec'],
  properties: {
    spec: {
      type: 'object',
      required: ['size'],
      properties: {
        size: { type: 'integer', minimum: 1, maximum: 10 },
        colour: { type: 'string', enum: ['red', 'green'], default: 'green' },
        replicas: { type: 'integer', default: 1 },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        parts: {
          type: 'array',
          items: { type: 'object', properties: { name: { type: 'string' }, weight: { type: 'integer', default: 5 } } },
        },
      },
    },
    status: { type: 'object', properties: { phase: { type: 'string' }, replicas: { type: 'integer' }, selector: { type: 'string' } } },
  },
}
const definition = (plural: string, kind: string, more: JsonObject = {}, version: JsonObject = {}): JsonObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.example.com` },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural, kind, singular: kind.toLowerCase(), shortNames: [plural.slice(0, 2)], categories: ['all-gadgets'] },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, ...version }],
    ...more,
  },
})
const gadgets = definition(
  'gadgets',
  'Gadget',
  {},
  {
    subresources: {
      status: {},
      scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas', labelSelectorPath: '.status.selector' },
    },
    additionalPrinterColumns: [
      { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
      { name: 'Colour', type: 'string', jsonPath: '.spec.colour', priority: 1 },
      { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
    ],
  },
)

const path = '/apis/example.com/v1/namespaces/default/gadgets'
const gadget = (name: string, spec: Json, more: JsonObject = {}): JsonObject => ({
  apiVersion: 'example.com/v1',
  kind: 'Gadget',
  metadata: { name },
  spec,
  ...more,
})
const create = (body: JsonObject, query = '') => api.ask({ method: 'POST', path: `${path}${query}`, body })
const merge = (where: string, body: JsonObject) =>
  api.ask({ method: 'PATCH', path: where, body, headers: { 'content-type': 'application/merge-patch+json' } })

describe('definitions', () => {
  test('one that is served says so, and is in discovery', async () => {
    const { json } = await api.ask({ path: `${definitions}/gadgets.example.com` })
    await until(
      'its conditions',
      async () => listAt((await api.ask({ path: `${definitions}/gadgets.example.com` })).json, 'status', 'conditions').length >= 2,
    )
    expect(at(json, 'spec', 'names', 'listKind')).toBe('GadgetList')
    const resources = listAt((await api.ask({ path: '/apis/example.com/v1' })).json, 'resources')
    expect(resources.map(({ name }) => name)).toEqual(['gadgets', 'gadgets/scale', 'gadgets/status'])
    expect(resources[0]).toMatchObject({
      kind: 'Gadget',
      namespaced: true,
      singularName: 'gadget',
      shortNames: ['ga'],
      categories: ['all-gadgets'],
    })
  })

  test.each<[string, JsonObject, RegExp]>([
    [
      'another name',
      { ...gadgets, metadata: { name: 'wrong' } },
      /metadata\.name: Invalid value: "wrong": must be spec\.names\.plural\+"\."\+spec\.group/,
    ],
    [
      'a type that is none',
      definition('strange', 'Strange', {}, { schema: { openAPIV3Schema: { type: 'thing' } } }),
      /Unsupported value: "thing"/,
    ],
    [
      'no storage version',
      definition('stored', 'Stored', {}, { storage: false }),
      /must have exactly one version marked as storage version/,
    ],
    ['no schema', definition('bare', 'Bare', {}, { schema: null }), /schemas are required/],
  ])('one with %s is refused', async (_, body, message) => {
    const { status, json } = await define(body)
    expect([status, json['reason']]).toEqual([422, 'Invalid'])
    expect(json['message']).toMatch(message)
  })

  test('with it go its objects', async () => {
    await define(definition('passings', 'Passing'))
    const passings = '/apis/example.com/v1/namespaces/default/passings'
    await api.ask({
      method: 'POST',
      path: passings,
      body: { apiVersion: 'example.com/v1', kind: 'Passing', metadata: { name: 'p' }, spec: { size: 1 } },
    })
    await api.ask({ method: 'DELETE', path: `${definitions}/passings.example.com` })
    await until('its end', async () => (await api.ask({ path: passings })).status === 404)
    await define(definition('passings', 'Passing'))
    expect(listAt((await api.ask({ path: passings })).json, 'items')).toEqual([])
  })

  test('it waits for objects that finalizers hold', async () => {
    await define(definition('helds', 'Held'))
    const held = {
      apiVersion: 'example.com/v1',
      kind: 'Held',
      metadata: { name: 'h', finalizers: ['example.com/hold'] },
      spec: { size: 1 },
    }
    await api.ask({ method: 'POST', path: '/apis/example.com/v1/namespaces/default/helds', body: held })
    const going = await api.ask({ method: 'DELETE', path: `${definitions}/helds.example.com` })
    expect(at(going.json, 'metadata', 'finalizers')).toEqual(['customresourcecleanup.apiextensions.k8s.io'])
    expect(listAt(going.json, 'status', 'conditions').at(-1)).toMatchObject({
      type: 'Terminating',
      status: 'True',
      reason: 'InstanceDeletionPending',
    })
    const object = '/apis/example.com/v1/namespaces/default/helds/h'
    await until(
      'the deletion of the object',
      async () => at((await api.ask({ path: object })).json, 'metadata', 'deletionTimestamp') !== undefined,
    )
    expect((await api.ask({ path: `${definitions}/helds.example.com` })).status).toBe(200)
    await merge(object, { metadata: { finalizers: null } })
    await until('its end', async () => (await api.ask({ path: `${definitions}/helds.example.com` })).status === 404)
  })

  test('versions are views of one object', async () => {
    const v = (name: string, storage: boolean) => ({ name, served: true, storage, schema: { openAPIV3Schema: schema } })
    await define(definition('views', 'View', { versions: [v('v1', true), v('v2', false)] }))
    const view = { kind: 'View', metadata: { name: 'a' }, spec: { size: 1 } }
    await api.ask({
      method: 'POST',
      path: '/apis/example.com/v2/namespaces/default/views',
      body: { ...view, apiVersion: 'example.com/v2' },
    })
    const read = async (version: string) => (await api.ask({ path: `/apis/example.com/${version}/namespaces/default/views/a` })).json
    expect([(await read('v1'))['apiVersion'], (await read('v2'))['apiVersion']]).toEqual(['example.com/v1', 'example.com/v2'])
    expect(at(await read('v1'), 'metadata', 'uid')).toBe(at(await read('v2'), 'metadata', 'uid'))
    expect((await api.ask({ path: '/apis/example.com/v3/namespaces/default/views/a' })).status).toBe(404)
  })
})

describe('objects', () => {
  test('what is not in the schema is dropped, what is missing has its default', async () => {
    const { status, json } = await create(
      gadget('pruned', { size: 3, unknown: 1, free: { any: { thing: true } }, parts: [{ name: 'a', extra: 1 }] }, { junk: 1 }),
      '?fieldValidation=Ignore',
    )
    expect(status).toBe(201)
    expect(json['spec']).toEqual({
      size: 3,
      colour: 'green',
      replicas: 1,
      free: { any: { thing: true } },
      parts: [{ name: 'a', weight: 5 }],
    })
    expect(json['junk']).toBeUndefined()
    expect(at(json, 'metadata', 'generation')).toBe(1)
  })

  test('unknown fields are warned about, or refused', async () => {
    const body = gadget('strict', { size: 3, unknown: 1 })
    expect((await create(body, '?dryRun=All')).warnings).toEqual(['299 - "unknown field \\"spec.unknown\\""'])
    const { status, json } = await create(body, '?fieldValidation=Strict')
    expect([status, json['reason']]).toEqual([400, 'BadRequest'])
    expect(json['message']).toContain('strict decoding error: unknown field "spec.unknown"')
  })

  test.each<[string, Json, RegExp]>([
    [
      'too large',
      { size: 11 },
      /^Gadget\.example\.com "bad" is invalid: spec\.size: Invalid value: 11: spec\.size in body should be less than or equal to 10$/,
    ],
    ['missing', {}, /spec\.size: Required value/],
    ['of another type', { size: 'x' }, /spec\.size: Invalid value: "string": spec\.size in body must be of type integer: "string"/],
    ['not among those allowed', { size: 1, colour: 'blue' }, /spec\.colour: Unsupported value: "blue": supported values: "red", "green"/],
    ['no object', 7, /spec: Invalid value: "integer": spec in body must be of type object: "integer"/],
  ])('a value that is %s is refused', async (_, spec, message) => {
    const { status, json } = await create(gadget('bad', spec))
    expect([status, json['reason']]).toEqual([422, 'Invalid'])
    expect(json['message']).toMatch(message)
  })

  test('the status changes through its subresource only', async () => {
    const made = await create(gadget('parts', { size: 1 }, { status: { phase: 'Forged' } }))
    expect(made.json['status']).toBeUndefined()
    await merge(`${path}/parts/status`, { spec: { size: 9 }, status: { phase: 'Done' } })
    const { json } = await merge(`${path}/parts`, { spec: { size: 2 }, status: { phase: 'Forged' } })
    expect([at(json, 'spec', 'size'), at(json, 'status', 'phase'), at(json, 'metadata', 'generation')]).toEqual([2, 'Done', 2])
  })

  test('its scale is read and written', async () => {
    await create(gadget('scaled', { size: 1, replicas: 2 }))
    await merge(`${path}/scaled/status`, { status: { replicas: 1, selector: 'app=x' } })
    const { json } = await api.ask({ path: `${path}/scaled/scale` })
    expect(json).toMatchObject({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      spec: { replicas: 2 },
      status: { replicas: 1, selector: 'app=x' },
    })
    const put = await api.ask({ method: 'PUT', path: `${path}/scaled/scale`, body: { ...json, spec: { replicas: 4 } } })
    expect(at(put.json, 'spec', 'replicas')).toBe(4)
    expect(at((await api.ask({ path: `${path}/scaled` })).json, 'spec', 'replicas')).toBe(4)
    const wrong = await api.ask({
      method: 'PUT',
      path: `${path}/scaled/scale`,
      body: { ...json, metadata: { name: 'scaled' }, spec: { replicas: -1 } },
    })
    expect([wrong.status, wrong.json['reason']]).toEqual([422, 'Invalid'])
  })

  test('a strategic merge patch is none of theirs', async () => {
    await create(gadget('merged', { size: 1 }))
    const { status } = await api.ask({
      method: 'PATCH',
      path: `${path}/merged`,
      body: {},
      headers: { 'content-type': 'application/strategic-merge-patch+json' },
    })
    expect(status).toBe(415)
  })

  test('tables have the columns of the definition', async () => {
    await create(gadget('columns', { size: 4 }))
    const { json } = await api.ask({ path: `${path}/columns`, headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } })
    expect(listAt(json, 'columnDefinitions').map(({ name, type, priority }) => [name, type, priority])).toEqual([
      ['Name', 'string', 0],
      ['Size', 'integer', 0],
      ['Colour', 'string', 1],
      ['Age', 'date', 0],
    ])
    expect(at(listAt(json, 'rows')[0], 'cells')).toEqual(['columns', 4, 'green', expect.stringMatching(/^\d+s$/)])
  })

  test('a list has the kinds of its items', async () => {
    const { json } = await api.ask({ path })
    expect(json['kind']).toBe('GadgetList')
    expect(listAt(json, 'items')[0]?.['kind']).toBe('Gadget')
  })
})
