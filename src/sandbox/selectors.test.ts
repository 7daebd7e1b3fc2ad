import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseLabelSelector, selects } from './selectors.ts'

test('no selector makes it throw', () => {
  const pieces = fc.array(fc.constantFrom('a', 'in', 'notin', '(', ')', ',', '=', '==', '!=', '!', ' ', 'é', '""'), { maxLength: 12 })
  fc.assert(
    fc.property(pieces, (parts) => {
      expect(typeof parseLabelSelector(parts.join('')).ok).toBe('boolean')
    }),
  )
})

test.each([
  ['nothing selects everything', undefined, true],
  ['an empty one selects everything', {}, true],
  ['labels', { matchLabels: { a: '1' } }, true],
  ['other labels', { matchLabels: { a: '2' } }, false],
  ['In', { matchExpressions: [{ key: 'a', operator: 'In', values: ['1', '2'] }] }, true],
  ['NotIn of an absent label', { matchExpressions: [{ key: 'b', operator: 'NotIn', values: ['1'] }] }, true],
  ['Exists', { matchExpressions: [{ key: 'b', operator: 'Exists' }] }, false],
  ['DoesNotExist', { matchExpressions: [{ key: 'b', operator: 'DoesNotExist' }] }, true],
  ['an operator that is none selects nothing', { matchExpressions: [{ key: 'a', operator: 'Like', values: ['1'] }] }, false],
  ['both must hold', { matchLabels: { a: '1' }, matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] }, false],
])('%s', (_, selector, selected) => {
  expect(selects(selector, { a: '1' })).toBe(selected)
})
