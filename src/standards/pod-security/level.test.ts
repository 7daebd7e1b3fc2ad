import { expect, test } from 'vitest'
import type { LevelVersion } from './level.ts'
import {
  cappedVersion,
  compareLevels,
  equivalentLevelVersion,
  latest,
  minorVersion,
  parseLevel,
  parseVersion,
  printLevelVersion,
} from './level.ts'

test.each(['privileged', 'baseline', 'restricted'])('%s is a level', (text) => {
  expect(parseLevel(text)).toEqual({ ok: true, value: text })
})

test.each(['', 'Baseline', 'restricted ', '__proto__'])('%j is no level', (text) => {
  expect(parseLevel(text)).toEqual({ ok: false, error: 'must be one of privileged, baseline, restricted' })
})

test.each([
  ['latest', Infinity],
  ['v1.0', 0],
  ['v1.24', 24],
  ['v1.999', 999],
])('%s is a version', (text, minor) => {
  expect(parseVersion(text)).toEqual({ ok: true, value: { text, minor } })
})

test.each(['', 'Latest', '1.25', 'v1.01', 'v1.25.0', 'v2.0', 'v1.', 'v1.-1', 'v1.1\n', 'v1.99999999999999999999'])(
  '%j is no version',
  (text) => {
    expect(parseVersion(text)).toEqual({ ok: false, error: 'must be "latest" or "v1.x"' })
  },
)

test('latest and what is to come mean the newest that is known', () => {
  expect(cappedVersion(latest, 36)).toEqual(minorVersion(36))
  expect(cappedVersion(minorVersion(37), 36)).toEqual(minorVersion(36))
  expect(cappedVersion(minorVersion(35), 36)).toEqual(minorVersion(35))
})

test('levels are ordered by strictness', () => {
  expect(compareLevels('privileged', 'baseline')).toBeLessThan(0)
  expect(compareLevels('restricted', 'baseline')).toBeGreaterThan(0)
  expect(compareLevels('baseline', 'baseline')).toBe(0)
})

const at = (level: LevelVersion['level'], minor: number): LevelVersion => ({ level, version: minorVersion(minor) })

test.each([
  ['of privileged the version does not matter', at('privileged', 1), at('privileged', 2), true],
  ['of others it does', at('baseline', 1), at('baseline', 2), false],
  ['latest is not the version it means', at('baseline', 37), { level: 'baseline', version: latest } as LevelVersion, false],
  ['the level matters', at('baseline', 1), at('restricted', 1), false],
])('%s', (_, a, b, expected) => {
  expect(equivalentLevelVersion(a, b)).toBe(expected)
})

test('a level is printed with its version', () => {
  expect(printLevelVersion(at('restricted', 24))).toBe('restricted:v1.24')
})
