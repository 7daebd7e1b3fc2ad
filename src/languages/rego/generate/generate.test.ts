import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { BackEnd, RegoValue } from '../rego.ts'
import { compileRego, errorText, toJson } from '../rego.ts'

function outcomeOf(text: string, backEnd: BackEnd, input: RegoValue): unknown {
  const program = compileRego([{ name: 'test.rego', text }], { regoVersion: 1, backEnd })
  if (!program.ok) return 'refused'
  const result = program.value.rule(['t']).evaluate(input, { steps: 100_000 })
  return result.ok ? toJson(result.value ?? null) : errorText(result.error)
}

const term: fc.Memo<string> = fc.memo((depth) =>
  depth <= 1
    ? fc.constantFrom('x', 'y', 'z', '1', '2', '"a"', 'input.a', 'input.xs[_]', 'input.xs[x]', 'input.o[y]', 'q', 's[x]', 'm[y]', 'null')
    : fc.oneof(
        term(depth - 1),
        fc.tuple(term(depth - 1), term(depth - 1)).map(([a, b]) => `[${a}, ${b}]`),
        fc.tuple(term(depth - 1), term(depth - 1)).map(([a, b]) => `{"a": ${a}, "b": ${b}}`),
        term(depth - 1).map((a) => `{w | w := ${a}}`),
        term(depth - 1).map((a) => `{w: 1 | w := ${a}}`),
        term(depth - 1).map((a) => `f(${a})`),
        fc.tuple(term(depth - 1), term(depth - 1)).map(([a, b]) => `object.get(input, ${a}, ${b})`),
      ),
)
const comparison = fc.constantFrom('=', '==', '!=', '<', ':=')
const literal = fc.oneof(
  fc.tuple(term(2), comparison, term(2)).map((parts) => parts.join(' ')),
  fc.tuple(fc.constantFrom('x', 'y', 'z'), term(2)).map(([name, value]) => `${name} = ${value}`),
  term(2).map((value) => `not ${value}`),
  fc.tuple(fc.constantFrom('x', 'y', 'z'), term(2)).map(([name, value]) => `some ${name} in ${value}`),
  fc.tuple(term(1), term(2)).map(([a, b]) => `every v in ${b} { v != ${a} }`),
  fc.tuple(term(1), term(1)).map(([a, b]) => `x = ${a} with input.a as ${b}`),
  term(2).map((value) => `walk(${value}, [y, z])`),
)
/** Values for the variables, so that most modules are safe. */
const prefix = fc.constantFrom('x = input.a; y = "a"; z = 1', 'some x in input.xs; z = [1, 2][y]', 'input.o[y] = x; some z in ["a", 2]')
const body = fc.tuple(prefix, fc.array(literal, { maxLength: 3 })).map(([bindings, literals]) => [bindings, ...literals].join('; '))
const module = fc.record({ value: term(2), first: body, second: body, element: term(1), third: body, key: term(1), fourth: body }).map(
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
`,
)
const scalar = fc.constantFrom<RegoValue>(1, 2, 'a', 'b', null, false)
const inputs = fc.record({
  a: scalar,
  xs: fc.array(scalar, { maxLength: 3 }),
  o: fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), scalar),
})

test('closures and generated code agree', () => {
  let accepted = 0
  fc.assert(
    fc.property(module, inputs, (text, input) => {
      const expected = outcomeOf(text, 'closures', input)
      if (expected !== 'refused') accepted += 1
      expect(outcomeOf(text, 'javascript', input)).toEqual(expected)
      expect(outcomeOf(text, 'adaptive', input)).toEqual(expected)
    }),
    { numRuns: 150 },
  )
  // Some modules are refused; most are not.
  expect(accepted).toBeGreaterThan(20)
})

test('rules become code when they are called often', () => {
  const text = 'package t\n\np contains x if { some v in input.xs; x := f(v) }\n\nf(v) := v + 1\n'
  const program = compileRego([{ name: 'test.rego', text }], { regoVersion: 1 })
  const rule = program.ok ? program.value.rule(['t', 'p']) : undefined
  for (let run = 0; run < 200; run += 1) {
    const result = rule?.evaluate({ xs: [run] })
    expect(result?.ok === true && toJson(result.value ?? null)).toEqual([run + 1])
  }
})

test('user text cannot leave its string in the code', () => {
  const key = '"]; throw new Error("out"); //\u2028`${1}'
  const text = `package t\n\np := input[${JSON.stringify(key)}]\n\nq if { input.a == ${JSON.stringify(key)} }\n`
  expect(outcomeOf(text, 'javascript', { [key]: 1, a: key })).toEqual({ p: 1, q: true })
})
