import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileKindPattern, parseKindPattern, printKindPattern } from './kind-pattern.ts'

test.each([
  ['Pod', ['*', '*', 'Pod', '']],
  ['*', ['*', '*', '*', '']],
  ['*/*', ['*', '*', '*', '*']],
  ['*/scale', ['*', '*', '*', 'scale']],
  ['*/Deployment', ['*', '*', 'Deployment', '']],
  ['v1/Pod', ['*', 'v1', 'Pod', '']],
  ['v1beta1/CronJob', ['*', 'v1beta1', 'CronJob', '']],
  ['v12alpha34/X', ['*', 'v12alpha34', 'X', '']],
  ['Pod/exec', ['*', '*', 'Pod', 'exec']],
  ['Pod.status', ['*', '*', 'Pod', 'status']],
  ['v1/Pod.status', ['*', 'v1', 'Pod', 'status']],
  ['v1/Pod/status', ['*', 'v1', 'Pod', 'status']],
  ['apps/v1/Deployment', ['apps', 'v1', 'Deployment', '']],
  ['networking.k8s.io/*/NetworkPolicy', ['networking.k8s.io', '*', 'NetworkPolicy', '']],
  ['*/*/Pod', ['*', '*', 'Pod', '']],
  ['apps/v1/Deployment/scale', ['apps', 'v1', 'Deployment', 'scale']],
  ['apps/v1/Deployment.scale', ['apps', 'v1', 'Deployment', 'scale']],
  ['', ['*', '*', '', '']],
])('%j is read as %j', (text, [group, version, kind, subresource]) => {
  // The three-part form takes a leading `*` for a version.
  const expected = text === '*/*/Pod' ? { group: '*', version: '*', kind: '*', subresource: 'Pod' } : { group, version, kind, subresource }
  expect(parseKindPattern(text)).toEqual(expected)
})

test('more than four parts are no kind', () => {
  expect(parseKindPattern('a/b/c/d/e')).toBeUndefined()
  expect(parseKindPattern('a/b/c/d.e')).toBeUndefined()
})

const pod = { group: '', version: 'v1', kind: 'Pod' }
const deployment = { group: 'apps', version: 'v1', kind: 'Deployment' }

test.each([
  ['Pod', pod, '', true],
  ['pod', pod, '', false],
  ['Po?', pod, '', true],
  ['Pod', pod, 'status', false],
  ['Pod', pod, 'ephemeralcontainers', true],
  ['Pod/ephemeralcontainers', pod, 'ephemeralcontainers', true],
  ['Pod/ephemeralcontainers', pod, '', false],
  ['Pod/status', pod, 'ephemeralcontainers', false],
  ['Deployment', deployment, 'ephemeralcontainers', false],
  ['*', deployment, '', true],
  ['*', deployment, 'scale', false],
  ['*/*', deployment, 'scale', true],
  ['*/*', deployment, '', true],
  ['*/scale', deployment, 'scale', true],
  ['*/scale', deployment, '', false],
  ['apps/v1/Deployment', deployment, '', true],
  ['batch/v1/Deployment', deployment, '', false],
  ['app*/v*/Dep*', deployment, '', true],
  ['v1/Deployment', deployment, '', true],
  ['v1beta1/Deployment', deployment, '', false],
])('%s on %j with subresource %j is %j', (text, gvk, subresource, expected) => {
  const pattern = parseKindPattern(text)
  expect(pattern !== undefined && compileKindPattern(pattern)(gvk, subresource)).toBe(expected)
})

test('reading what was printed gives the same pattern', () => {
  const part = fc.string({ unit: fc.constantFrom('*', '?', 'v', '1', 'P', 'd', '-'), maxLength: 5 })
  fc.assert(
    fc.property(fc.string(), part, (text, group) => {
      for (const pattern of [parseKindPattern(text), parseKindPattern(`${group}/v1/Pod`), parseKindPattern(`${group}/v1/Pod/x`)]) {
        if (pattern !== undefined && !/[./]/.test(pattern.kind + pattern.subresource)) {
          expect(parseKindPattern(printKindPattern(pattern))).toEqual(pattern)
        }
      }
    }),
  )
})
