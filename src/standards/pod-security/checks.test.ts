import { expect, test } from 'vitest'
import { compareText } from '../../core/go-format.ts'
import { checks } from './checks.ts'

test('baseline checks come before restricted ones, each level by id', () => {
  const sorted = (['baseline', 'restricted'] as const).flatMap((level) =>
    checks
      .filter((check) => check.level === level)
      .map(({ id }) => id)
      .sort(compareText),
  )
  expect(checks.map(({ id }) => id)).toEqual(sorted)
  expect(new Set(sorted).size).toBe(19)
})

test.each(checks)('$id is complete', ({ level, revisions, restrictedFields, allowedValues }) => {
  const since = revisions.map((revision) => revision.since)
  expect(since.length).toBeGreaterThan(0)
  expect(since).toEqual([...new Set(since)].sort((a, b) => a - b))
  expect(restrictedFields.length).toBeGreaterThan(0)
  expect(allowedValues).not.toBe('')
  const overrides = revisions.flatMap((revision) => revision.overrides ?? [])
  if (level === 'baseline') expect(overrides).toEqual([])
  for (const id of overrides) expect(checks.find((check) => check.id === id)?.level).toBe('baseline')
})
