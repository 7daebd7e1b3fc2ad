import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RegoValue } from '../values/value.ts'
import { callText } from './call.ts'

const name = 'strings.render_template'

test.each<[string, RegoValue, string]>([
  ['{{.test}}', { test: 2023 }, '2023'],
  ['{{range $i, $name := .names}}{{if $i}},{{end}}hello {{$name}}{{end}}', { names: ['rohan', 'john doe'] }, 'hello rohan,hello john doe'],
  ['test {{.foo}} {{.bar}} {{.baz}}', { baz: 1 }, 'test <undefined> <undefined> 1'],
  ['{{.a}}', { a: [1, 'x', { b: null }] }, '[1 x map[b:<nil>]]'],
  ['{{.a.b.c}}', { a: {} }, '<undefined>'],
  ['{{.a}} {{.b}} {{.c}}', { a: 1.5, b: true, c: null }, '1.5 true <undefined>'],
  ['{{if eq .a "x"}}Y{{else if .b}}B{{else}}N{{end}}', { a: 'z', b: 0 }, 'B'],
  ['{{range .a}}<{{.}}>{{else}}none{{end}}', { a: [] }, 'none'],
  ['{{range $k, $v := .a}}{{$k}}={{$v}};{{end}}', { a: { z: 1, b: 2 } }, 'b=2;z=1;'],
  ['{{range $i, $e := .a}}{{if eq $i 1}}{{break}}{{end}}{{$e}}{{end}}', { a: [1, 2, 3] }, '1'],
  ['{{with .a}}{{.b}}{{end}}', { a: { b: 3 } }, '3'],
  ['  {{- .a -}}  x', { a: 3 }, '3x'],
  ['{{printf "%v-%s" .a "q"}} {{len .b}} {{index .b 1}} {{.a | printf "%q"}}', { a: 's', b: [1, 2] }, 's-q 2 2 "s"'],
  [
    '{{not .a}} {{and .a .b}} {{or .a .b}} {{html .b}} {{js .b}} {{urlquery .b}}',
    { a: 0, b: '<&">' },
    String.raw`false <&"> 0 &lt;&amp;&#34;&gt; \u003C\u0026\"\u003E %3C%26%22%3E`,
  ],
  ['{{/* c */}}a{{$x := .a}}{{$x}}', { a: 0 }, 'a0'],
  ['{{slice .a 1 2}} {{print .a 1 2 "x"}}', { a: 'abc' }, 'b abc1 2x'],
  ['{{(index .a 0).b}} {{ "x" }} {{ 5 }} {{ true }} {{ 1.5 }}', { a: [{ b: 1 }] }, '1 x 5 true 1.5'],
])('%s over %j is %s', (template, data, expected) => {
  expect(callText(name, [template, data])).toBe(JSON.stringify(expected))
})

test.each<[string, string]>([
  ['{{.a', 'unclosed action'],
  ['{{if .a}}', 'unexpected EOF'],
  ['{{end}}', 'unexpected {{end}}'],
  ['{{nofunc .a}}', 'template: template:1: function "nofunc" not defined'],
  ['{{$x}}', 'template: template:1: undefined variable "$x"'],
  ['{{eq .a 1}}', 'error calling eq: incompatible types for comparison: json.Number and int'],
  ['{{.a.b}}', "can't evaluate field b in type interface {}"],
])('%s is refused: %s', (template, problem) => {
  const text = callText(name, [template, { a: 5 }])
  expect(text).toMatch(/^eval_builtin_error: strings\.render_template: template: template:1/)
  expect(text).toContain(problem)
})

test('no template makes it throw', () => {
  const part = fc.constantFrom(
    '{{',
    '}}',
    '.',
    '.a',
    '$x',
    ' ',
    'if',
    'end',
    'range',
    'else',
    ':=',
    '|',
    '(',
    ')',
    '"s"',
    '`',
    '-',
    'len',
    'index',
    '1',
    'text',
    '{{end}}',
    '{{.a}}',
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      expect(callText(name, [parts.join(''), { a: [1, { b: 'x' }] }])).toMatch(/^"|^eval_builtin_error: /)
    }),
    { numRuns: 400 },
  )
})
