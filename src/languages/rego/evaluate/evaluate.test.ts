import { expect, test } from 'vitest'
import type { RegoEnvironment, RegoValue } from '../rego.ts'
import { compileRego, errorText, parseRego, toJson } from '../rego.ts'

interface Options extends RegoEnvironment {
  readonly input?: RegoValue
  readonly printing?: boolean
}

/** The value of `data.t.p` as JSON, or the error. */
function valueOf(rules: string, { input, printing = false, ...environment }: Options = {}): unknown {
  const program = compileRego([{ name: 'test.rego', text: `package t\n\n${rules}\n` }], { regoVersion: 1, print: printing })
  if (!program.ok) return program.error.map(({ message }) => message).join('\n')
  const result = program.value.rule(['t', 'p']).evaluate(input, environment)
  if (!result.ok) return errorText(result.error)
  return result.value === undefined ? 'undefined' : toJson(result.value)
}

test.each<[string, unknown]>([
  // Bodies
  ['p if { false }', 'undefined'],
  ['p if { 0 }', true],
  ['p := x if { some x in [1, 2]; x > 1 }', 2],
  ['p := [x, y] if { [x, [y, _]] = [1, [2, 3]] }', [1, 2]],
  ['p := x if { {"a": x, "b": 1} = {"a": 2, "b": 1} }', 2],
  ['p := x if { x = y; y = z; z = 3 }', 3],
  ['p := i if { ["a", "b"][i] == "b" }', 1],
  [
    'p contains [x, y] if { x = [1, 2][y] }',
    [
      [1, 0],
      [2, 1],
    ],
  ],
  ['p := input.a["b"][0]', 'undefined'],
  // Rules
  ['p := 1 if { true }\np := 2 if { true }', 'test.rego:4: eval_conflict_error: complete rules must not produce multiple outputs'],
  ['p := x if { some x in [1, 2] }', 'test.rego:3: eval_conflict_error: complete rules must not produce multiple outputs'],
  ['p := x if { some x in [1, 1] }', 1],
  ['default p := 5\np := 1 if { false }', 5],
  ['p := 1 if { false } else := 2 if { false } else := 3', 3],
  ['p := x if { x := input.no } else := false', false],
  ['p := f(2)\nf(1) := "a"\nf(2) := "b"', 'b'],
  ['p := f([1, 2])\nf([x, 2]) := x', 1],
  [
    'p := f(2)\nf(x) := 1 if { x > 0 }\nf(x) := 2 if { x > 1 }',
    'test.rego:5: eval_conflict_error: functions must not produce multiple outputs for same inputs',
  ],
  ['p := f(3)\ndefault f(_) := "d"\nf(1) := "x"', 'd'],
  ['p[k] := v if { some k, v in {"a": 1, "b": 2} }', { a: 1, b: 2 }],
  ['p[k] := v if { k := "a"; some v in [1, 2] }', 'test.rego:3: eval_conflict_error: object keys must be unique'],
  ['p.a.b := 1\np.a[x] := 2 if { x := "c" }\np.d contains 3', { a: { b: 1, c: 2 }, d: [3] }],
  ['p[x].r := 1 if { x := "a" }\np.a.r.s := 2', 'test.rego:4: eval_conflict_error: object keys must be unique'],
  ['p := q.b\nq[k] := v if { k := "a"; some v in [1, 2] }\nq.b := 1', 1],
  ['p := q\nq[1] := v if { some v in [1, 2] }', 'test.rego:4: eval_conflict_error: complete rules must not produce multiple outputs'],
  ['p[x].r := 1 if { x := "a" }\ndefault p.a.r := 2\ndefault p.b := 3', { a: { r: 1 }, b: 3 }],
  // Negation: upstream evaluates arguments outside of it.
  ['p if { not input.x }', true],
  ['p if { not input.x == 1 }', true],
  ['p if { not startswith(input.x, "a") }', 'undefined'],
  ['p if { not input.a[input.x] }', 'undefined'],
  ['p if { not f(1) }\nf(2) := true', true],
  // Comprehensions and every
  ['p := [x | some x in {3, 1, 2}]', [1, 2, 3]],
  ['p := [k | some k, _ in {"b": 1, "a": 1, "10": 1, "9": 1}]', ['10', '9', 'a', 'b']],
  ['p := {x: y | some y, x in ["a", "b"]}', { a: 0, b: 1 }],
  ['p := {x: y | x := "a"; some y in [1, 2]}', 'test.rego:3: eval_conflict_error: object keys must be unique'],
  ['p if { every x in [] { x } }', true],
  ['p if { every k, v in {"a": 1} { k == "a"; v == 1 } }', true],
  ['p if { every x in [1, 2] { x == 1 } }', 'undefined'],
  ['p if { every x in 1 { x == 1 } }', 'undefined'],
  // Relations
  ['p := path if { walk({"a": [1, 2]}, [path, 2]) }', ['a', 1]],
  // Lookups
  ['p := x if { x := input.text; y := x[0]; y }', 'undefined'],
  ['p := x if { s := {1, 2}; x := s[1.0] }', 1],
  ['p := x if { k := input.zero; x := input.list[k] }', 'undefined'],
  ['p := x if { a := input; x := a["constructor"] }', 'undefined'],
  ['p := x if { a := input; x := a["__proto__"] }', 'undefined'],
  // with
  ['p := x if { x := q with input as {"a": 5} }\nq := input.a', 5],
  ['p := [q, r] if { r := q with input.a as 5 }\nq := object.get(input, "a", 0)', [0, 5]],
  ['p := x if { x := q with data.x.y as 5 }\nq := data.x.y', 5],
  ['p := x if { x := q with data.t.q as 5 }\nq := 1', 5],
  ['p := x if { x := q with count as 42 }\nq := count([])', 42],
  ['p := x if { x := q with count as f }\nq := count([])\nf(x) := count(x) + 100', 100],
  ['p := x if { x := f(1) with f as 9 }\nf(x) := x', 9],
  ['p := x if { some i in [1, 2]; x := q with input as i; x == 2 }\nq := input', 2],
  ['p := f()\nf() := input.text', 'abc'],
  ['p := $"a {1 + 1} {input.x}"', 'a 2 <undefined>'],
])('%s', (rules, expected) => {
  expect(valueOf(rules, { input: { text: 'abc', zero: '0', list: ['a'] } })).toEqual(expected)
})

