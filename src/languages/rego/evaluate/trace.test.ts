import { expect, test } from 'vitest'
import { compileRego, newTraceTree, toJson } from '../rego.ts'
import type { RegoProgram, TraceBranch, TraceEvent } from '../rego.ts'

const text = `package a

p contains y if {
	some x in input.xs
	f(x) > 1
	not x == 3
	y := [z | z := input.xs[_]; z > x]
}

f(x) := x + 1

q if every x in input.xs { x < 4 }

r := "one" if input.missing.deeper
else := "two" if input.name == "n" with input.name as "n"

m[k] := v if some k, v in input.o

w if { f(1) == 2; to_number("x") == 1 }

default s := 0

s := count(p) if count(p) > 5
`

function compile(trace: boolean): RegoProgram {
  const compiled = compileRego([{ name: 'a.rego', text }], { regoVersion: 1, trace })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
  return compiled.value
}

const input = { xs: [1, 2, 3], o: { a: 1 } }

test('a traced program has the values that it has without', () => {
  const value = compile(false).rule(['a']).evaluate(input)
  expect(compile(true).rule(['a']).evaluate(input)).toEqual(value)
  const events: TraceEvent[] = []
  expect(
    compile(true)
      .rule(['a'])
      .evaluate(input, { tracer: (event) => void events.push(event) }),
  ).toEqual(value)
  expect(events.length).toBeGreaterThan(20)
})

/** Lines of `operation expression`, with the reason where it failed. */
function told(path: readonly string[]): readonly string[] {
  const lines: string[] = []
  compile(true)
    .rule(path)
    .evaluate(input, {
      tracer: ({ operation, node, depth, values }) => {
        const what = node.kind === 'rule' ? node.rule : text.slice(node.span.start, node.span.end)
        const why =
          operation === 'fail'
            ? values().map(({ text: of, value }) => `${of}=${value === undefined ? '?' : JSON.stringify(toJson(value))}`)
            : []
        lines.push(`${depth} ${[operation, what, ...why].join(' ')}`)
      },
    })
  return lines
}

test('a trace tells what was tried, and the first part of a path that is not there', () => {
  expect(told(['a', 'r'])).toEqual([
    '1 enter data.a.r',
    '2 eval input.missing.deeper',
    '2 fail input.missing.deeper input.missing=?',
    '1 enter data.a.r',
    '2 eval input.name == "n" with input.name as "n"',
    '2 exit data.a.r',
  ])
})

test('an expression that fails tells the values of the calls in it', () => {
  const lines = told(['a', 's'])
  expect(lines).toContain('2 fail count(p) > 5 count(p)=2')
  expect(lines.at(-1)).toBe('2 exit data.a.s')
})

test('what is not traced tells nothing', () => {
  const events: TraceEvent[] = []
  compile(false)
    .rule(['a'])
    .evaluate(input, { tracer: (event) => void events.push(event) })
  expect(events).toEqual([])
})

test.each([
  ['1 == 2', [[false]]],
  ['x := 1; x > 0', [[true, true]]],
  [
    'x := [3, 4][_]; x',
    [
      [true, 3],
      [true, 4],
    ],
  ],
  ['not data.a.q', []],
  ['print("x")', [[true]]],
  ['count([1], n)', [[true]]],
  ['data.none', []],
])('the values of the expressions of `%s`', (query, values) => {
  const question = compile(false).ask(query)
  if (!question.ok) throw new Error(JSON.stringify(question.error))
  const found = question.value.evaluate(input)
  expect(found.ok && found.value.map((answer) => answer.values)).toEqual(values)
})

test.each([
  [
    'data.a.p',
    [['input', 'xs']],
    [
      ['data', 'a', 'f'],
      ['data', 'a', 'p'],
    ],
  ],
  [
    'data.a.r',
    [
      ['input', 'missing', 'deeper'],
      ['input', 'name'],
    ],
    [['data', 'a', 'r']],
  ],
  [
    'data.x.y; input.z[i].w',
    [
      ['data', 'x', 'y'],
      ['input', 'z'],
    ],
    [],
  ],
])('what `%s` reads', (query, base, virtual) => {
  expect(compile(false).dependencies(query)).toEqual({ ok: true, value: { base, virtual } })
})

function outline(branches: readonly TraceBranch[], depth = 0): readonly string[] {
  return branches.flatMap(({ node, holds, error, children }) => [
    `${' '.repeat(depth)}${holds ? '+' : '-'} ${node.kind === 'rule' ? node.rule : text.slice(node.span.start, node.span.end)}${error === undefined ? '' : `: ${error}`}`,
    ...outline(children, depth + 1),
  ])
}

test('a tree holds what was tried for what', () => {
  const tree = newTraceTree()
  compile(true)
    .rule(['a', 'w'])
    .evaluate({ xs: [1] }, { tracer: tree.tracer })
  expect(outline(tree.branches)).toEqual([
    '- data.a.w',
    ' + f(1)',
    '  + data.a.f',
    '   + x + 1',
    ' + f(1) == 2',
    ' - to_number("x"): to_number: strconv.ParseFloat: parsing "x": invalid syntax',
  ])
  expect(tree.left()).toBe(0)
})

test('a tree is bounded', () => {
  const tree = newTraceTree(2)
  compile(true)
    .rule(['a', 'w'])
    .evaluate({ xs: [1] }, { tracer: tree.tracer })
  expect(outline(tree.branches)).toEqual(['- data.a.w', ' + f(1)'])
  expect(tree.left()).toBe(4)
})
