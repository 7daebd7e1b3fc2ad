import { expect, test } from 'vitest'
import { numberFromText } from '../values/number.ts'
import type { RegoValue } from '../values/value.ts'
import { callText } from './call.ts'

test.each<[string, readonly RegoValue[], string]>([
  ['time.parse_ns', ['RFC1123', 'Mon, 02 Jan 2006 15:04:05 MST'], '1136214245000000000'],
  [
    'time.parse_ns',
    ['2006-01-02T15:04:05Z07:00', '2262-04-11T23:47:16.854775808Z'],
    'eval_builtin_error: time.parse_ns: time outside of valid range',
  ],
  ['time.parse_ns', ['2006-01-02 MST', '2020-02-03 EST'], '1580688000000000000'],
  ['time.parse_rfc3339_ns', ['2020-01-01T00:00:00.123456789Z'], '1577836800123456789'],
  ['time.parse_duration_ns', ['1d2h'], '93600000000000'],
  ['time.parse_duration_ns', ['1y2w3d4h5m6s7ms8us9ns'], '33019506007008009'],
  ['time.parse_duration_ns', ['1.5d'], '129600000000000'],
  ['time.parse_duration_ns', [''], 'eval_builtin_error: time.parse_duration_ns: time: invalid duration ""'],
  ['time.parse_duration_ns', ['x'], 'eval_builtin_error: time.parse_duration_ns: time: invalid duration "x"'],
  ['time.parse_duration_ns', ['5'], 'eval_builtin_error: time.parse_duration_ns: time: missing unit in duration "5"'],
  ['time.parse_duration_ns', ['5q'], 'eval_builtin_error: time.parse_duration_ns: time: unknown unit "q" in duration "5q"'],
  ['time.parse_duration_ns', ['-1d'], '-86400000000000'],
  ['time.parse_duration_ns', ['300y'], 'eval_builtin_error: time.parse_duration_ns: time: invalid duration "300y"'],
  ['time.parse_duration_ns', ['1.1.1d'], 'eval_builtin_error: time.parse_duration_ns: time: invalid duration "1.1.1d"'],
  ['time.parse_duration_ns', ['1.5.5h'], 'eval_builtin_error: time.parse_duration_ns: time: missing unit in duration "1.5.5h"'],
  ['time.parse_duration_ns', ['é'], String.raw`eval_builtin_error: time.parse_duration_ns: time: invalid duration "\xc3\xa9"`],
  ['time.parse_duration_ns', ['d'], 'eval_builtin_error: time.parse_duration_ns: time: invalid duration "d"'],
  ['time.parse_duration_ns', ['.5d'], '43200000000000'],
  ['time.parse_duration_ns', ['0.1y'], '3153600000000000'],
  ['time.parse_duration_ns', ['+1w'], '604800000000000'],
  ['time.format', ['x'], 'eval_type_error: time.format: operand 1 must be either number (ns) or [number (ns), string (tz)] but got string'],
  ['time.format', [[0, 'Europe/London', 'MST']], '"CET"'],
  ['time.format', [[0, 'Australia/Sydney', 'MST -07']], '"AEST +10"'],
  ['time.date', [1.5], 'eval_builtin_error: time.date: timestamp too big'],
  ['time.date', [numberFromText('1e18')], '[2001, 9, 9]'],
  ['time.date', [[1.5, 'x']], 'eval_builtin_error: time.date: unknown time zone x'],
  ['time.date', [['x', 1]], 'eval_type_error: time.date: operand 1 must be number but got string'],
  ['time.diff', [1, [1, 2]], 'eval_type_error: time.diff: operand 1 must be string but got number'],
  ['time.add_date', [numberFromText('1e3'), 1, 1, 1], '34300800000001000'],
  ['time.date', [[1, 'x']], 'eval_builtin_error: time.date: unknown time zone x'],
  ['time.date', [-1], '[1969, 12, 31]'],
  ['time.clock', [-1], '[23, 59, 59]'],
  ['time.weekday', [0], '"Thursday"'],
  ['time.weekday', [[0, 'America/New_York']], '"Wednesday"'],
  ['time.diff', [0, 86400000000000], '[0, 0, 1, 0, 0, 0]'],
  ['time.add_date', [0, 1, 1, 1.5], 'eval_type_error: time.add_date: operand 4 must be integer number but got floating-point number'],
  ['time.add_date', [0, 0, 1, 31], '5356800000000000'],
  ['time.add_date', [0, 300, 0, 0], 'eval_builtin_error: time.add_date: time outside of valid range'],
])('%s%j is %s', (name, args, expected) => {
  expect(callText(name, args)).toBe(expected)
})

