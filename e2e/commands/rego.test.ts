import { expect, test } from 'vitest'
import { workspace } from '../kanon.ts'

const policy = `package a

import data.lib.helper

allow if {
	x := input.x
	x > data.limits.max
	not deny
}

deny if count(violations) > 0

violations contains msg if {
	some c in input.containers
	helper(c)
	msg := sprintf("bad %v", [c.name])
}

default ok := false

ok if input.ok == 1
`
const library = `package lib

helper(c) if c.privileged

helper(c) if data.flags[c.name]
`
const tests = `package a_test

import data.a

test_ok if a.ok with input as {"ok": 1}

test_allow if {
	a.allow with input as {"x": 1}
}

todo_test_later if false

test_cases[name] if {
	some name, tc in {"one": {"v": 1}, "two": {"v": 2}}
	tc.v == 1
}

test_conflict := x if { x := [1, 2][_] }

test_print if print("hi", 1)
`
const broken = 'package b\n\np if q\n\nr if { input.x[y]; z }\n\ns :=\n'

const { kanon, pipe } = workspace({
  'p/a.rego': policy,
  'p/lib.rego': library,
  't/a_test.rego': tests,
  'b/b.rego': broken,
  'b/unsafe.rego': 'package c\n\np if { z }\n\nq if { w }\n',
  'd/users/eu.json': '{"list": [1.0, 12345678901234567890]}',
  'd/limits.yaml': 'max: 4\n---\nmax: 7\n',
  'bundle/kept/data.json': '{"a": 1}',
  'bundle/left/other.json': '{"b": 1}',
  'in.json': '{"x": 5, "containers": [{"name": "x", "privileged": true}, {"name": "y"}]}',
  'messy.rego': 'package m\np   := 1\nq if    true\n',
  'old.rego': 'package m\np { true }\n',
})

test('eval prints what OPA prints', () => {
  const { out, status } = kanon('rego', 'eval', '-d', 'p', '-i', 'in.json', 'x := 1; data.a.violations[z]')
  expect(JSON.parse(out)).toEqual({
    result: [
      {
        expressions: [
          { value: true, text: 'x := 1', location: { row: 1, col: 1 } },
          { value: 'bad x', text: 'data.a.violations[z]', location: { row: 1, col: 9 } },
        ],
        bindings: { x: 1, z: 'bad x' },
      },
    ],
  })
  expect(status).toBe(0)
})

const box = `┌───┬───┐
│ x │ 2 │
├───┼───┤
│ 1 │ 2 │
└───┴───┘
`

test.each<readonly [args: readonly string[], out: string, status: number]>([
  [
    ['false'],
    '{\n  "result": [\n    {\n      "expressions": [\n        {\n          "value": false,\n          "text": "false",\n          "location": {\n            "row": 1,\n            "col": 1\n          }\n        }\n      ]\n    }\n  ]\n}\n',
    0,
  ],
  [['data.nope'], '{}\n', 0],
  [['--fail', 'data.nope'], '{}\n', 1],
  [['--fail-defined', '-f', 'raw', '1'], '1\n', 1],
  [['-f', 'pretty', 'data.nope'], 'undefined\n', 0],
  [['-f', 'pretty', 'x := 1; 2'], box, 0],
  [['-f', 'raw', '"a"; {"b": {2, 1}}'], 'a {"b":[1,2]}\n', 0],
  [['-f', 'bindings', 'x := "é"'], '{\n  "x": "é"\n}\n', 0],
  [['-f', 'values', 'count([1], n)'], '[\n  true\n]\n', 0],
  [['-f', 'raw', '-d', 'd', 'data'], '{"max":4,"users":{"list":[1.0,12345678901234567890]}}\n', 0],
  [['-f', 'raw', '-d', 'a.b:d/limits.yaml', 'data'], '{"a":{"b":{"max":4}}}\n', 0],
  [['-f', 'raw', '-b', 'bundle', 'data'], '{"kept":{"a":1}}\n', 0],
  [['-f', 'raw', '-d', 'old.rego', '--v0-compatible', 'data.m.p'], 'true\n', 0],
])('eval %j', (args, out, status) => {
  expect(kanon('rego', 'eval', ...args)).toEqual({ out, err: '', status })
})

test('errors of a query are JSON where answers are', () => {
  const { out, status } = kanon('rego', 'eval', '--strict-builtin-errors', 'to_number("x")')
  expect(JSON.parse(out)).toEqual({
    errors: [
      {
        message: 'to_number: strconv.ParseFloat: parsing "x": invalid syntax',
        code: 'eval_builtin_error',
        location: { file: '', row: 1, col: 1 },
      },
    ],
  })
  expect(status).toBe(2)
})

test('an explanation names the expression that failed and its values', () => {
  const { out } = kanon('rego', 'eval', '-d', 'p', '-i', 'in.json', '--explain', 'fails', '-f', 'pretty', 'data.a.allow')
  expect(out).toContain('p/a.rego:7  | | | Fail x > data.limits.max  # x = 5; data.limits.max is undefined\n')
  expect(out.endsWith('undefined\n')).toBe(true)
})

test('an explanation tells the error of a built-in', () => {
  const { out } = kanon('rego', 'eval', '--explain', 'fails', '-f', 'pretty', 'to_number(input.x) with input.x as "y"')
  expect(out).toContain('# to_number: strconv.ParseFloat: parsing "y": invalid syntax')
})

