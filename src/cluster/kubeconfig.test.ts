import { mkdtempSync, mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { addressInKubeconfig } from './kubeconfig.ts'

const folder = mkdtempSync(join(tmpdir(), 'kanon-kubeconfig-'))
mkdirSync(join(folder, 'sub'))
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return name
}
const base64 = (text: string): string => Buffer.from(text).toString('base64')

interface Parts {
  readonly cluster?: string
  readonly user?: string
  readonly current?: string
}

const config = ({ cluster = 'server: https://a:6443', user = 'token: secret', current = 'main' }: Parts): string =>
  `apiVersion: v1\nkind: Config\ncurrent-context: ${current}\ncontexts: [{name: main, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {${cluster}}}]\nusers: [{name: u, user: {${user}}}]\n`

function read(files: readonly string[], context = ''): Readonly<Record<string, unknown>> {
  const address = addressInKubeconfig(files, context, folder)
  if (!address.ok) return { error: address.error }
  const { token, ...rest } = address.value
  return { ...rest, ...(token === undefined ? {} : { token: token() }) }
}

test('the server, its authority and who asks are taken from the current context', () => {
  const cluster = `server: https://a:6443, certificate-authority-data: ${base64('CA')}`
  const user = `client-certificate-data: ${base64('CERT')}, client-key-data: ${base64('KEY')}`
  expect(read([file('a', config({ cluster, user }))])).toEqual({
    server: 'https://a:6443',
    certificateAuthority: 'CA',
    clientCertificate: 'CERT',
    clientKey: 'KEY',
  })
})

test('files are looked for beside the kubeconfig', () => {
  writeFileSync(join(folder, 'sub/ca.crt'), 'CA')
  writeFileSync(join(folder, 'sub/token'), 'secret\n')
  const name = file('sub/b', config({ cluster: 'server: https://a, certificate-authority: ca.crt', user: 'tokenFile: token' }))
  expect(read([name])).toEqual({ server: 'https://a', certificateAuthority: 'CA', token: 'secret' })
})

test('the first file that says something wins, and those that are not there are passed over', () => {
  const first = file('first', 'kind: Config\nclusters: [{name: c, cluster: {server: https://first}}]\n')
  expect(read(['none', first, file('second', config({}))])).toMatchObject({ server: 'https://first', token: 'secret' })
})

test('another context may be asked for', () => {
  const other = config({})
    .replace('contexts: [', 'contexts: [{name: other, context: {cluster: d}}, ')
    .replace('clusters: [', 'clusters: [{name: d, cluster: {server: https://other}}, ')
  expect(read([file('other', other)], 'other')).toEqual({ server: 'https://other', certificateAuthority: '' })
})

test.each<readonly [string, string, string]>([
  ['no context', config({ current: '""' }), 'the kubeconfig has no current context'],
  ['an unknown context', config({ current: 'x' }), 'the kubeconfig has no context `x`'],
  ['an unknown cluster', config({}).replace('name: c,', 'name: x,'), 'context `main`: the kubeconfig has no cluster `c`'],
  ['a server without TLS', config({ cluster: 'server: http://a' }), 'context `main`: expected a server at https://, not `http://a`'],
  ['no server', config({ cluster: '' }), 'context `main`: expected a server at https://, not ``'],
  [
    'a server that is not verified',
    config({ cluster: 'server: https://a, insecure-skip-tls-verify: true' }),
    'context `main`: insecure-skip-tls-verify is not supported: give the certificate authority',
  ],
  ['a program', config({ user: 'exec: {command: x}' }), 'context `main`: users with `exec` are not supported'],
  ['a file that is not there', config({ user: 'tokenFile: none' }), 'no such file or folder: none'],
  ['no map', '- a\n', 'bad is no kubeconfig'],
  ['no YAML', '{', 'bad is no kubeconfig'],
])('%s is said', (_, text, error) => {
  expect(read([file('bad', text)])).toEqual({ error })
})

test('no file at all is said', () => {
  expect(read(['none', 'nor'])).toEqual({ error: 'no kubeconfig: there is no none, nor' })
})
