import { expect, test } from 'vitest'
import { lineAndColumn } from '../../../core/source.ts'
import type { Body, Literal, Rule, Term } from './ast.ts'
import { parseModule, parseQuery, parseTerm } from './parse.ts'

const source = (text: string): { name: string; text: string } => ({ name: 'test.rego', text })

/** `row:column message` of each problem. */
function problems(text: string, regoVersion: 0 | 1): readonly string[] {
  const parsed = parseModule(source(text), { regoVersion, recover: false, builtins: new Set(['count']) })
  if (parsed.ok) return []
  return parsed.error.map((problem) => {
    const { line, column } = lineAndColumn(problem.source, problem.span.start)
    return `${line}:${column} ${problem.message}`
  })
}

function rulesOf(text: string, regoVersion: 0 | 1): readonly Rule[] {
  const parsed = parseModule(source(`package a\n${text}`), { regoVersion })
  return parsed.ok ? parsed.value.rules : []
}

/** Terms as nested calls: operators by their built-in, comprehensions as `for`. */
function show(term: Term): string {
  switch (term.kind) {
    case 'null':
      return 'null'
    case 'boolean':
      return String(term.value)
    case 'number':
      return term.text
    case 'string':
      return JSON.stringify(term.value)
    case 'template':
      return `$(${term.parts.map((part) => (part.kind === 'text' ? JSON.stringify(part.value) : showLiteral(part.literal))).join(' ')})`
    case 'var':
      return term.name
    case 'ref':
      return `${show(term.head)}${term.path.map((part) => `[${show(part)}]`).join('')}`
    case 'call':
      return `${show(term.operator)}(${term.args.map(show).join(' ')})`
    case 'array':
      return `[${term.items.map(show).join(' ')}]`
    case 'set':
      return `<${term.items.map(show).join(' ')}>`
    case 'object':
      return `{${term.entries.map(({ key, value }) => `${show(key)}:${show(value)}`).join(' ')}}`
    case 'array-comprehension':
      return `[${show(term.item)} for ${showBody(term.body)}]`
    case 'set-comprehension':
      return `<${show(term.item)} for ${showBody(term.body)}>`
    default:
      return `{${show(term.key)}:${show(term.value)} for ${showBody(term.body)}}`
  }
}

const showBody = (body: Body): string => body.map(showLiteral).join('; ')

function showLiteral(literal: Literal): string {
  const withs = literal.withs.map(({ target, value }) => ` with ${show(target)}=${show(value)}`).join('')
  return `${literal.negated ? 'not ' : ''}${showPlain(literal)}${withs}`
}

function showPlain(literal: Literal): string {
  switch (literal.kind) {
    case 'term':
      return show(literal.term)
    case 'unify':
    case 'assign':
      return `${literal.kind}(${show(literal.left)} ${show(literal.right)})`
    case 'some':
      return `some(${literal.variables.map(show).join(' ')})`
    case 'some-in':
      return `some-in(${literal.key === undefined ? '' : `${show(literal.key)} `}${show(literal.value)} ${show(literal.domain)})`
    case 'every':
      return `every(${literal.key === undefined ? '' : `${show(literal.key)} `}${show(literal.value)} ${show(literal.domain)}: ${showBody(literal.body)})`
    default:
      return `(${showBody(literal.body)})`
  }
}

function query(text: string, regoVersion: 0 | 1 = 1): string {
  const parsed = parseQuery(source(text), { regoVersion })
  return parsed.ok ? showBody(parsed.value) : (parsed.error[0]?.message ?? '')
}

