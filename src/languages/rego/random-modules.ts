import fc from 'fast-check'
import type { RegoValue } from './rego.ts'

const term: fc.Memo<string> = fc.memo((depth) =>
  depth <= 1
    ? fc.constantFrom(
        'x',
        'y',
        'z',
        '1',
        '2',
        '"a"',
        'input.a',
        'input.xs[_]',
        'input.xs[x]',
        'input.o[y]',
        'q',
        's[x]',
        'm[y]',
        'null',
        'input.c',
        'input.c[_]',
      )
    : fc.oneof(
        term(depth - 1),
        fc.tuple(term(depth - 1), term(depth - 1)).map(([a, b]) => `[${a}, ${b}]`),
        fc.tuple(term(depth - 1), term(depth - 1)).map(([a, b]) => `{"a": ${a}, "b": ${b}}`),
        term(depth - 1).map((a) => `{w | w := ${a}}`),
        term(depth - 1).map((a) => `{w: 1 | w := ${a}}`),
        term(depth - 1).map((a) => `f(${a})`),
        fc.tuple(term(depth - 1), term(depth - 1)).map(([a, b]) => `g(${a}, ${b})`),
        fc.tuple(term(depth - 1), term(depth - 1)).map(([a, b]) => `object.get(input, ${a}, ${b})`),
      ),
)
const comparison = fc.constantFrom('=', '==', '!=', '<')
const literal = fc.oneof(
  fc.tuple(term(2), comparison, term(2)).map((parts) => parts.join(' ')),
  fc.tuple(fc.constantFrom('x', 'y', 'z'), term(2)).map(([name, value]) => `${name} = ${value}`),
  fc.tuple(fc.constantFrom('m1', 'm2', 'm3'), term(2)).map(([name, value]) => `${name} := ${value}`),
  term(2).map((value) => `not ${value}`),
  fc.tuple(fc.constantFrom('x', 'y', 'z'), term(2)).map(([name, value]) => `some ${name} in ${value}`),
  fc.tuple(term(1), term(2)).map(([a, b]) => `every v in ${b} { v != ${a} }`),
  fc.tuple(term(1), term(1)).map(([a, b]) => `x = ${a} with input.a as ${b}`),
  term(2).map((value) => `walk(${value}, [y, z])`),
)
/** Values for the variables, so that most modules are safe. */
const prefix = fc.constantFrom('x = input.a; y = "a"; z = 1', 'some x in input.xs; z = [1, 2][y]', 'input.o[y] = x; some z in ["a", 2]')
const body = fc.tuple(prefix, fc.array(literal, { maxLength: 3 })).map(([bindings, literals]) => [bindings, ...literals].join('; '))
/** Modules that are mostly accepted, whose package is `t`. */
export const modules = fc
  .record({ value: term(2), first: body, second: body, element: term(1), third: body, key: term(1), fourth: body })
  .map(
    ({ value, first, second, element, third, key, fourth }) => `package t

p := ${value} if { ${first} } else := 7 if { ${second} }

p2 contains ${element} if { ${third} }

p3[${key}] := 1 if { ${fourth} }

default q := 3

q := input.a

s contains v if some v in input.xs

m[k] := v if some k, v in input.o

f(v) := [v, 1] if v != 2

f(2) := "two" if input.a

g(v, w) := [u | some u in input.c; u != w; u != v] if v != 1

g(1, [a, b]) := {a, b}

g("a", w) := count(w)

c contains [v, w] if { some v in input.c; w := f(v) }

c contains [v, 2] if { some v in input.c; v != 2 }
`,
  )
const scalar = fc.constantFrom<RegoValue>(1, 2, 'a', 'b', null, false)
/** Inputs that such modules read. */
export const inputs = fc.record({
  a: scalar,
  xs: fc.array(scalar, { maxLength: 3 }),
  c: fc.constant<RegoValue>(['a', 2, ['a', 2]]),
  o: fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), scalar),
})