test('packages are base and virtual documents together', () => {
  const data = { t: { a: 1 }, u: { v: 2 } }
  expect(valueOf('p := [data.u, data.u[k], k] if { some k in ["v"] }', { data })).toEqual([{ v: 2 }, 2, 'v'])
  const program = compileRego([{ name: 'test.rego', text: 'package t\n\nq := 2\n' }], { regoVersion: 1 })
  const query = program.ok ? program.value.prepare('data.t[k] = x') : program
  const result = query.ok ? query.value.evaluate(undefined, { data }) : query
  expect(result).toEqual({
    ok: true,
    value: [
      { k: 'a', x: 1 },
      { k: 'q', x: 2 },
    ],
  })
})

test('errors of built-ins are undefined, or end the query where they are strict', () => {
  expect(valueOf('p if { to_number("x") }')).toBe('undefined')
  expect(valueOf('p if { to_number("x") }', { strictErrors: true })).toMatch(/^test\.rego:3: eval_builtin_error: to_number/)
  expect(valueOf('p := 1 / 0', { strictErrors: true })).toBe('test.rego:3: eval_builtin_error: div: divide by zero')
})

test('with replaces keys of objects only', () => {
  expect(valueOf('p if { true with input.a[0] as 1 }')).toBe('eval_conflict_error: bad document path')
})

test('print shows each combination, and what is undefined', () => {
  const lines: string[] = []
  valueOf('p if { print("a", input.x, {1, "b"}, [[1, 2][i] | some i in [0]]) }', { printing: true, print: (line) => void lines.push(line) })
  expect(lines).toEqual(['a <undefined> {1, "b"} [1]'])
})

test('a query ends after so many steps', () => {
  const nested = 'p := count([1 | some _ in xs; some _ in xs; some _ in xs])\nxs := numbers.range(1, 1000)'
  expect(valueOf(nested, { steps: 100_000 })).toBe('eval_cancel_error: the evaluation takes too many steps')
})

test('a query sees its input as it is', () => {
  const input = JSON.parse('{"labels": {"__proto__": "a", "constructor": "b"}}') as RegoValue
  expect(valueOf('p := [k | some k, _ in input.labels]', { input })).toEqual(['__proto__', 'constructor'])
  expect(valueOf('p := input.labels.__proto__', { input })).toBe('a')
})

const clauses = Array.from({ length: 50 }, (_, at) => `f("k${at % 40}", x) := [${at % 40}, x]`).join('\n')
const rights = Array.from(
  { length: 50 },
  (_, at) => `q contains ${at} if { input.user.role == "r${at % 10}"; input.user.age > ${at} }`,
).join('\n')

test.each<[string, string, RegoValue, unknown]>([
  [
    'arguments',
    `p := [f("k3", 1), f("k39", 2)]\n${clauses}`,
    {},
    [
      [3, 1],
      [39, 2],
    ],
  ],
  ['arguments that no clause has', `p := f("k99", 1)\n${clauses}`, {}, 'undefined'],
  ['parts of the input', `p := q\nq contains "any"\n${rights}`, { user: { role: 'r3', age: 30 } }, [3, 13, 23, 'any']],
  ['input that is missing', `p := q\nq contains "any"\n${rights}`, {}, ['any']],
  [
    'numbers by value',
    `p if { ${'input.n == 1'} }\n${Array.from({ length: 9 }, (_, at) => `p if { input.n == ${at + 2} }`).join('\n')}`,
    { n: 10 },
    true,
  ],
])('many clauses are found by %s', (_, rules, input, expected) => {
  expect(valueOf(rules, { input })).toEqual(expected)
})

test.each<[string, readonly unknown[]]>([
  ['allow', [[false]]],
  ['allow; 1', []],
  ['x := names[_]; x == "a"', [[true, true]]],
])('a query in a package with imports: %s', (query, values) => {
  const text = 'package t\n\ndefault allow := false\nallow if input.never\nnames contains x if some x in ["a", "b"]\n'
  const program = compileRego([{ name: 'test.rego', text }], { regoVersion: 1 })
  const context = parseRego({ name: '', text: 'package t\nimport data.t as other' }, { regoVersion: 1 })
  if (!program.ok || !context.ok) throw new Error('the module is right')
  const question = program.value.ask(query, context.value)
  const found = question.ok ? question.value.evaluate(undefined) : question
  expect(found.ok ? found.value.map((answer) => answer.values) : found.error).toEqual(values)
  expect(program.value.ask('other.allow', context.value).ok).toBe(true)
  expect(program.value.ask('allow').ok).toBe(false)
})
