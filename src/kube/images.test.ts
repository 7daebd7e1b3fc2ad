import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../core/json.ts'
import { err, ok } from '../core/result.ts'
import type { Result } from '../core/result.ts'
import { compileImageExtractors, imagesOf, imagesVariable } from './images.ts'

const noExpressions = (): Result<never, string> => err('no expressions here')
const podSpec = {
  initContainers: [{ name: 'init', image: 'busybox' }],
  containers: [{ name: 'app', image: 'ghcr.io/app:1' }, { name: 'none' }],
}

const pointersOf = (object: JsonObject, config: Json = null): unknown => {
  const extractors = compileImageExtractors(config, noExpressions)
  if (!extractors.ok) return extractors
  const images = imagesOf(object, { extractors: extractors.value })
  return images.ok
    ? [...images.value].flatMap(([group, list]) => [...list].map(([name, i]) => `${group} ${name} ${i.jsonPointer} ${i.reference}`))
    : images
}

test.each<readonly [kind: string, spec: JsonObject, prefix: string]>([
  ['Pod', podSpec, '/spec'],
  ['Deployment', { template: { spec: podSpec } }, '/spec/template/spec'],
  ['Job', { template: { spec: podSpec } }, '/spec/template/spec'],
  ['CronJob', { jobTemplate: { spec: { template: { spec: podSpec } } } }, '/spec/jobTemplate/spec/template/spec'],
])('images of a %s', (kind, spec, prefix) => {
  expect(pointersOf({ kind, spec })).toEqual([
    `initContainers init ${prefix}/initContainers/0/image docker.io/busybox:latest`,
    `containers app ${prefix}/containers/0/image ghcr.io/app:1`,
  ])
})

test('other kinds have none', () => {
  expect(pointersOf({ kind: 'ConfigMap', spec: podSpec })).toEqual([])
  expect(pointersOf({})).toEqual([])
  expect(pointersOf({ kind: 'Pod' })).toEqual([])
})

const task = { kind: 'Task', spec: { steps: [{ name: 'one', image: 'alpine:3', ref: 'b' }], images: { 'x/y': { image: 'c:1' } } } }

test.each<readonly [extractor: JsonObject, expected: unknown]>([
  [{ path: '/spec/steps/*/image' }, ['custom /spec/steps/0/image /spec/steps/0/image docker.io/alpine:3']],
  [{ path: '/spec/steps/*', value: 'ref', key: 'name', name: 'steps' }, ['steps one /spec/steps/0/ref docker.io/b:latest']],
  [{ path: 'spec / images/*/image' }, ['custom /spec/images/x~1y/image /spec/images/x~1y/image docker.io/c:1']],
  [{ path: '/spec/nothing/*/image' }, []],
  [{ path: '/spec/steps/*/name/*' }, { ok: false, error: 'invalid image config' }],
  [{ path: '/spec/steps/*/name/*/x' }, { ok: false, error: 'invalid type' }],
  [
    { path: '/spec/steps/*/image', key: 'nokey' },
    { ok: false, error: 'invalid key' },
  ],
  [{ path: '' }, { ok: false, error: 'imageExtractors: Task: path must not be empty' }],
  [
    { path: '/spec', jmesPath: 'x' },
    { ok: false, error: 'imageExtractors: Task: no expressions here' },
  ],
])('extractor %j', (extractor, expected) => {
  expect(pointersOf(task, { Task: [extractor] })).toEqual(expected)
})

test('an extractor may change the text first', () => {
  const upTo = (expression: string) => ok((text: string) => ok(text.split(expression)[0] ?? ''))
  const extractors = compileImageExtractors({ Task: [{ path: '/spec/steps/*/image', jmesPath: ':' }] }, upTo)
  const images = extractors.ok ? imagesOf(task, { extractors: extractors.value }) : extractors
  expect(images.ok && [...images.value.values()].flatMap((list) => [...list.values()].map((i) => i.reference))).toEqual([
    'docker.io/alpine:latest',
  ])
})

test('an empty list of extractors is an error', () => {
  expect(pointersOf(task, { Task: [] })).toEqual({ ok: false, error: 'no extractors found for Task' })
})

test('bad images', () => {
  expect(imagesOf({ kind: 'Pod', spec: { containers: [{ name: 'a', image: 'A B' }] } })).toEqual({
    ok: false,
    error:
      "invalid image 'A B' (bad image: docker.io/A B, defaultRegistry: docker.io, enableDefaultRegistryMutation: true: invalid reference format)",
  })
})

test('the variable holds only the parts an image has', () => {
  const images = imagesOf({ kind: 'Pod', spec: { containers: [{ name: '__proto__', image: 'nginx' }] } })
  const variable = images.ok ? imagesVariable(images.value) : images.error
  expect(JSON.stringify(variable)).toBe(
    '{"containers":{"__proto__":{"registry":"docker.io","name":"nginx","path":"nginx","tag":"latest","reference":"docker.io/nginx:latest","referenceWithTag":"docker.io/nginx:latest","jsonPointer":"/spec/containers/0/image"}}}',
  )
})

test('no object makes it throw', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      imagesOf({ kind: 'Pod', spec: value as Json })
      imagesOf({ kind: 'Pod', spec: { containers: value as Json } })
      compileImageExtractors(value as Json, noExpressions)
    }),
  )
})
