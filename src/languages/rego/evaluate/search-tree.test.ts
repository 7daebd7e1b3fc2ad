import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileRego, newSearchTree, toJson } from '../rego.ts'
import type { RegoValue, SearchAttempt, SearchTree } from '../rego.ts'

function search(body: string, input: RegoValue, most?: number): SearchTree {
  const compiled = compileRego([{ name: 'a.rego', text: `package a\n${body}` }], { regoVersion: 1, trace: true })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
  const tree = newSearchTree(most)
  const value = compiled.value.rule(['a', 'p']).evaluate(input, { search: tree.listener })
  expect(value).toEqual(compiled.value.rule(['a', 'p']).evaluate(input))
  return tree
}

const textOf = ({ node: { kind, rule, source, span } }: SearchAttempt): string =>
  kind === 'rule' ? rule : source.text.slice(span.start, span.end)

const indent = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`)

/** What was tried: `>` before a solution, `-` before what failed, and below each what was tried for it. */
function outline(attempt: SearchAttempt): readonly string[] {
  const ways = attempt.solutions.flatMap(({ binds, next, inner, reaches, value }) => [
    `> ${[...binds.map(([name, of]) => `${name}=${JSON.stringify(toJson(of))}`), ...(value === undefined ? [] : [JSON.stringify(toJson(value))])].join(' ')}${reaches ? '' : ' (in vain)'}`,
    ...indent(inner.flatMap(outline)),
    ...(next === undefined ? [] : outline(next)),
  ])
  const failed = attempt.solutions.length === 0 ? '- ' : ''
  return [`${failed}${textOf(attempt)}`, ...indent([...ways, ...attempt.inner.flatMap(outline)])]
}

const outlines = (body: string, input: RegoValue, most?: number): readonly string[] => search(body, input, most).roots.flatMap(outline)

test('what is tried with each solution stands below it', () => {
  expect(outlines('p contains y if { some x in input.xs; x > 1; y := x * 2 }', { xs: [1, 2] })).toEqual([
    'data.a.p',
    '  > 4',
    '    some x in input.xs',
    '      > x=1 (in vain)',
    '      - x > 1',
    '      > x=2',
    '      x > 1',
    '        > ',
    '        y := x * 2',
    '          > y=4',
  ])
})

test('rules stand below the expression that asks for them', () => {
  expect(outlines('p if { f(1); not f(2) }\nf(x) if x == 1', {})).toEqual([
    'data.a.p',
    '  > true',
    '    f(1)',
    '      > ',
    '        data.a.f',
    '          > true',
    '            x == 1',
    '              > ',
    '      not f(2)',
    '        > ',
    '          - not f(2)',
    '            - data.a.f',
    '              - x == 1',
  ])
})

test('bodies inside of an expression stand below it', () => {
  expect(outlines('p if { every x in input.xs { x > 0 } }', { xs: [1, 0, 2] })).toEqual([
    '- data.a.p',
    '  - every x in input.xs { x > 0 }',
    '    x > 0',
    '      > ',
    '    - x > 0',
  ])
})

test('an error ends the search where it is: nothing is known to have failed', () => {
  const tree = search('p if { x := f(input.x); x > 0 }\nf(x) := 1 if x > 0\nf(x) := 2 if x > 0', { x: 1 })
  const [asking] = tree.roots[0]?.inner ?? []
  expect(asking === undefined ? undefined : textOf(asking)).toBe('x := f(input.x)')
  expect(asking).toMatchObject({ solutions: [], failure: undefined, inner: [{ solutions: [{}] }, { solutions: [{}] }] })
})

const many = Array.from({ length: 500 }, (_, at) => at)

test('of many solutions those that lead somewhere are kept', () => {
  const [root] = search('p contains x if { some x in input.xs; x in {333, 444} }', { xs: many }).roots
  const first = root?.solutions[0]?.inner[0]
  expect(first?.solutions.length).toBe(66)
  expect(first?.left).toBe(434)
  expect(first?.solutions.filter(({ reaches }) => reaches).map(({ binds }) => binds[0]?.[1])).toEqual([333, 444])
})

test('a tree is bounded', () => {
  const tree = search('p contains [x, y] if { some x in input.xs; some y in input.xs; x + y > 10 }', { xs: many.slice(0, 60) }, 100)
  const size = (attempt: SearchAttempt): number =>
    1 +
    [...attempt.inner, ...attempt.solutions.flatMap(({ inner, next }) => [...inner, ...(next === undefined ? [] : [next])])]
      .map(size)
      .reduce((sum, one) => sum + one, 0)
  expect(tree.roots.map(size)).toEqual([100])
  expect(tree.isCut()).toBe(true)
})

test('a rule holds in the tree if and only if it has a value', () => {
  const condition = fc.constantFrom(
    'x > 1',
    'not f(x)',
    'f(x)',
    'x != 2',
    'count([z | z := input.xs[_]; z > x]) > 0',
    'some y in input.xs; y > x',
  )
  fc.assert(
    fc.property(fc.array(condition, { maxLength: 3 }), fc.array(fc.nat({ max: 3 }), { maxLength: 4 }), (conditions, xs) => {
      const body = `p contains x if { some x in input.xs; ${[...conditions.map((each, at) => each.replaceAll(/\by\b/g, `y${at}`)), 'true'].join('; ')} }\nf(x) if x == 3`
      const [root] = search(body, { xs }).roots
      const found = new Set(root?.solutions.map(({ value }) => value))
      const held = new Set(
        root?.solutions
          .flatMap(({ inner }) => inner)
          .concat(root.inner)
          .flatMap(({ solutions }) => solutions)
          .filter(({ reaches }) => reaches)
          .map(({ binds }) => binds[0]?.[1]),
      )
      expect(held).toEqual(found)
    }),
    { numRuns: 60 },
  )
})