test('an explanation shows notes where they were made', () => {
  const { out } = kanon('rego', 'eval', '--explain', 'notes', '-f', 'pretty', 'trace("hello")')
  expect(out).toBe('query:1  | Note "hello"\ntrue\n')
})

test('check shows several mistakes with their lines', () => {
  const { err, status } = kanon('rego', 'check', 'b/unsafe.rego')
  expect(err).toContain('error[rego_unsafe_var_error]: var z is unsafe\n --> b/unsafe.rego:3:8\n')
  expect(err).toContain('3 | p if { z }\n  |        ^\n')
  expect(err).toContain('b/unsafe.rego:5:8\n')
  expect(err).toContain('2 mistakes in 1 file\n')
  expect(status).toBe(1)
})

test('check says nothing about what is right', () => {
  expect(kanon('rego', 'check', 'p')).toEqual({ out: '', err: '', status: 0 })
  expect(kanon('rego', 'check', 'b').status).toBe(1)
  expect(kanon('rego', 'check', 'nowhere').status).toBe(1)
})

test('test tells what passed, failed, was skipped and broke', () => {
  const { out, status } = kanon('rego', 'test', 'p', 't')
  expect(out.replaceAll(/\([\d.]+(µs|ms|s)\)/g, '(1ms)')).toBe(`t/a_test.rego:7:
data.a_test.test_allow: FAIL (1ms)
t/a_test.rego:11:
data.a_test.todo_test_later: SKIPPED
t/a_test.rego:13:
data.a_test.test_cases: FAIL (1ms)
  two: FAIL
t/a_test.rego:18:
data.a_test.test_conflict: ERROR (1ms)
  t/a_test.rego:18: eval_conflict_error: complete rules must not produce multiple outputs
${'-'.repeat(80)}
PASS: 3/7
FAIL: 2/7
SKIPPED: 1/7
ERROR: 1/7
`)
  expect(status).toBe(2)
})

test('test -v shows why', () => {
  const { out } = kanon('rego', 'test', 'p', 't', '-v', '-r', 'test_allow|test_print')
  expect(out).toContain('| Fail x > data.limits.max  # x = 1; data.limits.max is undefined\n')
  expect(out).toContain('\n  hi 1\n')
})

test('test --coverage counts lines', () => {
  const { out, status } = kanon('rego', 'test', 'p', 't', '--coverage', '-r', 'test_ok$')
  const report = JSON.parse(out) as { readonly files: Readonly<Record<string, unknown>> }
  expect(report.files['p/a.rego']).toEqual({
    covered: [{ start: { row: 21 }, end: { row: 21 } }],
    not_covered: [
      { start: { row: 5 }, end: { row: 8 } },
      { start: { row: 11 }, end: { row: 11 } },
      { start: { row: 13 }, end: { row: 13 } },
      { start: { row: 15 }, end: { row: 16 } },
      { start: { row: 19 }, end: { row: 19 } },
    ],
    covered_lines: 1,
    not_covered_lines: 9,
    coverage: 10,
  })
  expect(status).toBe(0)
  const low = kanon('rego', 'test', 'p', 't', '--threshold', '80', '-r', 'test_ok$')
  expect(low.err).toMatch(/^Code coverage threshold not met: got \d+\.\d\d instead of 80\.00\n$/)
  expect(low.status).toBe(2)
})

test('test prints JSON and JUnit', () => {
  const [first] = JSON.parse(kanon('rego', 'test', 'p', 't', '-f', 'json', '-r', 'test_cases').out) as readonly unknown[]
  expect(first).toMatchObject({
    package: 'data.a_test',
    name: 'test_cases',
    fail: true,
    sub_results: { one: { name: 'one' }, two: { fail: true } },
  })
  expect(kanon('rego', 'test', 'p', 't', '-f', 'junit').out).toContain(
    '<testsuite name="data.a_test" tests="6" failures="2" errors="1" skipped="1">',
  )
})

test('fmt lays out, lists, compares and writes', () => {
  const laidOut = 'package m\n\np := 1\nq := true\n'
  expect(pipe('package m\np   := 1\nq if    true\n', 'rego', 'fmt')).toEqual({ out: laidOut, err: '', status: 0 })
  expect(kanon('rego', 'fmt', '-l', 'p', 'messy.rego').out).toBe('messy.rego\n')
  expect(kanon('rego', 'fmt', '-d', 'messy.rego').out).toBe(
    '--- messy.rego\n+++ messy.rego\n@@ -1,3 +1,4 @@\n package m\n-p   := 1\n-q if    true\n+\n+p := 1\n+q := true\n',
  )
  expect(kanon('rego', 'fmt', '--fail', '-l', 'messy.rego').status).toBe(2)
  expect(kanon('rego', 'fmt', '-w', 'messy.rego').status).toBe(0)
  expect(kanon('rego', 'fmt', 'messy.rego').out).toBe(laidOut)
})

test('deps tells documents from rules', () => {
  expect(kanon('rego', 'deps', '-d', 'p', 'data.a.allow').out).toBe(`┌──────────────────┬───────────────────┐
│  BASE DOCUMENTS  │ VIRTUAL DOCUMENTS │
├──────────────────┼───────────────────┤
│ data.flags       │ data.a.allow      │
│ data.limits.max  │ data.a.deny       │
│ input.containers │ data.a.violations │
│ input.x          │ data.lib.helper   │
└──────────────────┴───────────────────┘
`)
})
