import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Diagnostic } from './diagnostic.ts'
import { renderDiagnostic } from './render-diagnostic.ts'

const text = 'kind: Pod\nspec:\n  hostNetwork: true\n\tx: 1\r\n'
const at = (start: number, end: number, rest: Partial<Diagnostic> = {}): Diagnostic => ({
  code: 'a-code',
  severity: 'error',
  message: 'expected `false`',
  source: { name: 'pod.yaml', text },
  span: { start, end },
  ...rest,
})

test('message, place, excerpt with carets, help', () => {
  const start = text.indexOf('true')
  expect(renderDiagnostic(at(start, start + 4, { help: 'remove it' }), { color: false })).toMatchInlineSnapshot(`
    "error[a-code]: expected \`false\`
     --> pod.yaml:3:16
      |
    3 |   hostNetwork: true
      |                ^^^^
      = help: remove it"
  `)
})

test('a warning after a tab, with colour', () => {
  const start = text.indexOf('x:')
  const rendered = renderDiagnostic(at(start, start + 100, { severity: 'warning' }), { color: true })
  expect(JSON.stringify(rendered)).toMatchInlineSnapshot(
    `""\\u001b[1;33mwarning[a-code]\\u001b[0m\\u001b[1m: expected \`false\`\\u001b[0m\\n \\u001b[1;34m-->\\u001b[0m pod.yaml:4:2\\n  \\u001b[1;34m|\\u001b[0m\\n\\u001b[1;34m4\\u001b[0m \\u001b[1;34m|\\u001b[0m \\tx: 1\\n  \\u001b[1;34m|\\u001b[0m \\t\\u001b[1;33m^^^^\\u001b[0m""`,
  )
})

test('a long line is shown around the caret', () => {
  const long = `${'a'.repeat(1000)}X${'b'.repeat(1000)}`
  const rendered = renderDiagnostic(at(1000, 1001, { source: { name: 'f', text: long } }), { color: false })
  const [, , , excerpt = '', carets = ''] = rendered.split('\n')
  expect(excerpt.length).toBeLessThan(180)
  expect(excerpt[carets.indexOf('^')]).toBe('X')
})

test('control characters of a file do not reach the terminal', () => {
  const rendered = renderDiagnostic(at(0, 1, { source: { name: 'f', text: 'a\u001b[2Jb' }, message: '\u001b]0;x' }), { color: false })
  expect(rendered).not.toContain('\u001b')
})

test('no span makes it throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(40), fc.nat(40), (content, start, length) => {
      const rendered = renderDiagnostic(at(start, start + length, { source: { name: 'f', text: content } }), { color: false })
      expect(rendered.split('\n')).toHaveLength(content === '' ? 1 : 5)
    }),
  )
})

test('a file that could not be read has no line to show', () => {
  const diagnostic = at(0, 0, { source: { name: 'nope.yaml', text: '' } })
  expect(renderDiagnostic(diagnostic, { color: false })).toBe(`${diagnostic.severity}[${diagnostic.code}]: ${diagnostic.message}`)
})
