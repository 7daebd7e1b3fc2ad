import { expect, test } from 'vitest'
import { defaultLimits } from '../../core/limits.ts'
import { loadDocuments } from './load.ts'
import { momentOf } from './moments.ts'

test.each([
  ['2024-01-01', '2024-01-01T00:00:00Z'],
  ['2024-1-1', '2024-01-01T00:00:00Z'],
  ['2024-01-01T10:00:00Z', '2024-01-01T10:00:00Z'],
  ['2024-01-01t10:00:00.50+02:00', '2024-01-01T10:00:00.5+02:00'],
  ['2001-12-14 21:59:43.10', '2001-12-14T21:59:43.1Z'],
  ['2001-12-14 21:59:43.10 -5', undefined],
  ['2001-12-14 21:59:43Z', undefined],
  ['2024-01-01T10:00:00', undefined],
  ['2024-02-30', undefined],
  ['2024-01-01T24:00:00Z', undefined],
  ['24-01-01', undefined],
])('%s is the moment %s', (text, moment) => {
  expect(momentOf(text)).toBe(moment)
})

const text = 'a: yes\nb: on\nc: true\nd: 2024-01-01\ne: "2024-01-01"\nf: 1_000\nyes: NO\n'

test('go-yaml v3 knows moments, and no truths but true and false', () => {
  const [document] = loadDocuments({ name: 'x', text }, defaultLimits, 'go-yaml-3').documents
  expect(document?.value).toEqual({ a: 'yes', b: 'on', c: true, d: '2024-01-01T00:00:00Z', e: '2024-01-01', f: 1000, yes: 'NO' })
})

test('Kubernetes knows more truths, and no moments', () => {
  const [document] = loadDocuments({ name: 'x', text }).documents
  expect(document?.value).toEqual({ a: true, b: true, c: true, d: '2024-01-01', e: '2024-01-01', f: 1000, true: false })
})