test.each([
  ['time.format', [[1_670_006_453_000_000_000, 'Asia/Kolkata']], '"2022-12-03T00:10:53+05:30"'],
  ['time.format', [[1_670_006_453_000_000_000, 'Europe/Berlin', 'RFC1123']], '"Fri, 02 Dec 2022 19:40:53 CET"'],
  ['time.format', [[1_670_006_453_000_000_000, 'America/Sao_Paulo', 'MST']], '"-03"'],
  ['time.format', [[1_670_006_453_000_000_000, 'Nowhere/X', 'MST']], 'eval_builtin_error: time.format: unknown time zone Nowhere/X'],
  ['time.date', [[1_517_814_000_000_000_000, 'America/Los_Angeles']], '[2018, 2, 4]'],
  ['time.clock', [[1_517_832_000_000_000_000, 'America/New_York']], '[7, 0, 0]'],
  ['time.weekday', [1_517_832_000_000_000_000], '"Monday"'],
  ['time.parse_ns', ['RFC822Z', '02 Jun 17 19:00 -0700'], '1496455200000000000'],
  [
    'time.parse_ns',
    ['2006-01-02T15:04:05Z07:00', '2262-04-11T23:47:16.854775808Z'],
    'eval_builtin_error: time.parse_ns: time outside of valid range',
  ],
  ['time.parse_rfc3339_ns', ['1677-09-21T00:12:43.145224192-00:00'], '-9223372036854775808'],
  ['time.add_date', [0, 2262, 1, 1], 'eval_builtin_error: time.add_date: time outside of valid range'],
])('%s%j: %s', (name, args, expected) => {
  expect(callText(name, args)).toBe(expected)
})

test('the clock is that of the query', () => {
  expect(callText('time.now_ns', [], { now: 1_517_832_000_000_000_001n })).toBe('1517832000000000001')
})

test.each([
  ['2006-01-02', '2023-13-01', '"2023-13-01": month out of range'],
  ['2006-01-02', '2023-02-30', '"2023-02-30": day out of range'],
  ['2006-01-02', '2023-02-01x', '"2023-02-01x": extra text: "x"'],
  ['2006-01-02 15:04', '2023-02-01T15:04', '"2023-02-01T15:04" as "2006-01-02 15:04": cannot parse "T15:04" as " "'],
  ['2006 end', '2020 enx', '"2020 enx" as "2006 end": cannot parse "x" as " end"'],
  ['RFC1123', 'Mon, 02 Jan 2006', '"Mon, 02 Jan 2006" as "Mon, 02 Jan 2006 15:04:05 MST": cannot parse "" as "15"'],
  ['05.000', '01.12', '"01.12" as "05.000": cannot parse ".12" as ".000"'],
  ['Z07:00', '+25:00', '"+25:00": time zone offset hour out of range'],
  ['2006-01-02 002', '2020-02-01 033', '"2020-02-01 033": day-of-year does not match day'],
  ['é2006', '"', String.raw`"\"" as "\xc3\xa92006": cannot parse "\"" as "\xc3\xa9"`],
])('a time in the layout %s is not %s', (layout, text, problem) => {
  expect(callText('time.parse_ns', [layout, text])).toBe(`eval_builtin_error: time.parse_ns: parsing time ${problem}`)
})
