import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseLabelSelector } from './label-selector-text.ts'
import { selects } from './selectors.ts'

test('no selector makes it throw', () => {
  const pieces = fc.array(fc.constantFrom('a', 'in', 'notin', '(', ')', ',', '=', '==', '!=', '!', '>', '<', ' ', 'é', '""'), {
    maxLength: 12,
  })
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

const keyText =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"

test.each([
  ['a=!', "unable to parse requirement: found '!', expected: identifier"],
  ['a in b', "unable to parse requirement: found 'b' expected: '('"],
  ['a in', "unable to parse requirement: found '' expected: '('"],
  ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
  ['a in (b,', "unable to parse requirement: found '', expected: ',', or identifier"],
  ['a in (b,!)', "unable to parse requirement: found '!', expected: ',', or identifier"],
  ['a in (=b)', "unable to parse requirement: found '=', expected: ',', ')' or identifier"],
  ['a in (b) c', "found 'c', expected: ',' or 'end of string'"],
  ['a=b=c', "found '=', expected: ',' or 'end of string'"],
  ['!a=b', "found '=', expected: ',' or 'end of string'"],
  ['a=b!c', "found '!', expected: ',' or 'end of string'"],
  ['!', "unable to parse requirement: found '', expected: identifier"],
  ['a,', "found '', expected: identifier after ','"],
  ['a==b,,c', "found ',', expected: identifier after ','"],
  [',', "found ',', expected: !, identifier, or 'end of string'"],
  ['=a', "found '=', expected: !, identifier, or 'end of string'"],
  ['(a)', "found '(', expected: !, identifier, or 'end of string'"],
  ['a===b', "unable to parse requirement: found '=', expected: identifier"],
  ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
  ['a!b', "unable to parse requirement: found '!', expected: in, notin, =, ==, !=, gt, lt"],
  ['a>x', `unable to parse requirement: values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`],
  ['-a', `unable to parse requirement: <nil>: Invalid value: "-a": name part ${keyText}`],
  [
    'a=-b',
    `unable to parse requirement: values[0][a]: Invalid value: "-b": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
  ],
])('%s is no selector', (text, error) => {
  expect(parseLabelSelector(text)).toEqual({ ok: false, error })
})

test.each([
  ['', []],
  ['in', [{ key: 'in', operator: 'exists', values: [] }]],
  ['a=in', [{ key: 'a', operator: '=', values: ['in'] }]],
  [
    'a=,b',
    [
      { key: 'a', operator: '=', values: [''] },
      { key: 'b', operator: 'exists', values: [] },
    ],
  ],
  ['a!=', [{ key: 'a', operator: '!=', values: [''] }]],
  ['a in ()', [{ key: 'a', operator: 'in', values: [''] }]],
  ['a notin (c,,b)', [{ key: 'a', operator: 'notin', values: ['', 'b', 'c'] }]],
  [
    ' !a , b == c ',
    [
      { key: 'a', operator: 'missing', values: [] },
      { key: 'b', operator: '=', values: ['c'] },
    ],
  ],
  [
    'a>1,a<3',
    [
      { key: 'a', operator: '>', values: ['1'] },
      { key: 'a', operator: '<', values: ['3'] },
    ],
  ],
])('%s is a selector', (text, value) => {
  expect(parseLabelSelector(text)).toEqual({ ok: true, value })
})