test.each([
  ['a + b * c', 'plus(a mul(b c))'],
  ['a - b - c', 'minus(minus(a b) c)'],
  ['a | b & c', 'or(a and(b c))'],
  ['a == b + 1', 'equal(a plus(b 1))'],
  ['x = y == z', 'unify(x equal(y z))'],
  ['1 < 2 == true', 'equal(lt(1 2) true)'],
  ['-x', 'minus(0 x)'],
  ['- 1', '-1'],
  ['1 -1', 'minus(1 1)'],
  ['.5', '.5'],
  ['x in xs', 'internal["member_2"](x xs)'],
  ['k, v in xs', 'internal["member_3"](k v xs)'],
  ['a in b in c', 'internal["member_2"](internal["member_2"](a b) c)'],
  ['a in b == c', 'internal["member_2"](a equal(b c))'],
  ['[k, v in xs]', '[k internal["member_2"](v xs)]'],
  ['f((k, v in xs))', 'f(internal["member_3"](k v xs))'],
  ['x := k, v in xs', 'assign(x internal["member_3"](k v xs))'],
  ['{}', '{}'],
  ['set()', '<>'],
  ['{1, 2,}', '<1 2>'],
  ['{"a": 1, b: 2}', '{"a":1 b:2}'],
  ['{x | y}', '<x for y>'],
  ['{(x | y)}', '<or(x y)>'],
  ['[x | y, z]', '[or(x y) z]'],
  ['[x + 1 | y]', '[or(plus(x 1) y)]'],
  ['[x, y | z]', '[x or(y z)]'],
  ['{a: b | c; d}', '{a:b for c; d}'],
  ['[f(x)[0] | x := 1]', '[f(x)[0] for assign(x 1)]'],
  ['a["b"].c[d](e)', 'a["b"]["c"][d](e)'],
  ['f(x).y[0]', 'f(x)["y"][0]'],
  ['input.if.not["default"]', 'input["if"]["not"]["default"]'],
  ['some.x == if["y"]', 'equal(some["x"] if["y"])'],
  ['"\\u0041\\n\\ud83d\\ude00 \\ud83d"', '"A\\n😀 \ufffd"'],
  ['`a\\n\nb`', '"a\\\\n\\nb"'],
  ['$"a{x}\\{ {y + 1}"', '$("a" x "{ " plus(y 1))'],
  ['$`{$"{x}"}\\n`', '$($(x) "\\\\n")'],
  ['$"{{x | y}}"', '$(<x for y>)'],
  ['not f(x) with input as 1 with data.a as 2', 'not f(x) with input=1 with data["a"]=2'],
  ['some x, y', 'some(x y)'],
  ['some x in xs', 'some-in(x xs)'],
  ['some k, {"a": v} in xs', 'some-in(k {"a":v} xs)'],
  ['every x in xs { x > 1; y }', 'every(x xs: gt(x 1); y)'],
  ['every k, v in f(x) { v } with input as 1', 'every(k v f(x): v) with input=1'],
  ['x; y\nz', 'x; y; z'],
  ['x # comment\n# more\n+ 1', 'plus(x 1)'],
  ['_ + _', 'plus($0 $1)'],
  ['contains("a", "b")', 'contains("a" "b")'],
])('%j reads as %s', (text, shown) => {
  expect(query(text)).toBe(shown)
})

test.each([
  ['p = 1', 0, 'complete p = 1'],
  ['p := 1 { x }', 0, 'complete p = 1'],
  ['p { x }', 0, 'complete p = true'],
  ['p[x] { x }', 0, 'set p: x'],
  ['p["a"]', 0, 'set p: "a"'],
  ['p.a { x }', 0, 'set p: "a"'],
  ['p.a.b { x }', 0, 'complete p["a"]["b"] = true'],
  ['p[x] = y { x }', 0, 'object p[x] = y'],
  ['p[x].y = z { x }', 0, 'object p[x]["y"] = z'],
  ['p["a"] = 1', 0, 'complete p["a"] = 1'],
  ['f(x) = y { x }', 0, 'function f(x) = y'],
  ['f(x)', 0, 'function f(x) = true'],
  ['p [x] { x }', 0, 'set p: x'],
  ['import future.keywords.if\np[x] if { x }', 0, 'object p[x] = true'],
  ['import future.keywords\np contains x if { x }', 0, 'set p: x'],
  ['p contains x', 1, 'set p: x'],
  ['p[x] contains y if z', 1, 'set p[x]: y'],
  ['p[x] if x', 1, 'object p[x] = true'],
  ['p.a if x', 1, 'complete p["a"] = true'],
  ['p.q.r(x) := y', 1, 'function p["q"]["r"](x) = y'],
  ['not.if := 1', 1, 'complete not["if"] = 1'],
  ['default p := [x | x = input]', 1, 'default complete p = [x for unify(x input)]'],
  ['default f(_) := 1', 1, 'default function f($0) = 1'],
] as const)('%j in version %i defines %s', (text, version, defined) => {
  const [rule] = rulesOf(text, version)
  expect(rule === undefined ? 'nothing' : describeHead(rule)).toBe(defined)
})

