import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { createAuthority } from '../../src/cluster/certificates.ts'
import { workspace } from '../kanon.ts'
import { start } from './running.ts'

const here = ['--server', 'https://127.0.0.1:1']

test('its help says what it needs', () => {
  const { status, out } = workspace({}).kanon('admission', '--help')
  expect(status).toBe(0)
  expect(out).toMatch(/^Usage: kanon admission \[OPTIONS\]\n/)
  for (const text of [
    'the service account of its Pod',
    'Exit status: 0 interrupted, 2 it could not start',
    '--namespace <name>',
    '--keep-webhooks',
  ])
    expect(out).toContain(text)
})

test.each<[string, readonly string[], RegExp]>([
  ['no cluster', [], /^this is no Pod of a cluster: give --kubeconfig, or --server and credentials\n$/],
  ['an unknown option', ['--sever', 'x'], /unknown option '--sever'\n\(Did you mean --server\?\)/],
  ['a server that is no URL', ['--server', 'nonsense'], /^--server: expected an https:\/\/ URL, not `nonsense`\n$/],
  ['a server without TLS', ['--server', 'http://127.0.0.1:1'], /^--server: expected an https:\/\/ URL, not `http:\/\/127\.0\.0\.1:1`\n$/],
  ['a port that is no number', [...here, '--port', 'x'], /^--port: expected a number from 0 to 65535, not `x`\n$/],
  [
    'an authority that is not there',
    [...here, '--certificate-authority', 'nope.pem'],
    /^--certificate-authority: no such file or folder: nope\.pem\n$/,
  ],
  [
    'an authority that is none',
    [...here, '--certificate-authority', 'text'],
    /^--certificate-authority: text holds no certificate in PEM\n$/,
  ],
  [
    'a certificate that is none',
    [...here, '--client-certificate', 'text', '--client-key', 'text'],
    /^--client-certificate: text holds no certificate in PEM\n$/,
  ],
  ['a certificate without its key', [...here, '--client-certificate', 'ca.pem'], /^--client-certificate needs --client-key\n$/],
  ['a key without its certificate', [...here, '--client-key', 'text'], /^--client-key needs --client-certificate\n$/],
  ['a token that is not there', [...here, '--token-file', 'nope'], /^--token-file: no such file or folder: nope\n$/],
  [
    'a duration that is none',
    [...here, '--external-data-provider-response-cache-ttl', 'soon'],
    /^--external-data-provider-response-cache-ttl: expected a duration such as 3m or 90s, not `soon`\n$/,
  ],
  ['several at once', [...here, '--port', '-1', '--token-file', 'nope'], /--token-file: .+\n--port: expected a number/],
])('%s: it says so and ends with 2', async (_, args, message) => {
  const authority = await createAuthority('test', new Date(), 1)
  const { status, out, err } = workspace({ text: 'hello', 'ca.pem': authority.certificate }).kanon('admission', ...args)
  expect(err).toMatch(message)
  expect(err).not.toMatch(/\n\s+at /)
  expect([status, out]).toEqual([2, ''])
})

test('an API server that does not answer is waited for, and the log says so at once', async () => {
  const running = start(tmpdir(), 'admission', ...here)
  try {
    await running.says('certificates cannot be read')
    const [line = ''] = running.out().split('\n')
    expect(JSON.parse(line)).toMatchObject({ name: 'kanon', msg: expect.stringContaining('ECONNREFUSED') })
  } finally {
    await running.end('SIGTERM')
  }
})
