import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { addressInKubeconfig } from './kubeconfig.ts'

const folder = mkdtempSync(join(tmpdir(), 'kanon-kubeconfig-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const base64 = (text: string): string => Buffer.from(text).toString('base64')

interface Written {
  readonly cluster?: string
  readonly user?: string
  readonly head?: string
}

const kubeconfig = ({ cluster = 'server: https://c:6443', user = '', head = 'current-context: one' }: Written = {}): string => `
apiVersion: v1
kind: Config
${head}
clusters: [{name: c, cluster: {${cluster}}}]
users: [{name: u, user: {${user}}}]
contexts:
  - {name: one, context: {cluster: c, user: u}}
  - {name: two, context: {cluster: c, user: u, namespace: shop}}
  - {name: lost, context: {cluster: gone, user: u}}
  - {name: nobody, context: {cluster: c, user: gone}}
`

const config = join(folder, 'config')

function read(written: string, context = ''): ReturnType<typeof addressInKubeconfig> {
  writeFileSync(config, written)
  return addressInKubeconfig([config], context, folder)
}

function addressOf(written: Written): Readonly<Record<string, unknown>> {
  const result = read(kubeconfig(written))
  if (!result.ok) throw new Error(result.error)
  const { token, ...address } = result.value
  return { ...address, ...(token === undefined ? {} : { token: token() }) }
}

describe('the address', () => {
  const plain = { server: 'https://c:6443', certificateAuthority: '' }
  writeFileSync(join(folder, 'ca.crt'), 'an authority')
  writeFileSync(join(folder, 'token'), 'from a file\n')
  const plugin = join(folder, 'plugin')
  writeFileSync(plugin, `#!/bin/sh\necho '{"kind": "ExecCredential", "status": {"token": "'$1-$MORE'"}}'\n`)
  chmodSync(plugin, 0o755)
  const exec = (more: string): string => `exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin, ${more}}`
  test.each<[string, Written, object]>([
    ['no credentials', {}, plain],
    [
      'an authority as data',
      { cluster: `server: https://c:6443, certificate-authority-data: ${base64('data')}` },
      { ...plain, certificateAuthority: 'data' },
    ],
    [
      'an authority in a file beside it',
      { cluster: 'server: https://c:6443, certificate-authority: ca.crt' },
      { ...plain, certificateAuthority: 'an authority' },
    ],
    ['no verification', { cluster: 'server: https://c:6443, insecure-skip-tls-verify: true' }, { ...plain, insecure: true }],
    ['the name in its certificate', { cluster: 'server: https://c:6443, tls-server-name: k' }, { ...plain, serverName: 'k' }],
    ['a token', { user: 'token: abc' }, { ...plain, token: 'abc' }],
    ['a token in a file, before a token', { user: 'token: abc, tokenFile: token' }, { ...plain, token: 'from a file' }],
    [
      'a client certificate',
      { user: `client-certificate-data: ${base64('certificate')}, client-key-data: ${base64('key')}` },
      { ...plain, clientCertificate: 'certificate', clientKey: 'key' },
    ],
    ['a plugin', { user: exec('args: [first], env: [{name: MORE, value: second}]') }, { ...plain, token: 'first-second' }],
  ])('%s', (_, written, expected) => {
    expect(addressOf(written)).toEqual(expected)
  })

  test('a token file that is written again is read again', () => {
    const result = read(kubeconfig({ user: 'tokenFile: changing' }))
    expect(result.ok).toBe(false)
    writeFileSync(join(folder, 'changing'), 'old')
    const now = read(kubeconfig({ user: 'tokenFile: changing' }))
    if (!now.ok) throw new Error(now.error)
    writeFileSync(join(folder, 'changing'), 'new')
    expect(now.value.token?.()).toBe('new')
  })
})

test('of several files the first that says something wins, and each finds its own', () => {
  writeFileSync(join(folder, 'first'), 'current-context: two\nusers: [{name: u, user: {token: first}}]')
  writeFileSync(config, kubeconfig({ user: 'token: second' }))
  const result = addressInKubeconfig(['not-there', 'first', 'config'], '', folder)
  expect(result.ok ? [result.value.server, result.value.token?.()] : result.error).toEqual(['https://c:6443', 'first'])
})

test('files that are not there are named', () => {
  expect(addressInKubeconfig(['a', 'b'], '', folder)).toEqual({ ok: false, error: 'no kubeconfig: there is no a, b' })
})

describe('what is wrong is named', () => {
  test.each<[string, string, string | undefined, string]>([
    ['no YAML', '{', undefined, 'expected a kubeconfig in YAML or JSON'],
    ['no current context', kubeconfig({ head: '' }), undefined, 'current-context is not set; name one with --context'],
    ['an unknown context', kubeconfig(), 'three', 'context "three" does not exist; there are one, two, lost, nobody'],
    ['an unknown cluster', kubeconfig(), 'lost', 'cluster "gone" of context "lost" does not exist'],
    ['an unknown user', kubeconfig(), 'nobody', 'user "gone" of context "nobody" does not exist'],
    ['no https', kubeconfig({ cluster: 'server: http://c' }), undefined, 'cluster "c": server is "http://c", expected https://…'],
    [
      'a file that is not there',
      kubeconfig({ cluster: 'server: https://c, certificate-authority: none' }),
      undefined,
      'cluster "c": certificate-authority: no such file or folder: none',
    ],
    ['a plugin that is not there', kubeconfig({ user: 'exec: {command: ./none, installHint: get it}' }), undefined, 'ENOENT\nget it'],
    [
      'a plugin that fails',
      kubeconfig({ user: "exec: {command: sh, args: [-c, 'echo sorry >&2; exit 3']}" }),
      undefined,
      'exit status 3: sorry',
    ],
    ['a plugin that says nothing', kubeconfig({ user: "exec: {command: 'true'}" }), undefined, 'expected an ExecCredential with a status'],
    ['a plugin of old', kubeconfig({ user: 'auth-provider: {name: gcp}' }), undefined, 'auth-provider was removed from Kubernetes in 1.26'],
  ])('%s', (_, written, context, expected) => {
    const result = read(written, context)
    expect(result.ok ? 'it was read' : result.error).toContain(expected)
  })
})

test('no text makes it throw', () => {
  fc.assert(
    fc.property(fc.string(), fc.json(), (text, json) => {
      read(text)
      read(json)
    }),
  )
})