function describeHead({ head, default: isDefault }: Rule): string {
  const path = `${head.name}${head.path.map((part) => `[${show(part)}]`).join('')}`
  const args = head.kind === 'function' ? `(${head.args.map(show).join(' ')})` : ''
  return `${isDefault ? 'default ' : ''}${head.kind} ${path}${args}${head.kind === 'set' ? `: ${show(head.element)}` : ` = ${show(head.value)}`}`
}

test.each([
  ['p if { x; y }', ['x; y']],
  ['p if x == 1', ['equal(x 1)']],
  ['p if {x}', ['x']],
  ['p if {x} == y', ['equal(<x> y)']],
  ['p if {x | y}', ['<x for y>']],
  ['p if {}', ['{}']],
  ['p if { x } { y }', ['x', 'y']],
  ['p contains 1', ['']],
])('the bodies of %j are %j', (text, bodies) => {
  expect(rulesOf(text, 1).map(({ body }) => showBody(body))).toEqual(bodies)
})

test('else branches stand in order with their values', () => {
  const [rule] = rulesOf('p := 1 if { x } else := 2 if y\nelse if z\nelse := 3', 1)
  expect(rule?.elses.map(({ value, body }) => `${show(value)} if ${showBody(body)}`)).toEqual(['2 if y', 'true if z', '3 if '])
})

test.each([
  ['import future.keywords.not\np if not { x; y }', 'not (x; y)'],
  ['p if not { x }', 'not <x>'],
])('%j holds if %s', (text, shown) => {
  expect(rulesOf(text, 1).map(({ body }) => showBody(body))).toEqual([shown])
})

