import { expect, test } from 'vitest'
import type { Json } from '../../../core/json.ts'
import { JmesFailure } from '../../../languages/jmespath/jmespath.ts'
import { stringFunctions } from './strings.ts'
import { timeFunctions } from './time.ts'

const environment = { now: () => new Date('2026-01-02T03:04:05Z'), random: () => 0, resolveHost: () => undefined }

function call(name: string, ...args: readonly Json[]): Json {
  const definition = [...stringFunctions, ...timeFunctions].find((candidate) => candidate.name === name)
  const result = definition?.evaluate(args, environment) ?? null
  return result instanceof JmesFailure ? '!' : result
}

test.each([
  ['order is of bytes', 'compare', ['\uffee', '😀'], -1],
  ['a letter without a single capital stays', 'to_upper', ['straße'], 'STRAßE'],
  ['a capital with a dot', 'to_lower', ['İ'], 'i'],
  ['one by one: no final sigma', 'to_lower', ['ΟΔΟΣ'], 'οδοσ'],
  ['the Kelvin sign folds to k', 'equal_fold', ['\u212a', 'k'], true],
  ['the long s folds to S', 'equal_fold', ['ſ', 'S'], true],
  ['sharp s does not fold to ss', 'equal_fold', ['ß', 'ss'], false],
  ['a dotted capital folds to nothing else', 'equal_fold', ['İ', 'i'], false],
  ['an empty text is before each character', 'replace', ['äb', '', '-', 2], '-ä-b'],
  ['and after the last', 'replace', ['äb', '', '-', 5], '-ä-b-'],
  ['no occurrences at all', 'replace', ['aaa', 'a', 'b', 0], 'aaa'],
  ['numbers among text are 32-bit floats', 'regex_replace_all', ['\\.', 1234567.89, ','], '1234567,9'],
  ['and never have an exponent', 'pattern_match', ['0.00001*', 0.00001], true],
  ['a regular expression that is none', 'regex_match', ['(', 'x'], '!'],
  ['nothing but dots', 'path_canonicalize', ['a/../..'], '..'],
  ['the root has no parent', 'path_canonicalize', ['/../a/'], '/a'],
] as const)('%s', (_, name, args, result) => {
  expect(call(name, ...args)).toEqual(result)
})

test.each([
  ['more than 292 years is as long as it gets', 'time_diff', ['0001-01-01T00:00:00Z', '2026-01-01T00:00:00Z'], '2562047h47m16.854775807s'],
  ['before the year 1 too, times are rounded down', 'time_truncate', ['0000-01-22T21:13:54Z', '36h'], '0000-01-22T00:00:00Z'],
  ['nothing to round to', 'time_truncate', ['2021-01-02T17:09:00.5Z', '-1h'], '2021-01-02T17:09:00Z'],
  ['the clock is that of the zone', 'time_to_cron', ['2022-04-10T23:14:05-07:00'], '14 23 10 4 0'],
  ['an hour of one digit', 'time_utc', ['2021-01-02T5:04:05+01:00'], '2021-01-02T04:04:05Z'],
  ['the ends are outside', 'time_between', ['2021-01-01T00:00:00Z', '2021-01-01T00:00:00Z', '2022-01-01T00:00:00Z'], false],
  ['the same instant in two zones', 'time_before', ['2021-01-01T01:00:00+01:00', '2021-01-01T00:00:00Z'], false],
  ['a layout of its own', 'time_since', ['2006-01-02', '2020-02-28', '2020-03-01'], '48h0m0s'],
] as const)('%s', (_, name, args, result) => {
  expect(call(name, ...args)).toEqual(result)
})
