import { expect, test } from 'vitest'
import type { Builtin, RegoOptions, RegoProgram, RegoValue } from '../rego.ts'
import { compileRego, newRegoMemory, regoBuiltins, toJson } from '../rego.ts'

const compiled = (text: string, options: Partial<RegoOptions>): RegoProgram | undefined => {
  const program = compileRego([{ name: 'test.rego', text }], { regoVersion: 1, ...options })
  return program.ok ? program.value : undefined
}

type RegoRecord = { readonly [key: string]: RegoValue }

/** What rules say of inputs, one after the other, with one memory. */
function said(
  program: RegoProgram | undefined,
  all: readonly RegoValue[],
  { path, data = {} }: { readonly path: readonly string[]; readonly data?: RegoRecord },
): readonly unknown[] {
  const rule = program?.rule(path)
  const memory = newRegoMemory()
  return all.map((input) => {
    const result = rule?.evaluate(input, { steps: 100_000, memory, data })
    if (result === undefined) return 'refused'
    // Which of several errors comes first depends on the order in which objects are visited: traces visit them sorted.
    return result.ok ? toJson(result.value ?? null) : result.error.code
  })
}

const optimised = { constants: new Set(['c']), rulesOnly: true } as const

/** Counts how often `slow` is asked: a function that gives its argument back. */
function counting(): { readonly builtins: NonNullable<RegoOptions['builtins']>; readonly calls: () => number } {
  let calls = 0
  const slow: Builtin = {
    name: 'slow',
    parameters: [{ kind: 'any' }],
    result: { kind: 'any' },
    evaluate: ([value = null]) => {
      calls += 1
      return value
    },
  }
  return { builtins: new Map([...regoBuiltins, ['slow', slow]]), calls: () => calls }
}

const rules = (body: string): string => `package t\n\n${body}\n`

test.each<[of: string, text: string, inputs: readonly RegoValue[], calls: number]>([
  [
    'a rule of constants, once for all inputs',
    'p contains y if some y in q\nq := slow(input.c)',
    [
      { c: [1], a: 1 },
      { c: [1], a: 2 },
    ],
    1,
  ],
  [
    'a part of a rule, once',
    'p := [slow(input.c[0]), input.a]',
    [
      { c: [1], a: 1 },
      { c: [1], a: 2 },
    ],
    1,
  ],
  ['object.get of the input', 'p := slow(object.get(input, "c", []))', [{ a: 1 }, { a: 2 }], 1],
  ['equal parts of several rules, once', 'p contains slow(input.c)\np contains {slow(input.c)}', [{ c: 1 }], 1],
  [
    'a comprehension over constants, once',
    'p := {x: input.a | some x in slow(input.c)}\nq := {x | x := slow(input.c)[_]}',
    [{ c: [1, 2], a: 1 }],
    1,
  ],
  ['what depends on other input, each time', 'p := slow(input.a)', [{ a: 1 }, { a: 1 }], 2],
  [
    'a function of a scalar, once for each',
    'p := [f(input.a), f(input.b)]\nf(x) := slow(x)',
    [
      { a: 'x', b: 'x' },
      { a: 'y', b: 'x' },
    ],
    2,
  ],
  [
    'of two',
    'p := [f(input.a, 1), f(input.a, input.b)]\nf(x, y) := slow(x) + y',
    [
      { a: 1, b: 2 },
      { a: 1, b: 2 },
    ],
    2,
  ],
  ['up to a bound', 'p := f(input.a)\nf(x) := slow(x)', [...Array.from({ length: 600 }, (_, a) => ({ a })), { a: 0 }, { a: 599 }], 601],
  [
    'elements of a list that is written',
    'p contains slow(input.c[name]) if { names := ["a", "b"]; name := names[_]; input[name] }',
    [
      { c: { a: 1, b: 2 }, a: 1, b: 1 },
      { c: { a: 1, b: 2 }, a: 1, b: 2 },
    ],
    2,
  ],
  [
    'what is made of kept values',
    'p := [y, input.a] if { x := input.c; z := x[0]; y := slow(z) }',
    [
      { c: [1], a: 1 },
      { c: [1], a: 2 },
    ],
    1,
  ],
  [
    'elements that are searched for by a constant',
    'p contains m if e[{"m": m, "f": "a"}]\ne contains {"m": m, "f": f} if { v := input[f]; m := slow(v) }',
    [{ a: 1, b: 2 }],
    1,
  ],
  [
    'those of clauses that have another',
    'p contains m if e[{"m": m, "f": "a"}]\ne contains {"m": m, "f": "a"} if m := slow(input.a)\ne contains {"m": m, "f": "b"} if m := slow(input.b)\ne contains {"m": m} if m := slow(input.c)',
    [{ a: 1, b: 2 }],
    1,
  ],
  ['a function of a list, each time', 'p := f(input.a)\nf(x) := slow(x)', [{ a: [1] }, { a: [1] }], 2],
  [
    'a function of a scalar and constants',
    'p := f(input.a, input.c)\nf(x, list) := slow(x) in list',
    [
      { a: 1, c: [1] },
      { a: 1, c: [1] },
    ],
    1,
  ],
  [
    'what clauses of a set begin with, once',
    'p contains 1 if { x := slow(input.a); x > 1 }\np contains 2 if { x := slow(input.a); x > 2 }',
    [{ a: 3 }],
    1,
  ],
  ['under other input, anew', 'p := x if x := q with input as {"c": 5}\nq := slow(input.c)', [{ c: 1 }, { c: 1 }], 2],
])('%s', (_, text, all, calls) => {
  const { builtins, calls: counted } = counting()
  const plain = said(compiled(rules(text), { builtins, trace: true }), all, { path: ['t', 'p'] })
  const before = counted()
  for (const backEnd of ['closures', 'javascript'] as const) {
    const start = counted()
    expect(said(compiled(rules(text), { builtins, ...optimised, backEnd }), all, { path: ['t', 'p'] })).toEqual(plain)
    expect(counted() - start).toBe(calls)
  }
  expect(before).toBeGreaterThan(0)
})