test.each([
  ['', 1, ['1:1 empty module']],
  ['p = 1', 0, ['1:1 package expected']],
  ['package a\npackage b', 0, ['2:1 unexpected package']],
  ['package a[b]', 0, ['1:11 unexpected var token: expecting string']],
  ['package a\np {', 0, ['2:3 unexpected eof token']],
  ['package a\np { x :=\n}', 0, ['3:1 unexpected } token']],
  ['package a\np { a b }', 0, ['2:7 unexpected identifier token: expected \\n or ; or }']],
  ['package a\np { f(x }', 0, ['2:9 unexpected } token: expected "," or ")"']],
  ['package a\np { {1 2} }', 0, ['2:8 unexpected number token: non-terminated set']],
  ['package a\np { {1: 2 3} }', 0, ['2:11 unexpected number token: non-terminated object']],
  ['package a\np { }', 0, ['2:5 found empty body']],
  ['package a\np { "abc\n}', 0, ['2:5 non-terminated string', '2:5 illegal token']],
  ['package a\np { "\\q" }', 0, ['2:5 illegal escape sequence', '2:5 illegal token']],
  ['package a\np { x @ y }', 0, ['2:7 illegal token']],
  ['package a\np { 01 }', 0, ['2:5 unexpected number token: expected number without leading zero']],
  ['package a\np { 1e999999 }', 0, ['2:5 number too big']],
  ['package a\np { "a".b }', 0, ['2:5 illegal ref (head cannot be string)']],
  ['package a\np { not not x }', 0, ['2:9 unexpected not keyword']],
  ['package a\np { not some x in xs }', 0, ["2:9 unexpected some keyword: illegal negation of 'some'"]],
  ['package a\np', 0, ['2:1 var cannot be used for rule name']],
  ['package a\np\nq', 0, ['2:1 var cannot be used for rule name', '3:1 var cannot be used for rule name']],
  ['package a\np == 1', 0, ['2:1 rule name conflicts with built-in function']],
  ['package a\ncount(x)', 0, ['2:1 rule name conflicts with built-in function']],
  ['package a\nnot p', 0, ['2:1 negated expressions cannot be used for rule head']],
  ['package a\nx := 1; y := 2', 0, ['2:1 multiple expressions cannot be used for rule head']],
  ['package a\nf(x).a = 1', 0, ['2:1 invalid rule head: f(x).a']],
  ['package a\ndefault p := input.x', 0, ['2:1 illegal default rule (value cannot contain ref)']],
  ['package a\ndefault f(1) := 1', 0, ['2:1 illegal default rule (arguments cannot contain number)']],
  ['package a\np[x] { x } else = 1 { y }', 0, ['2:12 else keyword cannot be used on multi-value rules']],
  ['package a\np { x } else', 0, ['2:12 unexpected eof token: expected else value term or rule body']],
  [
    'package a\nimport foo',
    0,
    [
      '2:8 unexpected import path, must begin with one of: {data, future, input, rego}, got: foo (hint: if this is unexpected, try updating OPA)',
    ],
  ],
  ['package a\nimport future.keywords.foo', 0, ['2:8 unexpected keyword, must be one of [contains every if in not]']],
  ['package a\nimport rego.v2', 0, ['2:8 invalid import `rego.v2`, must be `rego.v1`']],
  [
    'package a\np { every x in xs { x } }',
    0,
    [
      '2:11 unexpected identifier token: expected \\n or ; or } (hint: `import future.keywords.every` for `every x in xs { ... }` expressions)',
    ],
  ],
  [
    'package a\np { some x in xs }',
    0,
    ['2:12 unexpected identifier token: expected \\n or ; or } (hint: `import future.keywords.in` for `some x in xs` expressions)'],
  ],
  ['package a\np { x }', 1, ['2:1 `if` keyword is required before rule body']],
  ['package a\nf(x) { x }', 1, ['2:1 `if` keyword is required before function body']],
  [
    'package a\np[x] { x }',
    1,
    ['2:1 `if` keyword is required before rule body', '2:1 `contains` keyword is required for partial set rules'],
  ],
  ['package a\nimport rego.v1\np[x]', 0, ['3:1 `contains` keyword is required for partial set rules']],
  ['package a\np.a.b', 1, ['2:1 rule must have value assignment and/or body declaration']],
  ['package a\nif := 1', 1, ['2:1 unexpected if keyword']],
  ['package a\ncontains := 1', 1, ['2:1 contains keyword cannot be used for rule name']],
  ['package a\np if every x in xs', 1, ['2:18 unexpected eof token: missing body']],
  [
    'package a\np := $"{x := 1}"',
    1,
    [
      "2:9 unexpected assignment (':=') in template-string expression",
      '2:16 unexpected template-string-end token: expected rule value term (e.g., p := <VALUE> { ... })',
    ],
  ],
] as const)('%j in version %i fails with %j', (text, version, expected) => {
  const found = problems(text, version)
  // What follows the first problem of a template is ours.
  expect(text.includes('$') ? found.slice(0, 1) : found).toEqual(text.includes('$') ? expected.slice(0, 1) : expected)
})

