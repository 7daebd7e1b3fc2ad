import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../../core/json.ts'
import type { CelType } from './cel.ts'
import {
  CelError,
  admissionVariables,
  celBudget,
  celType,
  compileCel,
  formatCelDiagnostics,
  fromJson,
  kubernetesFunctions,
  toJson,
} from './cel.ts'
import { lex } from './lexer.ts'
import { parse } from './parser.ts'
import { printNode } from './print.ts'

const functions = kubernetesFunctions()
const variables: Readonly<Record<string, CelType>> = {
  i: celType.int,
  u: celType.uint,
  d: celType.double,
  s: celType.string,
  b: celType.bool,
  l: celType.list(celType.int),
  m: celType.map(celType.string, celType.int),
  x: celType.dyn,
}
const bindings = { i: 7, u: 3, d: 1.5, s: 'héllo', b: true, l: [3, 1, 2], m: { a: 1, b: 2 }, x: { y: [1, 'two', null] } }

/** Texts that look like expressions. */
const operands = "i d s b l m x 1 2u 1.5 'a' true null + - * / % == != < >= && || !".split(' ')
const brackets = '( ) [ ] { } , : ? . .y .size() .all(v, has( in [? .? .format([ string( r" ` \\'.split(' ')
const pieces = fc.constantFrom(...operands, ...brackets)
const scraps = fc.array(fc.oneof(pieces, fc.string({ unit: 'grapheme', maxLength: 3 })), { maxLength: 14 }).map((parts) => parts.join(''))

test('no text makes compiling or evaluating throw', () => {
  fc.assert(
    fc.property(scraps, (text) => {
      const compiled = compileCel(text, { variables, functions })
      if (compiled.ok) compiled.value.evaluate(bindings)
      else expect(formatCelDiagnostics(compiled.error)).toContain('<input>')
    }),
    { numRuns: 1500 },
  )
})

const leaf = fc.constantFrom('i', '1', '-5', 'l.size()', 'm.a')
/** Well-typed expressions of ints. */
const { int } = fc.letrec<{ int: string; bool: string; text: string }>((tie) => ({
  int: fc.oneof(
    { maxDepth: 5 },
    leaf,
    fc.tuple(tie('int'), fc.constantFrom('+', '-', '*', '/', '%'), tie('int')).map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc.tuple(tie('bool'), tie('int'), tie('int')).map(([c, a, b]) => `(${c} ? ${a} : ${b})`),
    tie('int').map((a) => `l.map(v, v + ${a}).sum()`),
    tie('text').map((a) => `${a}.size()`),
    tie('int').map((a) => `[${a}, 2].max()`),
    tie('int').map((a) => `optional.of(${a}).orValue(0)`),
  ),
  bool: fc.oneof(
    { maxDepth: 5 },
    fc.constant('b'),
    fc.tuple(tie('int'), fc.constantFrom('<', '<=', '==', '!=', '>', '>='), tie('int')).map(([a, op, b]) => `${a} ${op} ${b}`),
    fc.tuple(tie('bool'), fc.constantFrom('&&', '||'), tie('bool')).map(([a, op, c]) => `(${a} ${op} ${c})`),
    tie('int').map((a) => `l.exists(v, v == ${a})`),
    tie('int').map((a) => `(${a} in l)`),
    tie('text').map((a) => `${a}.startsWith('h')`),
  ),
  text: fc.oneof(
    { maxDepth: 5 },
    fc.constant('s'),
    tie('int').map((a) => `string(${a})`),
    fc.tuple(tie('text'), tie('text')).map(([a, c]) => `(${a} + ${c})`),
    tie('int').map((a) => `'%d'.format([${a}])`),
  ),
}))

test('what is well-typed finds its overloads', () => {
  fc.assert(
    fc.property(int, (text) => {
      const compiled = compileCel(text, { variables, functions })
      if (!compiled.ok) throw new Error(formatCelDiagnostics(compiled.error))
      expect(compiled.value.type.kind).toBe('int')
      const outcome = compiled.value.evaluate(bindings)
      if (outcome instanceof CelError) expect(outcome.message).toMatch(/overflow|zero|cost/)
      else expect(['number', 'bigint']).toContain(typeof outcome)
    }),
    { numRuns: 500 },
  )
})

const macros = new Set(['two-variable', 'optional', 'sortBy'])

test('an expression that is printed is the same expression', () => {
  fc.assert(
    fc.property(fc.oneof(int, scraps), (text) => {
      const parsed = parse(text, macros)
      if (!parsed.ok) return
      const printed = printNode(parsed.value)
      const again = parse(printed, macros)
      if (!again.ok) throw new Error(`${printed} does not parse: ${again.error[0]?.message}`)
      expect(printNode(again.value)).toBe(printed)
      const [first, second] = [text, printed].map((one) => compileCel(one, { variables, functions, checking: 'none' }))
      if (first?.ok === true && second?.ok === true)
        expect(toJson(second.value.evaluate(bindings))).toEqual(toJson(first.value.evaluate(bindings)))
    }),
    { numRuns: 700 },
  )
})

test('tokens cover the text in order', () => {
  fc.assert(
    fc.property(scraps, (text) => {
      let at = 0
      for (const { span } of lex(text).tokens) {
        expect(span.start).toBeGreaterThanOrEqual(at)
        at = span.end
      }
      expect(at).toBe(text.length)
    }),
  )
})

test('JSON passes through an expression unchanged', () => {
  const program = compileCel('x', { variables, functions })
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>, (json) => {
      if (!program.ok) throw new Error('x')
      const value = fromJson(json)
      expect(toJson(program.value.evaluate({ x: value instanceof CelError ? null : value }))).toEqual(JSON.parse(JSON.stringify(json)))
    }),
  )
})

test('a budget is spent and ends evaluations', () => {
  const program = compileCel('l.all(a, l.all(b, l.all(c, l.all(d, l.all(e, true)))))', { variables, functions })
  if (!program.ok) throw new Error('does not compile')
  const budget = celBudget()
  const l = Array.from({ length: 100 }, (_, index) => index)
  const outcome = program.value.evaluate({ l }, budget)
  expect(outcome).toEqual(new CelError('operation cancelled: actual cost limit exceeded'))
  expect(budget.spent).toBeGreaterThan(1_000_000)
})

test('__proto__ is an ordinary key', () => {
  const program = compileCel("has(object.__proto__) || 'constructor' in object || has(object.toString)", {
    variables: admissionVariables(),
    functions,
  })
  if (!program.ok) throw new Error('does not compile')
  expect(program.value.evaluate({ object: {} })).toBe(false)
  expect(program.value.evaluate({ object: JSON.parse('{"__proto__": 1}') as Json })).toBe(true)
})