test('a program that is told nothing is optimised when it has been asked some times, and says the same before and after', () => {
  const { builtins, calls } = counting()
  const text = rules('p := [slow(input.c), q]\nq contains slow(input.a)')
  const all = Array.from({ length: 40 }, (_, a) => ({ c: 1, a: a % 7 }))
  const program = compiled(text, { builtins, ...optimised })
  const expected = said(compiled(text, { builtins, trace: true }), all, { path: ['t', 'p'] })
  const before = calls()
  expect(said(program, all, { path: ['t', 'p'] })).toEqual(expected)
  // The constant once or each time, `q` each time.
  expect(calls() - before).toBeGreaterThan(all.length + 1)
  expect(calls() - before).toBeLessThan(all.length * 1.5)
  const later = calls()
  expect(said(program, all, { path: ['t', 'q'] })).toEqual(all.map(({ a }) => [a]))
  expect(calls() - later).toBe(all.length)
})

test('a memory is of one program and one set of constants: without one, nothing is kept', () => {
  const rule = compiled(rules('p := input.c'), { ...optimised, backEnd: 'javascript' })?.rule(['t', 'p'])
  expect([1, 2].map((c) => rule?.evaluate({ c }))).toEqual([1, 2].map((value) => ({ ok: true, value })))
})

test('a program that is made for its rules takes no queries', () => {
  expect(() => compiled(rules('p := 1'), optimised)?.prepare('data.t.p')).toThrow('takes no queries')
})

/** Objects of data by name, each asked for through `slow`. */
const data = { objects: { a: { host: 'x', tags: [1] }, b: { host: 'y', tags: [2, 3] }, c: { host: 'x', tags: [3] } } }

