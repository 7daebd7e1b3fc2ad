import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../core/json.ts'
import { withAdditionsAt } from '../core/json-additions.ts'
import { loadDocuments, printYaml, toManifests } from '../kube/yaml/yaml.ts'
import { editDiff } from './text-diff.ts'
import type { Addition } from './yaml-edit.ts'
import { applyEdits, editDocuments } from './yaml-edit.ts'

const deep: JsonObject = { securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }

function edited(text: string, ...additions: readonly Addition[]): { readonly text: string; readonly left: number } {
  const { documents } = loadDocuments({ name: 'a.yaml', text })
  const { edits, left } = editDocuments(documents.map((document) => ({ document, additions })))
  return { text: applyEdits(text, edits), left: left.length }
}

const at = (path: Addition['path'], add: JsonObject): Addition => ({ path, add })

test.each<readonly [string, string, Addition, string]>([
  [
    'a block, after what belongs to it and before the comment of the next',
    'a:\n  # one\n  b: 1 # two\n\n# three\nc: 2\n',
    at(['a'], { d: true }),
    'a:\n  # one\n  b: 1 # two\n  d: true\n\n# three\nc: 2\n',
  ],
  [
    'an item of a list',
    'list:\n- name: x\n  args:\n  - y\n- name: z\n',
    at(['list', 0], deep),
    'list:\n- name: x\n  args:\n  - y\n  securityContext:\n    allowPrivilegeEscalation: false\n    capabilities:\n      drop: ["ALL"]\n- name: z\n',
  ],
  ['a map that is there', 'a:\n  b:\n    c: 1\n', at(['a'], { b: { d: 2 } }), 'a:\n  b:\n    c: 1\n    d: 2\n'],
  ['a flow map', 'a: {b: 1, c: "}"} # x\n', at(['a'], { d: ['ALL'] }), 'a: {b: 1, c: "}", d: ["ALL"]} # x\n'],
  ['an empty map', 'a: {}\n', at(['a'], { d: { e: true } }), 'a: {d: {e: true}}\n'],
  ['nothing', 'a: # x\nb: 1\n', at([], { a: { d: true } }), 'a: {d: true} # x\nb: 1\n'],
  ['null', 'a: null\n', at([], { a: { d: true } }), 'a: {d: true}\n'],
  ['JSON on a line', '{"a": {"b": 1}}', at(['a'], { d: { e: 'x' } }), '{"a": {"b": 1, "d": {"e": "x"}}}'],
  ['JSON on lines', '{\n  "a": {\n    "b": 1\n  }\n}\n', at(['a'], { d: 'x' }), '{\n  "a": {\n    "b": 1,\n    "d": "x"\n  }\n}\n'],
  ['a block list', 'a:\n- x # y\nb: 1\n', at([], { a: ['ALL'] }), 'a:\n- x # y\n- ALL\nb: 1\n'],
  ['a flow list', 'a: [x]\n', at([], { a: ['ALL'] }), 'a: [x, ALL]\n'],
  ['a list of quoted texts', 'a: ["x"]\n', at([], { a: ['ALL'] }), 'a: ["x", "ALL"]\n'],
  ['an empty list', 'a: []\n', at([], { a: ['ALL'] }), 'a: [ALL]\n'],
  ['a text without a last line break', 'a:\n  b: 1', at(['a'], { d: true }), 'a:\n  b: 1\n  d: true'],
  ['lines as on Windows', 'a:\r\n  b: 1\r\nc: 2\r\n', at(['a'], { d: true }), 'a:\r\n  b: 1\r\n  d: true\r\nc: 2\r\n'],
  [
    'a text block with what looks like a comment',
    'a:\n  b: |\n    x\n    # y\nc: 1\n',
    at(['a'], { d: true }),
    'a:\n  b: |\n    x\n    # y\n  d: true\nc: 1\n',
  ],
  ['a map with an anchor', 'a: &x\n  b: 1\nc: *x\n', at([], { d: true }), 'a: &x\n  b: 1\nc: *x\nd: true\n'],
])('is written into %s', (_, text, addition, expected) => {
  expect(edited(text, addition)).toEqual({ text: expected, left: 0 })
})

test('what would change something else is left', () => {
  const text = 'a: &x\n  b: 1\nc: *x\n'
  expect(edited(text, at(['a'], { d: true }))).toEqual({ text, left: 1 })
  expect(edited(text, at(['c'], { d: true }))).toEqual({ text, left: 1 })
  // The others are written all the same.
  expect(edited(text, at(['a'], { d: true }), at([], { e: 1 }))).toEqual({ text: `${text}e: 1\n`, left: 1 })
})

