import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseImageReference } from './image-reference.ts'

const digest = `sha256:${'ab'.repeat(32)}`

test.each([
  ['nginx', ['docker.io', 'nginx', 'nginx', 'latest', '', 'docker.io/nginx:latest']],
  ['nginx:v10.3', ['docker.io', 'nginx', 'nginx', 'v10.3', '', 'docker.io/nginx:v10.3']],
  ['test/nginx', ['docker.io', 'nginx', 'test/nginx', 'latest', '', 'docker.io/test/nginx:latest']],
  ['docker.io/test/nginx:v1', ['docker.io', 'nginx', 'test/nginx', 'v1', '', 'docker.io/test/nginx:v1']],
  ['localhost/nginx', ['localhost', 'nginx', 'nginx', 'latest', '', 'localhost/nginx:latest']],
  ['localhost:4443/test/nginx', ['localhost:4443', 'nginx', 'test/nginx', 'latest', '', 'localhost:4443/test/nginx:latest']],
  ['ghcr.io/a/b/c:1', ['ghcr.io', 'c', 'a/b/c', '1', '', 'ghcr.io/a/b/c:1']],
  ['Registry/app', ['Registry', 'app', 'app', 'latest', '', 'Registry/app:latest']],
  ['[fe80::1]:5000/app', ['[fe80::1]:5000', 'app', 'app', 'latest', '', '[fe80::1]:5000/app:latest']],
  [`test/centos@${digest}`, ['docker.io', 'centos', 'test/centos', '', digest, `docker.io/test/centos@${digest}`]],
  [`quay.io/a:v1@${digest}`, ['quay.io', 'a', 'a', 'v1', digest, `quay.io/a@${digest}`]],
])('%s', (text, [registry, name, path, tag, foundDigest, reference]) => {
  expect(parseImageReference(text)).toEqual({
    ok: true,
    value: {
      registry,
      name,
      path,
      tag,
      digest: foundDigest,
      reference,
      referenceWithTag: `${registry}/${path}:${tag}`,
    },
  })
})

test('another default registry', () => {
  const parsed = parseImageReference('nginx', { defaultRegistry: 'mirror.example', enableDefaultRegistryMutation: true })
  expect(parsed).toMatchObject({ value: { registry: 'mirror.example', reference: 'mirror.example/nginx:latest' } })
})

test('without registry mutation a short name has no registry', () => {
  const options = { defaultRegistry: 'docker.io', enableDefaultRegistryMutation: false }
  expect(parseImageReference('a/nginx', options)).toMatchObject({ value: { registry: '', reference: 'a/nginx:latest' } })
  expect(parseImageReference('ghcr.io/nginx', options)).toMatchObject({ value: { registry: 'ghcr.io' } })
})

test.each([
  ['', 'docker.io/', 'invalid reference format'],
  ['nginx:', 'docker.io/nginx:', 'invalid reference format'],
  ['a b', 'docker.io/a b', 'invalid reference format'],
  ['Nginx', 'docker.io/Nginx', 'repository name must be lowercase'],
  ['a/B', 'docker.io/a/B', 'repository name must be lowercase'],
  ['a@sha256:abc', 'docker.io/a@sha256:abc', 'invalid reference format'],
  [`a@${digest}00`, `docker.io/a@${digest}00`, 'invalid checksum digest length'],
  [`a@${digest.replaceAll('ab', 'AB')}`, `docker.io/a@${digest.replaceAll('ab', 'AB')}`, 'invalid checksum digest format'],
  [`a@md5:${'0'.repeat(32)}`, `docker.io/a@md5:${'0'.repeat(32)}`, 'unsupported digest algorithm'],
  ['a'.repeat(256), `docker.io/${'a'.repeat(256)}`, 'repository name must not be more than 255 characters'],
])('%j is refused', (text, full, reason) => {
  expect(parseImageReference(text)).toEqual({
    ok: false,
    error: `bad image: ${full}, defaultRegistry: docker.io, enableDefaultRegistryMutation: true: ${reason}`,
  })
})

test('the canonical text names the same image', () => {
  const texts = fc.string({ unit: fc.constantFrom('a', 'b', '.', '/', ':', '-', '_', '@', 'X', '1'), maxLength: 20 })
  fc.assert(
    fc.property(texts, (text) => {
      const parsed = parseImageReference(text)
      if (parsed.ok) expect(parseImageReference(parsed.value.reference)).toEqual(parsed)
    }),
    { numRuns: 1000 },
  )
})

test('no input makes it throw', () => {
  fc.assert(fc.property(fc.string(), (text) => void parseImageReference(text)))
})
