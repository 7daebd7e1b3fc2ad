import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { watchGeneratedCode } from '../../core/generated-code-testbed.ts'
import type { BackEnd, RegoOptions, RegoProgram, RegoValue } from './rego.ts'
import { compileRego, errorText, newRegoMemory, toJson } from './rego.ts'

let watched: ReturnType<typeof watchGeneratedCode> | undefined
beforeAll(() => {
  watched = watchGeneratedCode()
})
afterAll(() => {
  watched?.end()
  expect(watched?.refused).toEqual([])
})

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
  fc.tuple(fc.constantFrom('v1', 'v2', 'v3'), term(2)).map(([name, value]) => `some ${name} in ${value}; ${name} != y`),
  fc.tuple(term(1), term(2)).map(([a, b]) => `every v in ${b} { v != ${a} }`),
  fc.tuple(term(1), term(1)).map(([a, b]) => `x = ${a} with input.a as ${b}`),
  term(2).map((value) => `walk(${value}, [y, z])`),
)
/** Values for the variables, so that most modules are safe. */
const prefix = fc.constantFrom('x = input.a; y = "a"; z = 1', 'some x in input.xs; z = [1, 2][y]', 'input.o[y] = x; some z in ["a", 2]')
const body = fc.tuple(prefix, fc.array(literal, { maxLength: 3 })).map(([bindings, literals]) => [bindings, ...literals].join('; '))
const modules = fc.record({ value: term(2), first: body, second: body, element: term(1), third: body, key: term(1), fourth: body }).map(
  ({ value, first, second, element, third, key, fourth }) => `package t

p := ${value} if { ${first} } else := 7 if { ${second} }

p2 contains ${element} if { ${third} }

p3[${key}] := 1 if { ${fourth} }

default q := 3

q := input.a

s contains v if some v in input.xs

p4 contains v if d[{"k": "a", "v": v}]

d contains {"k": k, "v": ${value}} if { some k, x in input.o; y := "a"; z := x }

d contains {"k": input.a, "v": 1}

d contains w if some w in input.xs

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
const inputs = fc.record({
  a: scalar,
  xs: fc.array(scalar, { maxLength: 3 }),
  c: fc.constant<RegoValue>(['a', 2, ['a', 2]]),
  o: fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), scalar),
})

function outcomeOf(text: string, backEnd: BackEnd, input: RegoValue): unknown {
  const program = compileRego([{ name: 'test.rego', text }], { regoVersion: 1, backEnd })
  if (!program.ok) return 'refused'
  const result = program.value.rule(['t']).evaluate(input, { steps: 100_000 })
  return result.ok ? toJson(result.value ?? null) : errorText(result.error)
}

test('closures and generated code agree', () => {
  let accepted = 0
  fc.assert(
    fc.property(modules, inputs, (text, input) => {
      const expected = outcomeOf(text, 'closures', input)
      if (expected !== 'refused') accepted += 1
      expect(outcomeOf(text, 'javascript', input)).toEqual(expected)
      expect(outcomeOf(text, 'adaptive', input)).toEqual(expected)
    }),
    { numRuns: 150 },
  )
  // Many modules are refused, for types or variables that are declared twice.
  expect(accepted).toBeGreaterThan(20)
})

const compiled = (text: string, options: Partial<RegoOptions>): RegoProgram | undefined => {
  const program = compileRego([{ name: 'test.rego', text }], { regoVersion: 1, ...options })
  return program.ok ? program.value : undefined
}

/** What rules say of inputs, one after the other, with one memory. */
function said(program: RegoProgram | undefined, all: readonly RegoValue[], path = ['t']): readonly unknown[] {
  const rule = program?.rule(path)
  const memory = newRegoMemory()
  return all.map((input) => {
    const result = rule?.evaluate(input, { steps: 100_000, memory })
    if (result === undefined) return 'refused'
    // Which of several errors comes first depends on the order in which objects are visited: traces visit them sorted.
    return result.ok ? toJson(result.value ?? null) : result.error.code
  })
}

const optimised = { constants: new Set(['c']), rulesOnly: true } as const

test('programs that are made for their rules say what others say', () => {
  let accepted = 0
  fc.assert(
    fc.property(modules, fc.array(inputs, { minLength: 2, maxLength: 3 }), (text, all) => {
      // What is traced is not optimised.
      const expected = said(compiled(text, { trace: true }), all)
      if (!expected.includes('refused')) accepted += 1
      expect(said(compiled(text, { ...optimised, backEnd: 'closures' }), all)).toEqual(expected)
      expect(said(compiled(text, { ...optimised, backEnd: 'javascript' }), all)).toEqual(expected)
    }),
    { numRuns: 200 },
  )
  expect(accepted).toBeGreaterThan(15)
})
