import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../../core/json.ts'
import { compileJsonPath } from './json-path.ts'

const root = {
  kind: 'Widget',
  spec: {
    text: 'str',
    'a-b': 'dash',
    nothing: null,
    empty: [],
    letters: ['x', 'y', 'z'],
    nested: [[1, 2], [3]],
    named: { k: 1, 'x.y': 'dotted', '*': 'star' },
    parts: [
      { a: 'p', b: 1, d: { e: 'x' }, tags: ['t'] },
      { a: 'q', b: 2, c: true },
      { a: 'r', b: 3, c: false },
    ],
  },
}

const find = (path: string): readonly Json[] | string => {
  const compiled = compileJsonPath(path)
  return compiled.ok ? compiled.value(root) : compiled.error
}

test.each<[string, readonly Json[]]>([
  ['.spec.text', ['str']],
  ['{.spec.text}', ['str']],
  ['$.spec.text', ['str']],
  ['{@.kind}', ['Widget']],
  ["['kind']", ['Widget']],
  ['.spec .text', ['str']],
  ['.spec.missing', []],
  ['.spec.missing.more', []],
  ['.spec.nothing', [null]],
  ['.spec.nothing.more', []],
  ['.spec.text.more', []],
  ['.', []],
  ['.spec.letters[0]', ['x']],
  ['.spec.letters[-1]', ['z']],
  ['.spec.letters[5]', []],
  ['.spec.letters[-9]', []],
  ['.spec.letters[0:2]', ['x', 'y']],
  ['.spec.letters[1:]', ['y', 'z']],
  ['.spec.letters[-2:]', ['y', 'z']],
  ['.spec.letters[::2]', ['x', 'z']],
  ['.spec.letters[1:3:2]', ['y']],
  ['.spec.letters[::-1]', []],
  ['.spec.letters[:9]', []],
  ['.spec.letters[2:1]', []],
  ['.spec.letters[0,2]', ['x', 'z']],
  ['.spec.letters[*]', ['x', 'y', 'z']],
  ['.spec.letters.*', ['x', 'y', 'z']],
  ['.spec.empty[*]', []],
  ['.spec.empty[0]', []],
  ['.spec.text[0]', []],
  ['.spec[*]', []],
  ['.spec[0]', []],
  ['.spec.nested[*][*]', [1, 2, 3]],
  ["['spec']['a-b']", ['dash']],
  ['.spec.a-b', ['dash']],
  [String.raw`.spec.named['x\.y']`, ['dotted']],
  [String.raw`.spec.named.x\.y`, ['dotted']],
  // The name in quotes is a path of its own.
  ["['spec.named.k']", [1]],
  ["['kind', 'spec.text']", ['Widget', 'str']],
  [".spec['text','a-b']", ['str', 'dash']],
  ['..e', ['x']],
  ['.spec..b', [1, 2, 3]],
  ['.spec.parts[*].a', ['p', 'q', 'r']],
  ['.spec.parts[*].c', [true, false]],
  ['.spec.parts.a', []],
  ['.spec.parts[?(@.a=="q")].b', [2]],
  [".spec.parts[?(@.a=='q')].b", [2]],
  ['.spec.parts[?(@.a == "q")].b', [2]],
  ['.spec.parts[?("q"==@.a)].b', [2]],
  [".spec.parts[?(@['a']=='q')].b", [2]],
  ['.spec.parts[?(@.a!="q")].b', [1, 3]],
  ['.spec.parts[?(@.a>"p")].b', [2, 3]],
  ['.spec.parts[?(@.b>1)].a', ['q', 'r']],
  ['.spec.parts[?(@.b>=2)].a', ['q', 'r']],
  ['.spec.parts[?(@.b<2)].a', ['p']],
  ['.spec.parts[?(@.b<=2)].a', ['p', 'q']],
  ['.spec.parts[?(@.c)].a', ['q', 'r']],
  ['.spec.parts[?(@.c==true)].a', ['q']],
  ['.spec.parts[?(@.c!=true)].a', ['r']],
  ['.spec.parts[?(@.d.e=="x")].a', ['p']],
  ['.spec.parts[?(@.tags[0]=="t")].a', ['p']],
  ['.spec.parts[?(@.a==")")].a', []],
  ['.spec.letters[?(@=="y")]', ['y']],
  // What cannot be compared spoils the whole result.
  ['.spec.parts[?(@.b=="2")].a', []],
  ['.spec.parts[?(@.b==2.0)].a', []],
  ['.spec.parts[?(@.c>false)].a', []],
  ['.spec[?(@.a=="q")].b', []],
])('%s finds %j', (path, found) => {
  expect(find(path)).toEqual(found)
})

test.each([
  ['kind', 'unrecognized identifier kind in "kind"'],
  ['.spec["a-b"]', String.raw`invalid array index "a-b" in ".spec[\"a-b\"]"`],
  ['.spec[kind]', 'invalid array index kind in ".spec[kind]"'],
  ['.spec[', 'unterminated array in ".spec["'],
  ['.spec[]', 'invalid array index  in ".spec[]"'],
  ['.spec[-]', 'array index - is not a number in ".spec[-]"'],
  [".spec['a", 'unterminated array in ".spec[\'a"'],
  ['.spec}', 'unrecognized character "}" in ".spec}"'],
  ['.a[?(@.b', 'unterminated filter in ".a[?(@.b"'],
  ['.a[?(@.b)', 'unclosed array expect ] in ".a[?(@.b)"'],
  ['.a[?(!@.b)]', 'unrecognized character "!" in ".a[?(!@.b)]"'],
  ['.a[?(@.b=!1)]', 'unrecognized filter operator =! in ".a[?(@.b=!1)]"'],
  ['.a[?(@.a=="p"||@.a=="q")]', String.raw`unrecognized character "|" in ".a[?(@.a==\"p\"||@.a==\"q\")]"`],
  [`.${'a'.repeat(5000)}`, expect.stringContaining('longer than 4096 characters')],
])('%s is no path', (path, error) => {
  expect(find(path)).toEqual(error)
})

test('recursion finds what holds something, from the outside in', () => {
  const compiled = compileJsonPath('..')
  expect(compiled.ok && compiled.value({ a: [1, { b: 'text' }], c: '', d: {}, e: 2 })).toEqual([
    { a: [1, { b: 'text' }], c: '', d: {}, e: 2 },
    [1, { b: 'text' }],
    { b: 'text' },
    'text',
  ])
})

test('keys such as __proto__ are ordinary', () => {
  const compiled = compileJsonPath('.__proto__.x')
  expect(compiled.ok && compiled.value(JSON.parse('{"__proto__": {"x": 1}}') as Json)).toEqual([1])
  expect(find('.constructor')).toEqual([])
})

const piece = fc.constantFrom(
  '.',
  '..',
  'a',
  '*',
  '[',
  ']',
  '[*]',
  '[0]',
  '[?(',
  ')',
  '@',
  '==',
  '"',
  "'",
  '1',
  ',',
  ':',
  '\\',
  '{',
  '}',
  ' ',
  '-',
  '!',
)

test('no path and no document make it throw', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), fc.jsonValue({ maxDepth: 4 }), (pieces, document) => {
      const compiled = compileJsonPath(pieces.join(''))
      if (compiled.ok) compiled.value(document as Json)
    }),
    { numRuns: 2000 },
  )
})

test('a path that finds ever more ends', () => {
  const compiled = compileJsonPath('..'.repeat(50))
  const document = Array.from({ length: 50 }, () => Array.from({ length: 50 }, () => ['x']))
  expect(compiled.ok && compiled.value(document)).toEqual([])
})
