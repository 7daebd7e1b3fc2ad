import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileRego } from '../rego.ts'

function problemsOf(text: string, options: { readonly strict?: boolean; readonly regoVersion?: 0 | 1 } = {}): readonly string[] {
  const compiled = compileRego([{ name: 'test.rego', text }], { regoVersion: 1, ...options })
  return compiled.ok ? [] : compiled.error.map(({ code, message }) => `${code}: ${message}`)
}

const rule = (body: string): string => `package t\n\np if { ${body} }\n`

test.each([
  ['x == 1', 'rego_unsafe_var_error: var x is unsafe'],
  ['not x = 1', 'rego_unsafe_var_error: var x is unsafe'],
  ['not input.xs[_]', 'rego_unsafe_var_error: var _ is unsafe'],
  ['count(x) == 1', 'rego_unsafe_var_error: var x is unsafe'],
  ['x = [y | y = x]', 'rego_unsafe_var_error: var x is unsafe'],
  ['{"a": _} = {"a": 1, "b": 2}', 'rego_unsafe_var_error: var _ is unsafe'],
  ['x := 1; x := 2', 'rego_compile_error: var x assigned above'],
  ['x = 1; x := 2', 'rego_compile_error: var x referenced above'],
  ['some x; x := 1', 'rego_compile_error: var x declared above'],
  ['some x', 'rego_compile_error: declared var x unused'],
  ['every k, v in [1] { v == 1 }', 'rego_compile_error: declared var k unused'],
  ['not x := 1', 'rego_compile_error: cannot assign vars inside negated expression'],
  ['1 := input', 'rego_compile_error: cannot assign to number'],
  ['input.x := 1', 'rego_compile_error: cannot assign to ref'],
  ['[1, x] := input', 'rego_compile_error: cannot assign to number'],
  ['count := 1; count([])', 'rego_type_error: undefined function count'],
  ['count := 1; x := count([]); x', 'rego_compile_error: called function count shadowed'],
  ['1 == "a"', 'rego_type_error: match error'],
  ['[1] = {"a": input.x}', 'rego_type_error: match error'],
  ['x = {1}; x = 3', 'rego_type_error: match error'],
  ['count(1) == 1', 'rego_type_error: count: invalid argument(s)'],
  ['1 + "a" == 2', 'rego_type_error: plus: invalid argument(s)'],
  ['x := {"a": 1}; x.b', 'rego_type_error: undefined ref: x.b'],
  ['x := [1, 2]; x[2]', 'rego_type_error: undefined ref: x[2]'],
  ['x := "abc"; x[0]', 'rego_type_error: undefined ref: x[0]'],
  ['f(1)', 'rego_type_error: undefined function f'],
  ['data.foo.f(1)', 'rego_type_error: undefined function data.foo.f'],
  ['x := p(1); x', 'rego_type_error: function data.t.p has arity 0, got 1 argument'],
  ['count(1, 2, 3)', 'rego_type_error: count: arity mismatch'],
  ['true with foo as 1', 'rego_type_error: with keyword target must reference existing input, data, or a function'],
  ['true with walk as 1', 'rego_compile_error: with keyword replacing built-in function: target must not be a relation'],
  ['true with eq as 1', 'rego_compile_error: with keyword replacing built-in function: replacement of "eq" invalid'],
  ['true with data.t as 1', 'rego_recursion_error: rule data.t.p is recursive: data.t.p -> data.t.p'],
  ['data.t.q with data.t.p.q as 1', 'rego_compile_error: with keyword cannot partially replace virtual document(s)'],
  ['p', 'rego_recursion_error: rule data.t.p is recursive: data.t.p -> data.t.p'],
  ['data.t[_]', 'rego_recursion_error: rule data.t.p is recursive: data.t.p -> data.t.p'],
  ['[data][_]', 'rego_recursion_error: rule data.t.p is recursive: data.t.p -> data.t.p'],
])('{ %s } is refused: %s', (body, problem) => {
  expect(problemsOf(rule(body))).toContain(problem)
})

test.each([
  ['p := 1\np contains 2', 'rego_type_error: conflicting rules data.t.p found'],
  ['f(x) := x\nf(x, y) := x', 'rego_type_error: conflicting rules data.t.f found'],
  ['q.a := 1\nq := 3', 'rego_type_error: rule data.t.q conflicts with [data.t.q.a]'],
  ['s contains 1\ns.a := 3', 'rego_type_error: rule data.t.s conflicts with [data.t.s.a]'],
  ['default z := 1\ndefault z := 2', 'rego_type_error: multiple default rules data.t.z found at test.rego:3, test.rego:4'],
  ['h if h2\nh2 if h', 'rego_recursion_error: rule data.t.h is recursive: data.t.h -> data.t.h2 -> data.t.h'],
  ['f(x) if g(x)\ng(x) if f(x)', 'rego_recursion_error: rule data.t.g is recursive: data.t.g -> data.t.f -> data.t.g'],
  ['import input.x as count\ng := count([])', 'rego_type_error: undefined function input.x'],
  ['f(x, x) := 1', 'rego_compile_error: arg x redeclared'],
  ['f(x) := y if { x := 1; y := 2 }', 'rego_compile_error: arg x redeclared'],
  ['p if { [x] = q; x }\nq[k] := v if some k, v in input', 'rego_type_error: match error'],
  ['p[x] := 1 if input', 'rego_unsafe_var_error: var x is unsafe'],
])('%s is refused: %s', (rules, problem) => {
  expect(problemsOf(`package t\n\n${rules}\n`)).toContain(problem)
})