test.each<[of: string, text: string, inputs: readonly RegoValue[], calls: number]>([
  [
    'a search in data',
    'p contains name if { host := input.host; o := data.objects[name]; slow(o.host) == host }',
    [{ host: 'x' }, { host: 'y' }, { host: 'z' }],
    3,
  ],
  [
    'one with a filter that needs the input',
    'p contains name if { o := data.objects[name]; name != input.own; slow(o.host) == input.host }',
    [
      { host: 'x', own: 'a' },
      { host: 'x', own: 'c' },
    ],
    3,
  ],
  [
    'one inside of another',
    'p := count([1 | some o in data.objects; not taken(slow(o.host))])\ntaken(h) if h != input.host',
    [{ host: 'x' }, { host: 'y' }],
    6,
  ],
  [
    'one with constants only, each time',
    'p contains name if { o := data.objects[name]; slow(o.host) == "x" }',
    [{ host: 'x' }, { host: 'y' }],
    6,
  ],
  [
    'one in a comprehension',
    'p := {name: others | some name; h := data.objects[name].host; others := {n | o := data.objects[n]; slow(o.host) == h}}',
    [{}, {}],
    3,
  ],
])('%s is made once', (_, text, all, calls) => {
  const { builtins, calls: counted } = counting()
  const expected = said(compiled(rules(text), { builtins, trace: true }), all, { path: ['t', 'p'], data })
  for (const backEnd of ['closures', 'javascript'] as const) {
    const start = counted()
    expect(said(compiled(rules(text), { builtins, ...optimised, backEnd }), all, { path: ['t', 'p'], data })).toEqual(expected)
    expect(counted() - start).toBe(calls)
  }
})

test('a search in data that changes is made anew', () => {
  const rule = compiled(rules('p contains name if { o := data.objects[name]; o.host == input.host }'), {
    ...optimised,
    backEnd: 'javascript',
  })?.rule(['t', 'p'])
  const memory = newRegoMemory()
  const found = (objects: RegoRecord): unknown => {
    const result = rule?.evaluate({ host: 'x' }, { memory, data: { objects } })
    return result?.ok === true ? toJson(result.value ?? null) : undefined
  }
  expect([found({ a: { host: 'x' } }), found({ b: { host: 'x' } }), found({})]).toEqual([['a'], ['b'], []])
})

test('an error in what a search goes through is one only for those who get there', () => {
  const text =
    'p contains name if { o := data.objects[name]; name != input.own; bad(o) == input.host }\nbad(o) := o.host\nbad(o) := 1 if o.tags[0] == 2'
  const rule = compiled(rules(text), optimised)?.rule(['t', 'p'])
  const result = rule?.evaluate({ host: 'x', own: 'z' }, { data })
  expect(result?.ok === false && result.error.code).toBe('eval_conflict_error')
})

test.each<[of: string, text: string, value: unknown]>([
  ['is undefined', 'f(_, y) := y\np := f(input.c.none, input.a)', null],
  ['is undefined, of a function with a default', 'default f(_, _) := 3\nf(x, y) := y if x == 2\np := f(input.c.none, input.a)', null],
  ['is undefined, of a function with an else', 'f(x, y) := y if { x == 2 } else := 3\np := f(input.c.none, input.a)', null],
  ['is undefined, of a function of it alone', 'f(_) := input.a\np := f(input.c.none)', null],
  ['is false', 'f(_, y) := y\np := f(input.c.no, input.a)', 1],
  ['is no list', 'f([x], y) := [x, y] if true else := y\np := f(input.c.no, input.a)', null],
])('a constant argument that %s', (_, text, value) => {
  const input = { a: 1, c: { no: false } }
  for (const options of [{ trace: true }, { ...optimised, backEnd: 'closures' }, { ...optimised, backEnd: 'javascript' }] as const) {
    expect(said(compiled(rules(text), options), [input], { path: ['t', 'p'] })).toEqual([value])
  }
})

test.each([
  ['does not get there', 'p contains name if { o := data.objects[name]; name != input.own; bad(o) == input.host }', []],
  ['has stopped before', 'p if { o := data.objects[_]; bad(o) == input.host }', true],
])('a conflict in a search is none for what %s', (_, text, value) => {
  const conflict = 'bad(o) := o.host\nbad(o) := 1 if o.tags[0] == 2'
  const host = value === true ? 'x' : 'z'
  for (const options of [{ trace: true }, { ...optimised, backEnd: 'closures' }, { ...optimised, backEnd: 'javascript' }] as const) {
    const program = compiled(rules(`${text}\n${conflict}`), options)
    expect(said(program, [{ host, own: 'b' }], { path: ['t', 'p'], data })).toEqual([value])
  }
})
