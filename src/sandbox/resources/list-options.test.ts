import { expect, test } from 'vitest'
import { whyMalformed } from './list-options.ts'

const invalid = 'ListOptions.meta.k8s.io "" is invalid: '

test.each([
  ['list', 'limit=x', 'strconv.ParseInt: parsing "x": invalid syntax'],
  ['list', 'limit=1.5', 'strconv.ParseInt: parsing "1.5": invalid syntax'],
  ['watch', 'timeoutSeconds=x', 'strconv.ParseInt: parsing "x": invalid syntax'],
  [
    'list',
    'resourceVersionMatch=Exact',
    `${invalid}resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided`,
  ],
  [
    'list',
    'resourceVersionMatch=Foo&resourceVersion=1',
    `${invalid}resourceVersionMatch: Unsupported value: "Foo": supported values: "Exact", "NotOlderThan", ""`,
  ],
  [
    'list',
    'resourceVersionMatch=Exact&resourceVersion=0',
    `${invalid}resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"`,
  ],
  [
    'list',
    'resourceVersionMatch=Exact&resourceVersion=5&continue=abc',
    `${invalid}resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided`,
  ],
  ['list', 'sendInitialEvents=true', `${invalid}sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list`],
  [
    'watch',
    'resourceVersionMatch=NotOlderThan&resourceVersion=1',
    `${invalid}resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided`,
  ],
  [
    'watch',
    'sendInitialEvents=false',
    `${invalid}resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan`,
  ],
  [
    'watch',
    'sendInitialEvents=true&resourceVersionMatch=Exact',
    `${invalid}[resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan, resourceVersionMatch: Unsupported value: "Exact": supported values: "NotOlderThan"]`,
  ],
] as const)('%s with %s is refused', (verb, query, message) => {
  expect(whyMalformed(new URLSearchParams(query), verb)?.message).toBe(message)
})

test.each([
  ['list', 'limit=-1'],
  ['list', 'limit=5&resourceVersion=3&resourceVersionMatch=Exact'],
  ['watch', 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan'],
] as const)('%s with %s is not', (verb, query) => {
  expect(whyMalformed(new URLSearchParams(query), verb)).toBeUndefined()
})
