import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { watchGeneratedCode } from '../../../core/generated-code-testbed.ts'
import type { CelBackEnd, CelBindings, CelFunctions, CelOutcome, CelProgram, CelType } from '../cel.ts'
import { CelDouble, CelError, CelLazyMap, CelOptional, celBudget, celLazyLayout, celType, compileCel, kubernetesFunctions } from '../cel.ts'
import { CelMap, CelStruct } from '../values.ts'

/* Closures and generated code say the same, cost the same, and are stopped at the same place. */

/** With names for values, which Kubernetes leaves out. */
const functions: CelFunctions = { ...kubernetesFunctions(), macros: new Set([...kubernetesFunctions().macros, 'cel.bind']) }
const variables: Readonly<Record<string, CelType>> = {
  i: celType.int,
  s: celType.string,
  b: celType.bool,
  l: celType.list(celType.int),
  m: celType.map(celType.string, celType.int),
  x: celType.dyn,
  y: celType.dyn,
  w: celType.dyn,
  v: celType.dyn,
  t: celType.timestamp,
  'q.r': celType.dyn,
}

const layout = celLazyLayout(['a', 'b', 'bad', 'n'])

/** Bindings of one kind, made anew for each evaluation: what is lazy has no memory. */
function bindingsOf(data: unknown): CelBindings {
  const lazy = new CelLazyMap(layout, [
    () => ({ a: 'a*', b: [1, 2.5, 'two'] }),
    () => [{ a: 'x' }, { a: 7 }, null],
    () => new CelError('bad value'),
    () => null,
  ])
  return {
    i: 7,
    s: 'héllo',
    b: true,
    l: [3, 1, 2 ** 60],
    m: { a: 1, b: 2 },
    x: JSON.parse(JSON.stringify(data)) as never,
    y: () => new CelOptional({ a: { b: 1 } }),
    w: () => new CelError('no w'),
    v: lazy,
    t: '2020-01-01T00:00:00Z',
    'q.r': { a: { a: 'q' } },
  }
}

const names = fc.constantFrom('i', 's', 'b', 'l', 'm', 'x', 'x', 'x', 'y', 'w', 'v', 'v', 't', 'q.r', 'none', 'e', 'f', 'e.a')
const literals = fc.constantFrom(
  "'a'",
  "''",
  "'a longer text than ten'",
  '1',
  '-2',
  '1.5',
  '2u',
  'null',
  'true',
  'false',
  "b'x'",
  '[]',
  '[1, 2]',
  '{}',
  "{'a': 1}",
)
const fields = fc.constantFrom('a', 'a', 'b', 'bad', 'n', 'c', '__proto__', 'constructor')
const binary = fc.constantFrom('+', '-', '*', '/', '%', '==', '==', '!=', '<', '<=', '>', '>=', 'in', 'in')
const locals = fc.constantFrom('e', 'f', 'x')