test('several statements with problems are all told, OPA’s first', () => {
  const text = 'package a\np if { x := }\nq if y\nr if {\n  f(x\n}\ns := [1 2]\n'
  const parsed = parseModule(source(text), { regoVersion: 1 })
  const rows = parsed.ok ? [] : parsed.error.map(({ span }) => text.slice(0, span.start).split('\n').length)
  expect([...new Set(rows)]).toEqual([2, 6, 7])
})

test.each([
  ['[', 10_000],
  ['f(', 10_000],
  ['{x: ', 10_000],
  ['1 + ', 10_000],
  ['$"{', 10_000],
  ['[x | y, ', 2_000],
])('%j repeated %i times is refused rather than run out of stack', (text, times) => {
  const parsed = parseModule(source(`package a\np := ${text.repeat(times)}1`), { regoVersion: 1 })
  expect(parsed.ok ? 'read' : parsed.error[0]?.message).toMatch(/max parsing recursion depth exceeded/)
})

test('comprehensions that turn out to be lists are tried once each', () => {
  const parsed = parseTerm(source(`${'[x | '.repeat(200)}y${', z]'.repeat(200)}`), { regoVersion: 1 })
  expect(parsed.ok).toBe(true)
})

test('spans cover what was written', () => {
  const text = 'package a.b\nimport data.c as d\np contains (x + 1) if { x := f(y)[0] }'
  const parsed = parseModule(source(text), { regoVersion: 1 })
  if (!parsed.ok) throw new Error('expected a module')
  const { package: pkg, imports, rules } = parsed.value
  const [rule] = rules
  const spans = [pkg.span, imports[0]?.span, imports[0]?.alias?.span, rule?.head.refSpan, rule?.head.span, rule?.body[0]?.span, rule?.span]
  expect(spans.map((span) => text.slice(span?.start, span?.end))).toEqual([
    'package a.b',
    'import data.c as d',
    'd',
    'p',
    'p contains (x + 1)',
    'x := f(y)[0]',
    'p contains (x + 1) if { x := f(y)[0] }',
  ])
})

test('metadata belongs to the statement below it', () => {
  const text = `# METADATA
# title: all
package a

# METADATA
# description: one
# authors:
# - Jane Doe <jane@example.com>
# related_resources: [https://example.com]
# custom: {severity: high}
p := 1

# METADATA
# entrypoint: true
q := 2
`
  const parsed = parseModule(source(text), { regoVersion: 1, annotations: true })
  expect(parsed.ok ? parsed.value.annotations.map(({ target, value }) => [target, value]) : parsed.error).toEqual([
    ['package', { scope: 'package', title: 'all' }],
    [
      0,
      {
        authors: [{ name: 'Jane Doe', email: 'jane@example.com' }],
        custom: { severity: 'high' },
        description: 'one',
        related_resources: [{ ref: 'https://example.com' }],
        scope: 'rule',
      },
    ],
    [1, { entrypoint: true, scope: 'document' }],
  ])
})

test.each([
  ['# METADATA\n# scope: foo\np := 1', "invalid annotation scope 'foo'. Use one of 'rule', 'document', 'package', or 'subpackages'"],
  ['# METADATA\n# scope: package\np := 1', "annotation scope 'package' must be applied to package (have rule)"],
  ['# METADATA\np := 1', 'expected METADATA block, found whitespace'],
])('bad metadata %j is an error', (text, message) => {
  const parsed = parseModule(source(`package a\n${text}`), { regoVersion: 1, annotations: true })
  expect(parsed.ok ? [] : parsed.error.map((problem) => problem.message)).toEqual([message])
})

test('carriage returns and a byte order mark say nothing', () => {
  const parsed = parseModule(source('\ufeffpackage a\r\n# c\r\np := x if {\r\n  x := 1\r\n  x > 0\r\n}\r\n'), { regoVersion: 1 })
  expect(parsed.ok ? [showBody(parsed.value.rules[0]?.body ?? []), parsed.value.comments[0]?.text] : parsed.error).toEqual([
    'assign(x 1); gt(x 0)',
    '# c',
  ])
})
