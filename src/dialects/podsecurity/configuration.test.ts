import fc from 'fast-check'
import { expect, test } from 'vitest'
import { err, ok } from '../../core/result.ts'
import type { ReadFile } from './configuration.ts'
import { parsePodSecurityConfiguration, privilegedConfiguration } from './configuration.ts'
import { printPolicy } from './policy.ts'

const noFiles: ReadFile = (path) => err(`no such file or folder: ${path}`)
const parse = (text: string, readFile = noFiles): ReturnType<typeof parsePodSecurityConfiguration> =>
  parsePodSecurityConfiguration({ name: 'pss.yaml', text }, readFile)

const configuration = (body: string, version = 'v1'): string =>
  `apiVersion: pod-security.admission.config.k8s.io/${version}\nkind: PodSecurityConfiguration\n${body}`
const admission = (plugin: string, version = 'apiserver.config.k8s.io/v1'): string =>
  `apiVersion: ${version}\nkind: AdmissionConfiguration\nplugins:\n- name: EventRateLimit\n- name: PodSecurity\n${plugin.replaceAll(/^(?=.)/gm, '  ')}`

const good = configuration(
  'defaults: {enforce: baseline, audit: restricted, audit-version: v1.24}\nexemptions: {namespaces: [kube-system], usernames: [ann]}\n',
)

function mistakes(text: string, readFile = noFiles): readonly string[] {
  const parsed = parse(text, readFile)
  if (parsed.ok) return []
  return parsed.error.map(({ message, source, span }) => `${message} @${JSON.stringify(source.text.slice(span.start, span.end))}`)
}

test.each<readonly [string, string]>([
  ['bare', good],
  ['of an older version', good.replace('/v1', '/v1beta1')],
  ['of the oldest version', good.replace('/v1', '/v1alpha1')],
  ['among the plugins', admission(`configuration:\n${good.replaceAll(/^(?=.)/gm, '  ')}`)],
  ['in a file that a plugin names', admission('path: other.yaml')],
  ['among the plugins of an older version', admission('path: other.yaml', 'apiserver.k8s.io/v1alpha1')],
])('a configuration is read: %s', (_, text) => {
  const parsed = parse(text, (path) => (path === 'other.yaml' ? ok({ name: path, text: good }) : noFiles(path)))
  expect(parsed.ok ? printPolicy(parsed.value.defaults) : parsed.error).toBe(
    'enforce=baseline:latest, audit=restricted:v1.24, warn=privileged:latest',
  )
  expect(parsed.ok ? parsed.value.exemptions : undefined).toEqual({ usernames: ['ann'], runtimeClasses: [], namespaces: ['kube-system'] })
})

test.each<readonly [string, string]>([
  ['no fields', configuration('')],
  ['empty fields', configuration('defaults: {enforce: ""}\nexemptions:\n')],
  ['no plugin', 'apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\n'],
  ['a plugin without anything', admission('')],
])('%s configures nothing', (_, text) => {
  expect(parse(text)).toEqual(ok(privilegedConfiguration))
})

test.each(['', '# nothing\n', '---\n'])('a file without anything is refused, as the API server does: %j', (text) => {
  expect(parse(text)).toMatchObject({ ok: false })
})

test('a plugin may name an empty file', () => {
  const read = parsePodSecurityConfiguration({ name: 'c.yaml', text: admission('path: x.yaml\n') }, () => ok({ name: 'x.yaml', text: '' }))
  expect(read).toEqual(ok(privilegedConfiguration))
})

test.each<readonly [string, string, readonly string[]]>([
  [
    'an unknown level',
    configuration('defaults: {enforce: strict}'),
    ['defaults.enforce: Invalid value: "strict": must be one of privileged, baseline, restricted @"strict"'],
  ],
  [
    'an unknown version',
    configuration('defaults: {warn-version: "1.25"}'),
    ['defaults.warn-version: Invalid value: "1.25": must be "latest" or "v1.x" @"\\"1.25\\""'],
  ],
  ['a level that is no text', configuration('defaults: {enforce: 1}'), ['defaults.enforce: expected a string, found a number @"1"']],
  ['an unknown field', configuration('deflaults: {}'), ['strict decoding error: unknown field "deflaults" @"deflaults"']],
  [
    'an unknown field further in',
    configuration('exemptions: {users: []}'),
    ['strict decoding error: unknown field "exemptions.users" @"users"'],
  ],
  [
    'an empty user',
    configuration('exemptions: {usernames: [""]}'),
    ['exemptions.usernames[0]: Invalid value: "": username must not be empty @"\\"\\""'],
  ],
  ['a name twice', configuration('exemptions: {namespaces: [a, a]}'), ['exemptions.namespaces[1]: Duplicate value: "a" @"a"']],
  ['a list that is none', configuration('exemptions: {namespaces: a}'), ['exemptions.namespaces: expected a list, found a string @"a"']],
  ['no kind', 'apiVersion: pod-security.admission.config.k8s.io/v1\n', ['Object \'Kind\' is missing @"apiVersion"']],
  ['another kind', 'apiVersion: v1\nkind: Pod\n', ['no kind "Pod" is registered for version "v1" @"apiVersion"']],
  ['a list', '- a\n', ['expected an object, found a list @"-"']],
  ['a file that is not there', admission('path: other.yaml'), ['path: no such file or folder: other.yaml @"other.yaml"']],
])('a malformed configuration is refused: %s', (_, text, expected) => {
  expect(mistakes(text)).toEqual(expected)
})

test('a name with a wildcard is no namespace', () => {
  expect(mistakes(configuration('exemptions: {namespaces: ["kube-*"]}'))[0]).toMatch(
    /^exemptions\.namespaces\[0\]: Invalid value: "kube-\*": a lowercase RFC 1123 label/,
  )
})

test('a key twice is a mistake', () => {
  expect(mistakes(configuration('defaults: {}\ndefaults: {}\n'))).toHaveLength(1)
})

test('no text makes it throw', () => {
  const piece = fc.constantFrom(
    'apiVersion: ',
    'kind: ',
    'PodSecurityConfiguration',
    'pod-security.admission.config.k8s.io/v1',
    'defaults',
    ': ',
    '\n',
    '  ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '"',
    'plugins',
    '__proto__',
    'enforce',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
      ),
      (text) => {
        expect(typeof parse(text).ok).toBe('boolean')
      },
    ),
    { numRuns: 300 },
  )
})
