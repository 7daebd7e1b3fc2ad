import { expect, test } from 'vitest'
import { formatModule } from './format.ts'
import { parseModule } from './parse.ts'

function format(text: string, regoVersion: 0 | 1): string {
  const parsed = parseModule({ name: 'test.rego', text }, { regoVersion })
  return parsed.ok ? formatModule(parsed.value) : parsed.error.map(({ message }) => message).join('\n')
}

const rule = (text: string, regoVersion: 0 | 1 = 1): string =>
  format(`package a\n\n${text}\n`, regoVersion).replace('package a\n\n', '').trimEnd()

test.each([
  ['p  =  1', 'p := 1'],
  ['p if { x }', 'p if x'],
  ['p if {\n x }', 'p if {\n\tx\n}'],
  ['p if { x; y }', 'p if {\n\tx\n\ty\n}'],
  ['p if { x } { y }', 'p if x\n\np if y'],
  ['p := true if x', 'p if x'],
  ['f(x) if true', 'f(x) := true'],
  ['p contains 1 if true', 'p contains 1'],
  ['p.a := 1', 'p["a"] := 1'],
  ['p["x"].y := 1', 'p.x.y := 1'],
  ['p := x["a"].b["c-d"].if["if"]', 'p := x.a.b["c-d"].if["if"]'],
  ['p if { x } else := 2 if { y }', 'p if x\n\nelse := 2 if y'],
  ['p if {\n x\n} else := 2 if {\n y\n}\nelse := 3', 'p if {\n\tx\n} else := 2 if {\n\ty\n}\n\nelse := 3'],
  ['default p = 1\np := 2\nq := 3', 'default p := 1\n\np := 2\nq := 3'],
  ['p := 1\n\n\nq := 2', 'p := 1\n\nq := 2'],
  ['p := {"a": 1, "b": [1,2]}', 'p := {"a": 1, "b": [1, 2]}'],
  ['p := {"a": 1,\n"b": 2, "c": 3}', 'p := {\n\t"a": 1,\n\t"b": 2, "c": 3,\n}'],
  ['p := f({\n"a": 1,\n"b": 2})', 'p := f({\n\t"a": 1,\n\t"b": 2,\n})'],
  ['p := f(x,\ny)', 'p := f(\n\tx,\n\ty,\n)'],
  ['p := x + y * z', 'p := x + (y * z)'],
  ['p if x + 1 == y - 2', 'p if x + 1 == y - 2'],
  ['p if (x == y) + 1 > 2', 'p if (x == y) + 1 > 2'],
  ['p := (x in xs) == true', 'p := (x in xs) == true'],
  ['p if { x := (1, 2 in xs) }', 'p if x := (1, 2 in xs)'],
  ['p := [(x == y) | y := x]', 'p := [(x == y) | y := x]'],
  ['p := {x | x := 1\ny }', 'p := {x |\n\tx := 1\n\ty\n}'],
  ['p if { {x} }', 'p if {\n\t{x}\n}'],
  ['p if { every x in xs { x } }', 'p if every x in xs { x }'],
  ['p if { x with input as 1\n with data.a as 2 }', 'p if x with input as 1\n\twith data.a as 2'],
  ['p := $"a{ x+1 }\\{"', 'p := $"a{x + 1}\\{"'],
  ['p := `a\nb`', 'p := `a\nb`'],
  ['p := "\\u0041\\/"', 'p := "\\u0041\\/"'],
  ['# a\np := 1 # b\n# c\nq := 2', '# a\np := 1 # b\n\n# c\nq := 2'],
  ['p if {\n # a\n x # b\n # c\n\n # d\n y\n # e\n}\n# f', 'p if {\n\t# a\n\tx # b\n\n\t# c\n\n\t# d\n\ty\n\t# e\n}\n\n# f'],
  ['p := [1, # one\n # two\n 2]', 'p := [\n\t1, # one\n\t# two\n\t2,\n]'],
  ['p if {\n x\n} else if {\n true\n} else := 2', 'p if {\n\tx\n} else if {\n\ttrue\n} else := 2'],
  ['p if {\n (x | y) == z\n}', 'p if {\n\t(x | y) == z\n}'],
  ['p if {\n x\n (-1) + y\n}', 'p if {\n\tx\n\t(-1) + y\n}'],
  ['p if {\n x\n} # a\nelse if {\n y\n}', 'p if {\n\tx\n} # a\n\nelse if {\n\ty\n}'],
])('%j is written %j', (text, written) => {
  expect(rule(text)).toBe(written)
})

test.each([
  ['p { x }', 'p {\n\tx\n}'],
  ['p[x] { x } { y }', 'p[x] {\n\tx\n}\n\np[x] {\n\ty\n}'],
  ['p { true }', 'p = true'],
  ['f(x) = y { y := x }', 'f(x) = y {\n\ty := x\n}'],
  ['p { x } # c', 'p { # c\n\tx\n}'],
  ['import future.keywords\np[x] { x }', 'import future.keywords\n\np contains x if x'],
])('in version 0 %j is written %j', (text, written) => {
  expect(rule(text, 0)).toBe(written)
})

test('imports are sorted within their group', () => {
  const text = 'package a\nimport data.z\nimport data.b as c # why\nimport data.b\n\nimport input.x\n# kept\nimport data.a\np := 1\n'
  expect(format(text, 1)).toBe(
    'package a\n\nimport data.b\nimport data.b as c # why\nimport data.z\n\nimport input.x\n\n# kept\nimport data.a\n\np := 1\n',
  )
})

test('version 1 needs no imports of keywords', () => {
  expect(format('package a\nimport future.keywords.in\nimport rego.v1\np := 1\n', 0)).toBe('package a\n\nimport rego.v1\n\np := 1\n')
})