const { any } = fc.letrec<{ any: string; path: string }>((tie) => ({
  path: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { arbitrary: names, weight: 3 },
    { arbitrary: fc.tuple(tie('path'), fields).map(([a, field]) => `${a}.${field}`), weight: 5 },
  ),
  any: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    { arbitrary: literals, weight: 2 },
    { arbitrary: tie('path'), weight: 4 },
    { arbitrary: fc.tuple(tie('path'), fields).map(([a, field]) => `has(${a}.${field})`), weight: 2 },
    { arbitrary: fc.tuple(tie('any'), binary, tie('any')).map(([a, sign, c]) => `(${a} ${sign} ${c})`), weight: 4 },
    { arbitrary: fc.tuple(tie('any'), fc.constantFrom('&&', '||'), tie('any')).map(([a, sign, c]) => `(${a} ${sign} ${c})`), weight: 3 },
    fc.tuple(tie('any'), fc.constantFrom('&&', '||'), tie('any'), tie('any')).map(([a, sign, c, d]) => `(${a} ${sign} ${c} ${sign} ${d})`),
    tie('any').map((a) => `!(${a})`),
    tie('any').map((a) => `-(${a})`),
    { arbitrary: fc.tuple(tie('any'), tie('any'), tie('any')).map(([a, c, d]) => `(${a} ? ${c} : ${d})`), weight: 2 },
    fc.tuple(tie('path'), fields).map(([a, field]) => `(has(${a}.${field}) ? ${a}.${field} : [])`),
    {
      arbitrary: fc
        .tuple(tie('any'), fc.constantFrom('all', 'exists', 'exists_one', 'filter', 'map'), locals, tie('any'))
        .map(([a, macro, name, c]) => `${a}.${macro}(${name}, ${c})`),
      weight: 4,
    },
    fc.tuple(tie('any'), tie('any'), tie('any')).map(([a, c, d]) => `${a}.map(e, ${c}, ${d})`),
    fc
      .tuple(tie('any'), fc.constantFrom('all', 'exists', 'existsOne', 'transformList', 'transformMap', 'transformMapEntry'), tie('any'))
      .map(([a, macro, c]) => `${a}.${macro}(e, f, ${c})`),
    fc.tuple(tie('any'), tie('any')).map(([a, c]) => `cel.bind(e, ${a}, ${c})`),
    fc.tuple(tie('any'), fc.constantFrom('optMap', 'optFlatMap'), tie('any')).map(([a, macro, c]) => `${a}.${macro}(e, ${c})`),
    fc.tuple(tie('any'), fc.constantFrom('or', 'orValue'), tie('any')).map(([a, name, c]) => `${a}.${name}(${c})`),
    fc.tuple(tie('any'), fields).map(([a, field]) => `(${a}).?${field}`),
    fc.tuple(tie('any'), fc.constantFrom('', '?'), tie('any')).map(([a, sign, c]) => `(${a})[${sign}${c}]`),
    fc.tuple(tie('any'), tie('any')).map(([a, c]) => `[${a}, ${c}]`),
    fc.tuple(tie('any'), tie('any')).map(([a, c]) => `[?${a}, ${c}]`),
    fc.tuple(tie('any'), tie('any')).map(([a, c]) => `{'a': ${a}, ${c}: 1}`),
    fc.tuple(tie('any'), tie('any')).map(([a, c]) => `{?'a': ${a}, 'b': ${c}}`),
    fc
      .constantFrom('size', 'string', 'int', 'dyn', 'type', 'optional.of', 'double')
      .chain((name) => tie('any').map((a) => `${name}(${a})`)),
    fc
      .tuple(tie('any'), fc.constantFrom('startsWith', 'endsWith', 'contains', 'matches', 'join', 'format'), tie('any'))
      .map(([a, name, c]) => `${a}.${name}(${c})`),
    fc.constantFrom('lowerAscii', 'size', 'value', 'hasValue', 'max', 'join').chain((name) => tie('any').map((a) => `${a}.${name}()`)),
    fc.tuple(tie('any'), tie('any')).map(([a, c]) => `${a}.replace(${c}, 'z')`),
    fc.constantFrom("'%d'.format([5])", "int('x')", "size('abc')", "'a'.matches('a+')", 'Object{a: x}', 'Object{?a: y}', 'quantity("1k")'),
  ),
}))

let watched: ReturnType<typeof watchGeneratedCode> | undefined
beforeAll(() => {
  watched = watchGeneratedCode()
})
afterAll(() => {
  watched?.end()
  expect(watched?.refused).toEqual([])
})

/** All that there is to see of an outcome. */
function shown(outcome: CelOutcome | undefined): unknown {
  if (outcome instanceof CelError) return `error: ${outcome.message}`
  if (outcome instanceof CelMap) return ['map', ...Array.from(outcome.entries.values(), ([key, value]) => [shown(key), shown(value)])]
  if (outcome instanceof CelStruct) return [outcome.typeName, ...Array.from(outcome.fields, ([key, value]) => [key, shown(value)])]
  if (outcome instanceof CelLazyMap) return 'a lazy map'
  if (outcome instanceof CelOptional) return ['optional', shown(outcome.value)]
  if (outcome instanceof CelDouble) return ['double', String(outcome.value)]
  if (Array.isArray(outcome)) return outcome.map((item) => shown(item as CelOutcome))
  return typeof outcome === 'bigint' ? `${outcome}n` : outcome
}

const programOf = (text: string, backEnd: CelBackEnd, checking: 'strict' | 'none'): CelProgram | undefined => {
  const compiled = compileCel(text, { variables, functions, backEnd, checking, homogeneousLiterals: false })
  return compiled.ok ? compiled.value : undefined
}

function runs(program: CelProgram, inputs: readonly unknown[], limits: readonly number[]): readonly unknown[] {
  return inputs.flatMap((input) =>
    limits.map((limit) => {
      const budget = celBudget(limit)
      const outcome = program.evaluate(bindingsOf(input), budget)
      return [shown(outcome), budget.spent]
    }),
  )
}

const data = fc.oneof(
  { maxDepth: 3 },
  fc.constant({ a: { a: 'a', b: [1, 2.5, { a: true }] }, b: null }),
  fc.constant([{ a: 'a' }, { a: 1e300 }, { b: 2 ** 60 }, 'text', null]),
  fc.constant({ a: 2.5, b: 2 ** 60, c: 1 }),
  fc.constant({ a: [{ a: 'x', b: {} }, { b: { a: 1 } }] }),
  fc.jsonValue({ maxDepth: 3 }),
)