test.each([
  'not 1 = x; x = 2',
  'f(y); y = 1',
  'x := 1; y := [z | z := x; x := 2]; y',
  'count("a", n); n == 1',
  '[x, [1, 2][i]] = [5, 2]',
  'every v in [1] { count(3) == v }',
  'x := input.y; x == 1; x == "a"',
  'json.marshal_with_options(1, {}) == "1"',
  'some foo; foo == input.foos[foo]',
  'p2 with input.x as [y | y := 1]',
])('{ %s } is accepted', (body) => {
  expect(problemsOf(`${rule(body)}\nf(_)\np2 if input\n`.replace('f(_)\n', 'f(_) := true\n'))).toEqual([])
})

test.each([
  ['input := 1', 'rules must not shadow input (use a different rule name)'],
  ['f(data) := 1', 'args must not shadow data (use a different variable name)'],
  ['p if { input := 1; input == 1 }', 'variables must not shadow input (use a different variable name)'],
  ['import data.foo\nimport data.bar.foo\np if foo', 'import must not shadow import data.foo'],
  ['p if { print(x) }', 'var x is undeclared'],
  ['p if { print(input.xs[_]) }', 'var _ is undeclared'],
])('v1 refuses %s: %s', (rules, message) => {
  expect(problemsOf(`package t\n\n${rules}\n`)).toEqual([`rego_compile_error: ${message}`])
})

test('v0 takes any name', () => {
  expect(problemsOf('package t\nimport data.foo\nimport data.bar.foo\nf(input) = x { x := input }', { regoVersion: 0 })).toEqual([])
})

test.each([
  ['import data.foo\np := 1', 'import data.foo unused'],
  ['f(x) := 1', 'unused argument x. (hint: use _ (wildcard variable) instead)'],
])('strict mode refuses %s: %s', (rules, message) => {
  expect(problemsOf(`package t\n\n${rules}\n`, { strict: true })).toEqual([`rego_compile_error: ${message}`])
})

test('unused variables are refused in strict mode only', () => {
  expect(problemsOf(rule('x := 1'))).toEqual([])
  expect(problemsOf(rule('x := 1'), { strict: true })).toEqual(['rego_compile_error: assigned var x unused'])
})

test('deprecated built-ins belong to v0', () => {
  expect(problemsOf(rule('any([true])'))).toEqual(['rego_type_error: deprecated built-in function calls in expression: any'])
  expect(problemsOf('package t\np { any([true]) }', { regoVersion: 0 })).toEqual([])
})

test('long bodies compile, and endless chains of rules are refused', () => {
  const body = Array.from({ length: 1000 }, (_, at) => `x${at} = input.a${at}`).join('\n')
  expect(problemsOf(`package t\n\np if {\n${body}\n}\n`)).toEqual([])
  const chain = Array.from({ length: 5000 }, (_, at) => `r${at} := r${at + 1}`).join('\n')
  expect(problemsOf(`package t\n\n${chain}\nr5000 := 1\n`)).toEqual(['rego_compile_error: rules are nested too deeply'])
})

test('built-ins can be forbidden, as replacements too', () => {
  const compile = (body: string): boolean =>
    compileRego([{ name: 'test.rego', text: rule(body) }], { regoVersion: 1, unsafeBuiltins: new Set(['http.send']) }).ok
  expect(compile('http.send({})')).toBe(false)
  expect(compile('f(1) with count as http.send')).toBe(false)
  expect(compile('x := [y | y := http.send({})]; x')).toBe(false)
  expect(compile('count([]) == 0')).toBe(true)
})

const words = [
  'p',
  'x',
  'y',
  'some',
  'in',
  'not',
  'every',
  ':=',
  '=',
  '==',
  '[',
  ']',
  '{',
  '}',
  '(',
  ')',
  '|',
  ';',
  'input',
  'data.t.p',
  '.',
  '1',
]
const noise = fc.array(fc.constantFrom(...words), { maxLength: 25 })

test('no module makes the compiler throw', () => {
  fc.assert(fc.property(noise, (parts) => problemsOf(`package t\n\np contains x if {\n${parts.join(' ')}\n}\n`).length >= 0))
})
