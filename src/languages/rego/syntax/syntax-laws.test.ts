import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Else, Module, Rule } from './ast.ts'
import { formatModule } from './format.ts'
import { parseModule, parseQuery, parseTerm } from './parse.ts'

const parse = (text: string, regoVersion: 0 | 1): ReturnType<typeof parseModule> =>
  parseModule({ name: 'test.rego', text }, { regoVersion, annotations: true })

/** Pieces of text that meet in Rego, right or wrong. */
const signs = ['"', '`', '$"', '$`', '{', '}', '[', ']', '(', ')', '|', '&', '+', '-', '==', '=', ':=', ',', ':', ';', '.', ' ', '\n', '\\']
const words = ['if', 'else', 'not', 'some', 'every', 'in', 'with', 'as', 'contains', 'default', 'import', 'package'].map(
  (word) => ` ${word} `,
)
const terms = ['p', 'x', '_', 'input', 'data.a', '1', '.5', '"a"', 'set()', 'true', 'null', '[x | x]', '{y: x | x}']
const others = ['# c\n', '# METADATA\n# title: x\n', '\u0000', 'é', '\ud83d']
const piece = fc.constantFrom(...signs, ...words, ...terms, ...others)

test('no input makes the parser throw', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 60 }), fc.constantFrom(0 as const, 1 as const), (pieces, version) => {
      const text = pieces.join('')
      const whole = { name: 'test.rego', text }
      parse(`package a\n${text}`, version)
      parse(text, version)
      parseQuery(whole, { regoVersion: version })
      parseTerm(whole, { regoVersion: version })
    }),
    { numRuns: 600 },
  )
})

const name = fc.constantFrom('x', 'y', 'input', 'data.a', 'xs', '_', 'input.if')
const scalar = fc.constantFrom('1', '-2', '0.5', '"a"', '`b`', 'null', 'true', 'set()', '{}', '[]')
const gap = fc.constantFrom(' ', ' ', '\n', ' # c\n', '\n\n')
const operator = fc.constantFrom('+', '-', '*', '/', '%', '&', '|', '==', '!=', '<', '<=', '>', '>=', 'in')

const { term, body } = fc.letrec<{ term: string; literal: string; body: string }>((tie) => ({
  term: fc.oneof(
    { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
    fc.oneof(name, scalar),
    fc.tuple(tie('term'), operator, tie('term')).map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc.tuple(name, operator, name, operator, scalar).map((parts) => parts.join(' ')),
    fc
      .tuple(gap, fc.array(fc.tuple(tie('term'), gap), { minLength: 1, maxLength: 3 }))
      .map(([first, items]) => `[${first}${items.map(([a, g]) => `${a},${g}`).join('')}]`),
    fc.tuple(tie('term'), gap, tie('term')).map(([a, g, b]) => `{(${a}),${g}${b}}`),
    fc.tuple(tie('term'), gap, tie('term')).map(([a, g, b]) => `{"k":${g}${a}, (${b}): 2}`),
    fc.tuple(tie('term'), gap, tie('term')).map(([a, g, b]) => `f(${a},${g}${b})`),
    fc.tuple(name, tie('term')).map(([head, key]) => `${head}[${key}]`),
    fc.tuple(tie('term'), gap, tie('body')).map(([item, g, inner]) => `[(${item}) |${g}${inner}]`),
    fc.tuple(tie('term'), gap, tie('body')).map(([item, g, inner]) => `{"k": (${item}) |${g}${inner}}`),
  ),
  literal: fc.oneof(
    { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
    tie('term'),
    fc.tuple(name, fc.constantFrom('=', ':='), tie('term')).map((parts) => parts.join(' ')),
    tie('term').map((inner) => `not ${inner}`),
    fc.tuple(tie('term'), tie('term')).map(([a, b]) => `${a} with input.a as ${b}`),
    tie('term').map((domain) => `some x, y in ${domain}`),
    fc.tuple(name, tie('body')).map(([domain, inner]) => `every z in ${domain} { ${inner} }`),
  ),
  body: fc.array(tie('literal'), { minLength: 1, maxLength: 3 }).map((literals) => literals.join('\n')),
}))

const rule = fc.oneof(
  fc.tuple(term, body).map(([value, holds]) => `p := ${value} if {\n${holds}\n}`),
  fc.tuple(term, body).map(([element, holds]) => `s contains ${element} if { ${holds} } # t`),
  fc.tuple(body, term, body).map(([first, value, second]) => `# above\nq if {\n${first}\n} else := ${value} if {\n${second}\n}`),
  term.map((value) => `r.a[x] := ${value}`),
  body.map((holds) => `g(x, [y]) if { ${holds} }`),
)

/** `if true` says nothing. */
function holdsAlways({ body: [literal, ...more] }: Rule | Else): boolean {
  return (
    more.length === 0 &&
    literal?.kind === 'term' &&
    literal.term.kind === 'boolean' &&
    literal.term.value &&
    literal.withs.length === 0 &&
    !literal.negated
  )
}

/** What a module says: without places and ways of writing. */
function meaning({ imports, rules }: Module): unknown {
  const written = new Set(['span', 'refSpan', 'operatorSpan', 'form', 'valueForm', 'chained', 'parenthesized'])
  const plain = <T extends Rule | Else>(part: T): T => (holdsAlways(part) ? { ...part, body: [] } : part)
  const said = rules.map((rule) => ({ ...plain(rule), elses: rule.elses.map(plain) }))
  return JSON.parse(JSON.stringify({ imports: imports.length, said }, (key, value: unknown) => (written.has(key) ? undefined : value)))
}

test('formatting keeps the meaning and the comments, and formatting again changes nothing', () => {
  fc.assert(
    fc.property(fc.array(rule, { minLength: 1, maxLength: 3 }), fc.constantFrom('\n', '\n\n'), (rules, between) => {
      const first = parse(`package a\n${rules.join(between)}\n`, 1)
      if (!first.ok) throw new Error(`expected a module: ${first.error[0]?.message} in ${rules.join(between)}`)
      const text = formatModule(first.value)
      const second = parse(text, 1)
      if (!second.ok) throw new Error(`expected what was formatted to parse: ${second.error[0]?.message} in ${text}`)
      expect(meaning(second.value)).toEqual(meaning(first.value))
      expect(second.value.comments.map((comment) => comment.text).toSorted()).toEqual(
        first.value.comments.map((comment) => comment.text).toSorted(),
      )
      expect(formatModule(second.value)).toBe(text)
    }),
    { numRuns: 150 },
  )
})