test.each(['strict', 'none'] as const)('with checks %s, generated code does what closures do', (checking) => {
  let compiled = 0
  fc.assert(
    fc.property(any, fc.array(data, { minLength: 1, maxLength: 3 }), fc.array(fc.nat(80), { maxLength: 3 }), (text, inputs, limits) => {
      const closures = programOf(text, 'closures', checking)
      const generated = programOf(text, 'javascript', checking)
      if (closures === undefined || generated === undefined) return
      compiled += 1
      const all = [1_000_000, ...limits]
      expect(runs(generated, inputs, all)).toEqual(runs(closures, inputs, all))
    }),
    { numRuns: 1500 },
  )
  expect(compiled).toBeGreaterThan(200)
})

/** Expressions whose errors, costs and order are easily mixed up. */
test.each([
  'x.a && w',
  "(x.a && x.b) || 'a' == x.a.a",
  'w || true',
  '1 && w.a',
  '[1, 2].exists(e, e) || b',
  'v.bad == 1 || v.n == null',
  '[v.bad, v.bad]',
  'cel.bind(e, w, b || e)',
  'cel.bind(e, v.bad, [1].map(f, e))',
  'v.b.map(e, e.a).filter(f, f != null)',
  'v.b.all(e, has(e.a) && e.a != 7)',
  'v.b.all(e, has(v.a.a) ? v.a.a.startsWith(e.a) : v.a.c)',
  "x.a.exists(e, e.a == 'x' && has(e.b.a)) || x.a.all(e, e.b.a == 1)",
  'has(x.a.a) && x.a.a == v.a.a || has(x.a.b) && x.a.b[1] == 2.5',
  'x.__proto__ || x.constructor',
  "has(x.__proto__) || 'constructor' in x",
  'x.map(e, e.toString)',
  'x.a + x.a + x.a',
  'y.a.b == optional.of(1)',
  'q.r.a.a + q.r.a.a',
  'l[2] + 1 > 5 && m.a in l',
  "t > timestamp('2019-01-01T00:00:00Z') && t == t",
  '1 < 2',
  'int(s) == 1 || 1 == int(s)',
  "dyn(int(s)) == 'a'",
  "[int(s) == dyn(x), 'a' == dyn(int(s))]",
  'cel.bind(e, int(s), [1, 2].map(f, f) == [] || e == 1)',
  'x.c + x.d',
  'x.c == 2.5 && has(x.d) && x.d == x.d',
  'x.e - 1 < x.d',
  'l.map(e, e * 2 ).sortBy(e, -e)',
  'v.transformMap(e, f, f)',
])('%s is the same as closures and as code', (text) => {
  const inputs = [
    { a: { a: 'a', b: [1, 2.5, true] } },
    { c: 2.5, d: 2 ** 60, e: 2 ** 63 },
    { a: [{ a: 'x', b: { a: 1 } }] },
    [1, { a: 2 }],
    null,
    JSON.parse('{"__proto__": 1, "constructor": true}'),
  ]
  const limits = Array.from({ length: 60 }, (_, limit) => limit)
  const [closures, generated] = (['closures', 'javascript'] as const).map((backEnd) => programOf(text, backEnd, 'none'))
  if (closures === undefined || generated === undefined) throw new Error('does not compile')
  expect(runs(generated, inputs, limits)).toEqual(runs(closures, inputs, limits))
})

test('an expression that becomes code goes on as before', () => {
  const program = programOf("x.a.filter(e, e.a == 'x' || has(e.b)).map(e, e.a + s).size()", 'adaptive', 'strict')
  const budget = celBudget()
  const costs = Array.from({ length: 2100 }, () => {
    const before = budget.spent
    expect(program?.evaluate(bindingsOf({ a: [{ a: 'x' }, { a: 'y', b: 1 }, { a: 'z' }] }), budget)).toBe(2)
    return budget.spent - before
  })
  expect(new Set(costs).size).toBe(1)
})

test('user text cannot leave its string in the code', () => {
  const key = '"]; throw new Error("out"); //\u2028`${1}'
  const quoted = JSON.stringify(key)
  const program = programOf(`x[${quoted}] == ${quoted} && Object{a: ${quoted}} != null`, 'javascript', 'none')
  expect(program?.evaluate({ x: { [key]: key } })).toBe(true)
})

test('where code must not be generated, closures are', () => {
  const { Function: outer } = globalThis
  const forbidden = function forbidden() {
    throw new EvalError('Code generation from strings disallowed for this context')
  }
  globalThis.Function = forbidden as unknown as FunctionConstructor
  try {
    expect(programOf('i + 1', 'javascript', 'strict')?.evaluate(bindingsOf(null))).toBe(8)
  } finally {
    globalThis.Function = outer
  }
})
