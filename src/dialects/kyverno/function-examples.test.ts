import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileRegex } from '../../core/regex.ts'
import type { JmesEnvironment } from '../../languages/jmespath/jmespath.ts'
import { compileJmespath, JmesFailure } from '../../languages/jmespath/jmespath.ts'
import { kyvernoFunctions, kyvernoOwnFunctions } from './jmespath-functions.ts'

const environment = (seed: number): JmesEnvironment => {
  let state = seed
  return {
    now: () => new Date('2026-01-02T03:04:05Z'),
    random: () => {
      state = (state * 16807) % 2147483647
      return state / 2147483647
    },
    resolveHost: (host) => (host === 'internal.example' ? ['10.0.0.1'] : host === 'example.com' ? ['93.184.216.34'] : undefined),
  }
}

function evaluate(text: string, seed = 1): unknown {
  const program = compileJmespath(text, { functions: kyvernoFunctions, missingKey: 'error' })
  if (!program.ok) throw new Error(program.error[0]?.message)
  const result = program.value.evaluate({}, environment(seed))
  return result instanceof JmesFailure ? result.message : result
}

test('there are the 51 functions of Kyverno', () => {
  expect(kyvernoOwnFunctions.map(({ name }) => name).sort()).toHaveLength(51)
})

test.each(kyvernoOwnFunctions)('$name says what it does', ({ doc }) => {
  expect(doc).toMatch(/\.$/)
})

test.each(kyvernoOwnFunctions.flatMap(({ examples }) => examples.map(([text, result]) => [text, result] as const)))(
  '%s = %j',
  (text, result) => {
    expect(evaluate(text)).toEqual(result)
  },
)

test.each([
  ['`10m` is a hundredth: quantities come before durations', "add('10m', '10m')", '20m'],
  ['a text of digits is a quantity, so it does not add to a number', "add('5', `5`)", "JMESPath function 'add': Types mismatch"],
  ['a quantity keeps the format of the left side', "add('1Gi', '1G')", '2073741824'],
  ['dividing by zero', 'divide(`1`, `0`)', "JMESPath function 'divide': Zero divisor passed"],
  ['fractions have no modulo', 'modulo(`1.5`, `1`)', "JMESPath function 'modulo': Non-integer argument(s) passed for modulo"],
  ['a duration by a number', "multiply('1h30m', `2`)", '3h0m0s'],
  ['two durations make a number', "divide('1h', '30m0s')", 2],
  ['what is no operand', "add('x', `1`)", "JMESPath function 'add': invalid operand"],
  ['sum of nothing', 'sum(`[]`)', "JMESPath function 'sum': at least one element in the array is required"],
  ['rounding is away from zero', 'round(`-2.5`, `0`)', -3],
  ['a version that cannot be read counts as 0.0.0', "semver_compare('x', '<1.0.0')", true],
  ['splitting by nothing gives characters', "split('äb', '')", ['ä', 'b']],
  ['truncate counts characters', "truncate('äöü', `2`)", 'äö'],
  ['and stops at zero', "truncate('abc', `-1`)", ''],
  ['numbers among strings are 32-bit floats', "regex_match('^1234567.9$', `1234567.89`)", true],
  ['lookup of what is missing is null', "lookup({a: 'b'}, 'c')", null],
  ['a list gives its indexes', "items(['a'], 'i', 'v')", [{ i: 0, v: 'a' }]],
  ['an empty path stays empty', "path_canonicalize('')", ''],
  [
    'a text that is no time',
    "time_utc('yesterday')",
    'JMESPath function \'time_utc\': parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday"',
  ],
  ['now is the time of the request', 'time_now_utc()', '2026-01-02T03:04:05Z'],
  ['time_since until now', "time_since('', '2026-01-02T03:04:00Z', '')", '5s'],
  ['a month with its name', "time_parse('Jan 2, 2006', 'Feb 3, 2024')", '2024-02-03T00:00:00Z'],
  ['a day that the month lacks', "time_parse('2006-01-02', '2023-02-30')", expect.stringContaining('cannot parse')],
  ['an address inside', "is_external_url('http://10.1.2.3:8080/x')", false],
  ['a name is looked up', "is_external_url('https://example.com/')", true],
  ['a name that is inside', "is_external_url('https://internal.example/')", false],
  [
    'a name nobody knows',
    "is_external_url('https://nope.example/')",
    "JMESPath function 'is_external_url': lookup nope.example: no such host",
  ],
  ['a regular expression that Go refuses', "regex_match('a(?=b)', 'ab')", expect.stringContaining('error parsing regexp')],
  [
    'a boolean that is none',
    "to_boolean('yes')",
    "JMESPath function 'to_boolean': lowercase argument must be 'true' or 'false' (provided: 'yes')",
  ],
  ['what is no certificate', "x509_decode('x')", "JMESPath function 'x509_decode': invalid certificate"],
])('%s', (_, text, result) => {
  expect(evaluate(text)).toEqual(result)
})

test('random gives a text that its expression matches, and the same for the same seed', () => {
  const patterns = ['[a-z0-9]{8}', 'a|bc|d+', '(foo|bar)-\\d{2,4}', '[^a-z]x?', '\\w+@\\w+\\.(com|org)', '.{3}', '[[:alpha:]]{2}']
  fc.assert(
    fc.property(fc.constantFrom(...patterns), fc.integer({ min: 1, max: 1_000_000 }), (pattern, seed) => {
      const text = `random('${pattern}')`
      const made = evaluate(text, seed)
      expect(evaluate(text, seed)).toBe(made)
      const regex = compileRegex(`^(?:${pattern})$`)
      expect(regex.ok && regex.value.test(String(made))).toBe(true)
    }),
    { numRuns: 200 },
  )
})

test('no text makes a function throw', () => {
  const names = [...kyvernoFunctions.values()].filter(({ parameters }) => !parameters.includes('expression'))
  const argument = fc.oneof(
    fc.string(),
    fc.constantFrom('1Gi', '10m', '2024-01-02T00:00:00Z', '[', '((', '1.2.3'),
    fc.jsonValue({ maxDepth: 2 }),
  )
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.array(argument, { maxLength: 4 }), (definition, values) => {
      const shown = values.map((value) => `\`${JSON.stringify(value).replaceAll('`', '\\`')}\``)
      const program = compileJmespath(`${definition.name}(${shown.join(', ')})`, { functions: kyvernoFunctions, missingKey: 'error' })
      if (program.ok) program.value.evaluate(null, environment(1))
    }),
    { numRuns: 3000 },
  )
})