test('items of a List and documents after others are written to where they stand', () => {
  const text =
    'kind: x\n---\napiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  spec: {a: 1}\n- apiVersion: v1\n  kind: Pod\n  spec:\n    a: 2\n'
  const { manifests } = toManifests(loadDocuments({ name: 'a.yaml', text }).documents)
  const { edits } = editDocuments(manifests.map(({ document }) => ({ document, additions: [at(['spec'], { b: true })] })))
  expect(applyEdits(text, edits)).toBe(text.replace('{a: 1}', '{a: 1, b: true}').replace('a: 2\n', 'a: 2\n    b: true\n'))
})

const key = fc.constantFrom('a', 'b', 'c', 'name', 'x y', 'on', '1')
const scalar = fc.oneof(
  fc.constantFrom('x', '', 'a: b', '# no', '- x', 'two\nlines\n', "it's", '}', 'null', 'true'),
  fc.boolean(),
  fc.integer(),
  fc.constant(null),
)
const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
  tree: fc.oneof({ maxDepth: 4 }, scalar, fc.dictionary(key, tie('tree'), { maxKeys: 3 }), fc.array(tie('tree'), { maxLength: 3 })),
}))
const root = fc.dictionary(key, tree, { minKeys: 1, maxKeys: 4 })

/** Maps in a value, with where they are. */
function mapsIn(value: Json, path: Addition['path'] = []): readonly Addition['path'][] {
  if (Array.isArray(value)) return value.flatMap((item: Json, index) => mapsIn(item, [...path, index]))
  if (typeof value !== 'object' || value === null) return []
  return [path, ...Object.entries(value as JsonObject).flatMap(([name, item]) => mapsIn(item, [...path, name]))]
}

const styles: Readonly<Record<string, (value: JsonObject) => string>> = {
  block: (value) => printYaml(value),
  commented: (value) => `# first\n${printYaml(value)}# last\n`,
  json: (value) => JSON.stringify(value),
  'json on lines': (value) => `${JSON.stringify(value, undefined, 2)}\n`,
}

test.each(Object.entries(styles))('whatever is added to whatever map, nothing else changes: %s', (_, print) => {
  fc.assert(
    fc.property(root, fc.nat(), (value, choice) => {
      const text = print(value)
      const maps = mapsIn(value)
      const path = maps[choice % maps.length] ?? []
      const addition = at(path, { ...deep, fresh: 'yes' })
      const { text: after, left } = edited(text, addition)
      expect(left).toBe(0)
      expect(loadDocuments({ name: '', text: after }).documents[0]?.value).toEqual(withAdditionsAt(value, path, addition.add))
      // Nothing that was written is gone.
      let found = 0
      for (const character of after) if (character === text[found]) found += 1
      expect(found).toBe(text.length)
    }),
    { numRuns: 150 },
  )
})

test('no text makes it throw', () => {
  const piece = fc.constantFrom(
    'a',
    'b:',
    ' ',
    '\n',
    '  ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '&x ',
    '*x',
    '!t ',
    '# c',
    '|',
    '>',
    ',',
    '<<: ',
    '---\n',
  )
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
      (text) => {
        const result = edited(text, at([], { ...deep, a: { b: true } }))
        expect(result.left).toBeGreaterThanOrEqual(0)
      },
    ),
    { numRuns: 500 },
  )
})

test('the difference is a unified diff', () => {
  const text = Array.from({ length: 20 }, (_, index) => `k${index}: ${index}\n`).join('')
  const edits = [
    { start: text.indexOf('k2:'), end: text.indexOf('k2:'), text: 'new: 1\n' },
    { start: text.length - 1, end: text.length - 1, text: '\nlast: 1' },
  ]
  expect(editDiff('a.yaml', text, edits)).toBe(
    `--- a.yaml\n+++ a.yaml\n@@ -1,6 +1,7 @@\n k0: 0\n k1: 1\n-k2: 2\n+new: 1\n+k2: 2\n k3: 3\n k4: 4\n k5: 5\n@@ -18,3 +19,4 @@\n k17: 17\n k18: 18\n k19: 19\n+last: 1\n`,
  )
  expect(editDiff('a.yaml', 'a: 1', [{ start: 4, end: 4, text: '\nb: 2' }])).toBe(
    '--- a.yaml\n+++ a.yaml\n@@ -1,1 +1,2 @@\n-a: 1\n\\ No newline at end of file\n+a: 1\n+b: 2\n\\ No newline at end of file\n',
  )
  expect(editDiff('a.yaml', 'a: 1', [])).toBe('')
})
