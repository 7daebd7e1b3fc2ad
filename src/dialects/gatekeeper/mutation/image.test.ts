import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkParts, joinImage, replaceParts, splitImage } from './image.ts'

const none = { domain: '', path: '', tag: '' }

test.each([
  ['nginx', { domain: 'new.io' }, 'new.io/nginx'],
  ['nginx:v1', { path: 'p/q' }, 'p/q:v1'],
  ['library/nginx', { domain: 'new.io' }, 'new.io/library/nginx'],
  ['foo.io/a/b:t@sha256:x', { tag: ':new' }, 'foo.io/a/b:new'],
  ['foo.io/a/b:t@sha256:x', { path: 'p' }, 'foo.io/p:t@sha256:x'],
  ['localhost:5000/x:1', { domain: 'new.io' }, 'new.io/x:1'],
  ['LOCALHOST/x', { domain: 'new.io' }, 'new.io/LOCALHOST/x'],
  ['foo.io:80', { tag: ':new' }, 'foo.io:new'],
  ['a@b/c', { path: 'p' }, 'p@b/c'],
  ['', { domain: 'new.io' }, 'new.io/'],
])('%s with %j is %s', (image, parts, expected) => {
  expect(replaceParts(image, { ...none, ...parts })).toBe(expected)
})

const digest = `@sha256:${'a'.repeat(32)}`

test.each([
  [{ domain: 'foo.io' }],
  [{ domain: 'foo..io_' }],
  [{ domain: 'localhost:5' }],
  [{ domain: '1.2.3.4:5' }],
  [{ path: 'library/a_b--c__d' }],
  [{ domain: 'foo.io', path: 'a.b/c' }],
  [{ tag: ':_a' }],
  [{ tag: digest }],
])('%j may be assigned', (parts) => {
  expect(checkParts({ ...none, ...parts }).ok).toBe(true)
})

const domainText = (domain: string): string => `assignDomain "${domain}" must be a fully-qualified domain name or localhost`
const pathText = (path: string): string => `assignPath "${path}" must be a valid docker image path`
const tagText = (tag: string): string => `assignTag "${tag}" must be a valid docker image tag or digest starting with ':' or '@'`

test.each([
  [{}, 'at least one of [assignDomain, assignPath, assignTag] must be set'],
  [{ domain: 'foo' }, domainText('foo')],
  [{ domain: 'foo:5000' }, domainText('foo:5000')],
  [{ domain: 'foo.io.' }, domainText('foo.io.')],
  [{ domain: '-foo.io' }, domainText('-foo.io')],
  [{ path: 'a___b' }, pathText('a___b')],
  [{ path: 'a/' }, pathText('a/')],
  [{ path: '/', tag: 'q' }, pathText('/')],
  [{ tag: 'v1' }, tagText('v1')],
  [{ tag: `:v1${digest}` }, tagText(`:v1${digest}`)],
  [{ tag: `:${'a'.repeat(129)}` }, tagText(`:${'a'.repeat(129)}`)],
  [{ path: 'a.b/c' }, 'assignDomain must be set if the first part of assignPath "a.b/c" can be interpretted as part of a domain'],
])('%j may not: %s', (parts, message) => {
  expect(checkParts({ ...none, ...parts })).toEqual({ ok: false, error: message })
})

test('the parts of an image are the image', () => {
  const images = fc.array(fc.constantFrom('a', 'b.c', '/', ':', '@', 'localhost', '5'), { maxLength: 8 }).map((list) => list.join(''))
  fc.assert(
    fc.property(images, (image) => {
      expect(joinImage(splitImage(image))).toBe(image)
    }),
  )
})
