import { expect, test } from 'vitest'
import { callText } from '../builtins/call.ts'
import { moduleJson } from './module-json.ts'
import { parseModule } from './parse.ts'

const rulesOf = (text: string): unknown => {
  const parsed = parseModule({ name: 'x.rego', text: `package x\n${text}\n` }, { regoVersion: 1 })
  return parsed.ok ? moduleJson(parsed.value)['rules'] : parsed.error
}
const typed = (type: string, value: unknown): unknown => ({ type, value })

test('packages, imports and comments', () => {
  const parsed = parseModule({ name: 'x.rego', text: 'package a["b-c"]\n# é\nimport data.y as z' }, { regoVersion: 1 })
  expect(parsed.ok && moduleJson(parsed.value)).toEqual({
    package: { path: [typed('var', 'data'), typed('string', 'a'), typed('string', 'b-c')] },
    imports: [{ path: typed('ref', [typed('var', 'data'), typed('string', 'y')]), alias: 'z' }],
    comments: [{ Location: { file: 'x.rego', row: 2, col: 1 }, Text: 'IMOp' }],
  })
})

test('heads, bodies and branches', () => {
  expect(rulesOf('f(_) := 1 if { not x; y = 2 with input as 3 } else := 4')).toEqual([
    {
      head: { ref: [typed('var', 'f')], name: 'f', args: [typed('var', '$0')], value: typed('number', 1), assign: true },
      body: [
        { index: 0, negated: true, terms: typed('var', 'x') },
        {
          index: 1,
          terms: [typed('ref', [typed('var', 'eq')]), typed('var', 'y'), typed('number', 2)],
          with: [{ target: typed('ref', [typed('var', 'input')]), value: typed('number', 3) }],
        },
      ],
      else: {
        head: { ref: [typed('var', 'f')], name: 'f', args: [typed('var', '$0')], value: typed('number', 4), assign: true },
        body: [{ index: 0, terms: typed('boolean', true) }],
      },
    },
  ])
})

test('elements and entries are in the order of terms', () => {
  expect(rulesOf('p := {x, "a", 3, null} if x := 1')).toMatchObject([
    { head: { value: typed('set', [typed('null', {}), typed('number', 3), typed('string', 'a'), typed('var', 'x')]) } },
  ])
})

test.each([
  ['package foo.', 'x.rego:1: rego_parse_error: unexpected eof token: expected identifier\n\tpackage foo.\n\t           ^'],
  ['package x\np { x }', 'x.rego:2: rego_parse_error: `if` keyword is required before rule body'],
])('what cannot be read is an error: %s', (text, message) => {
  expect(callText('rego.parse_module', ['x.rego', text])).toBe(`eval_builtin_error: rego.parse_module: 1 error occurred: ${message}`)
})

test('nothing is no module', () => {
  expect(callText('rego.parse_module', ['x', ''])).toBe('eval_builtin_error: rego.parse_module: x:0: rego_parse_error: empty module')
})
