import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareVersions, parseVersion, parseVersionRange } from './semver.ts'

test.each([
  ['spaces after an operator', '1.5.0', '>= 1.0.0 <  2.0.0', true],
  ['a version alone', '1.0.0', '1.0.0', true],
  ['build metadata does not count', '1.0.0+a', '==1.0.0+b', true],
  ['alternatives', '3.0.0', '<1.0.0 || >=2.0.0 !=3.0.0 || 3.0.x', true],
  ['none of them', '1.5.0', '<1.0.0 || >=2.0.0', false],
  ['above a wildcard', '1.9.0', '>1.x', false],
  ['above a wildcard', '2.0.0', '>1.x', true],
  ['from a wildcard on', '1.0.0', '>=1.x', true],
  ['below a wildcard', '1.0.0', '<1.x', false],
  ['up to a wildcard', '1.9.9', '<=1.x', true],
  ['but not the next', '2.0.0', '<=1.x', false],
  ['outside a wildcard', '1.3.0', '!1.2.x', true],
  ['two wildcards', '1.0.7', '1.x.x', true],
  ['two wildcards', '1.1.0', '1.x.x', false],
])('%s: %s in %s: %s', (_, version, range, expected) => {
  const parsed = parseVersion(version)
  expect(parsed !== undefined && parseVersionRange(range)?.(parsed)).toBe(expected)
})

test.each([
  '',
  '||',
  '1.0.0 ||',
  '|| 1.0.0',
  '1.0.0||2.0.0',
  '1.0.0,2.0.0',
  '1.X',
  '1.*',
  '~1.0.0',
  '^1.0.0',
  '>=',
  'v1.0.0',
  '>1.0',
  '1.0.0 || || 2.0.0',
])('`%s` is no range', (text) => {
  expect(parseVersionRange(text)).toBeUndefined()
})

const number = fc.nat(20)
const versions = fc
  .tuple(number, number, number, fc.constantFrom('', '-1', '-2', '-10', '-a', '-a.1', '-a.b', '-rc.1+x'))
  .map(([major, minor, patch, rest]) => parseVersion(`${major}.${minor}.${patch}${rest}`))

test('there is one order, and ranges agree with it', () => {
  fc.assert(
    fc.property(versions, versions, (a, b) => {
      if (a === undefined || b === undefined) throw new Error('no version')
      const text = [b.core.join('.'), ...(b.prerelease.length === 0 ? [] : [b.prerelease.join('.')])].join('-')
      expect(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a))).toBe(0)
      expect(parseVersionRange(`<${text}`)?.(a)).toBe(compareVersions(a, b) < 0)
      expect(parseVersionRange(`>=${text}`)?.(a)).toBe(compareVersions(a, b) >= 0)
    }),
  )
})

test('no text makes it throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9.x<>=!| +a-]{0,30}$/)), (text) => {
      parseVersion(text)
      parseVersionRange(text)?.({ core: [1, 2, 3], prerelease: [] })
    }),
    { numRuns: 2000 },
  )
})
