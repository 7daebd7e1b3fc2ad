import { expect, test } from 'vitest'
import { compileRego, regoErrorPlace, regoErrorsText } from '../rego.ts'

function errorsOf(rules: string, strict = false): string {
  const compiled = compileRego([{ name: 't.rego', text: `package t\n${rules}\n` }], { regoVersion: 1, strict, print: true })
  return compiled.ok ? '' : regoErrorsText(compiled.error).replaceAll('t.rego:', '')
}

const countable = 'any<string, array[any], object[any: any], set[any]>'
const one = (line: number, text: string, ...details: readonly string[]): string =>
  [`1 error occurred: ${line}: ${text}`, ...details].join('\n\t')

test.each([
  [
    'p := count(1)',
    one(2, 'rego_type_error: count: invalid argument(s)', 'have: (number, ???)', `want: (collection: ${countable}, n: number)`),
  ],
  [
    'p if startswith(input.x, 1)',
    one(
      2,
      'rego_type_error: startswith: invalid argument(s)',
      'have: (any, number)',
      'want: (search: string, base: string, result: boolean)',
    ),
  ],
  [
    'p if { x := [1, {"a": "b"}]; startswith(x, {1}) }',
    one(
      2,
      'rego_type_error: startswith: invalid argument(s)',
      'have: (array<number, object<a: string>>, set[number])',
      'want: (search: string, base: string, result: boolean)',
    ),
  ],
  [
    'p if { x := "a"; count(x, 1, input.y, [x]) }',
    one(2, 'rego_type_error: count: arity mismatch', 'have: (???, number, any, array<???>)', `want: (collection: ${countable})`),
  ],
  ['f(x, y) := 1\np := f(1)', one(3, 'rego_type_error: function data.t.f has arity 2, got 1 argument')],
  ['q := 1\np if q(1)', one(3, 'rego_type_error: undefined function data.t.q')],
  ['p if { f := 1; f(2) }', one(2, 'rego_type_error: undefined function f')],
  ['f(x) := x + 1\np := f("a")', one(3, 'rego_type_error: data.t.f: invalid argument(s)', 'have: (string, ???)', 'want: (number, number)')],
  [
    'f("a") := 1\nf(x) := 2 if x == 1\np := f(null)',
    one(4, 'rego_type_error: data.t.f: invalid argument(s)', 'have: (null, ???)', 'want: (any<number, string>, number)'),
  ],
  [
    'f(x) := 1 if not startswith(x, "a")\np := f(1)',
    one(3, 'rego_type_error: data.t.f: invalid argument(s)', 'have: (number, ???)', 'want: (string, number)'),
  ],
  [
    'f(x) := 1\np := f',
    one(3, 'rego_type_error: function data.t.f used as reference, not called', 'data.t.f', '^^^^^^^^', 'have: (any) => number'),
  ],
  ['p if { x := 1; x = "a" }', one(2, 'rego_type_error: match error', 'left  : number', 'right : string')],
  ['p if { [1, x] = ["a", 2]; x }', one(2, 'rego_type_error: match error', 'left  : array<number, ???>', 'right : array<string, number>')],
  ['p if { some x in 1 }', one(2, 'rego_type_error: match error', 'left  : ???', 'right : ???')],
  [
    'q := {"a": 1}\np := q.b.c',
    one(
      3,
      'rego_type_error: undefined ref: data.t.q.b.c',
      'data.t.q.b.c',
      '         ^',
      '         have: "b"',
      '         want (one of): ["a"]',
    ),
  ],
  [
    'p if { x := [1]; y := "a"; x[y] }',
    one(2, 'rego_type_error: undefined ref: x[y]', 'x[y]', '  ^', '  have (type): string', '  want (type): number'),
  ],
  [
    'q[x] := {"a": 1} if some x in ["b"]\np := q[_].a.c',
    one(3, 'rego_type_error: undefined ref: data.t.q[_].a.c', 'data.t.q[_].a.c', '^^^^^^^^^^^^^', 'have: number'),
  ],
  [
    'q.a.b := 1\nq.c := "x"\np if startswith(q, 1)',
    one(
      4,
      'rego_type_error: startswith: invalid argument(s)',
      'have: (object<a: object<b: number>[string: any], c: string>[string: any], number)',
      'want: (search: string, base: string, result: boolean)',
    ),
  ],
  [
    'p if { true with count as f }\nf(_, _) := 1',
    one(2, 'rego_type_error: count: arity mismatch', 'have: (any, any)', `want: (collection: ${countable})`),
  ],
  ['p := print(1, "a")', one(2, 'rego_type_error: print(1, "a") used as value')],
  ['p contains 1\np[x] := 2 if x := 1', one(2, 'rego_type_error: conflicting rules data.t.p[x] found')],
  ['p := a.b', one(2, 'rego_unsafe_var_error: var a is unsafe')],
  ['p := {1, x} if { y }', one(2, 'rego_unsafe_var_error: var x is unsafe')],
  ['p if { x > 1; x < 3; [y | y := x] }', one(2, 'rego_unsafe_var_error: var x is unsafe')],
  ['p if { x := {a: 1} }', one(2, 'rego_unsafe_var_error: var a is unsafe')],
  ['p if { x := count({a}) }', one(2, 'rego_unsafe_var_error: var a is unsafe')],
  ['import data.a as b\nimport data.c as b', one(3, 'rego_compile_error: import must not shadow import data.a as b')],
])('%s', (rules, text) => {
  expect(errorsOf(rules)).toBe(text)
})

test('refs of one name are all told of where it stands last', () => {
  expect(errorsOf('q := 1\np := q.b\nr := q')).toContain('1 error occurred: 4: rego_type_error: undefined ref: data.t.q.b')
})

test('a call is told of where it stands in its literal', () => {
  const compiled = compileRego([{ name: 't.rego', text: 'package t\np if x := count(1)\n' }], { regoVersion: 1 })
  expect(compiled.ok ? [] : compiled.error.map(regoErrorPlace)).toEqual([{ row: 2, col: 11 }])
})

test.each([
  ['p if { x := 1; x := 2 }', one(2, 'rego_compile_error: var x assigned above')],
  ['import data.a\np if { x := 1 }', one(2, 'rego_compile_error: import data.a unused')],
])('strict mode: %s', (rules, text) => {
  expect(errorsOf(rules, true)).toBe(text)
})

test('after ten mistakes the compiler gives up', () => {
  const rules = Array.from({ length: 12 }, (_, at) => `p${at} := f${at}(1)`).join('\n')
  const texts = errorsOf(rules).split('\n')
  expect(texts).toHaveLength(12)
  expect([texts[0], texts.at(-1)]).toEqual(['11 errors occurred:', 'rego_compile_error: error limit reached'])
})

test('a syntax error shows its line', () => {
  expect(errorsOf('\t\tp := [1\n')).toContain('rego_parse_error: unexpected eof token: expected "," or "]"\n\tp := [1\n\t      ^')
})
