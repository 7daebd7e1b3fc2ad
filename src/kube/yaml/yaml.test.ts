import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isJsonObject, valueAt } from '../../core/json.ts'
import type { Json, JsonPath } from '../../core/json.ts'
import { defaultLimits } from '../../core/limits.ts'
import { ok } from '../../core/result.ts'
import { blockParser, notPlainBlock } from './block.ts'
import { construct } from './construct.ts'
import { parseYamlEvents } from './js-yaml.ts'
import { locateInBlock } from './locate-block.ts'
import { locateByEvents } from './locate-events.ts'
import { locateInJson } from './locate-json.ts'
import { loadDocuments, loadValue, locate, locateInside, printYaml, toManifests } from './yaml.ts'

const source = (text: string) => ({ name: 'a.yaml', text })
const values = (text: string): readonly Json[] => loadDocuments(source(text)).documents.map((document) => document.value)
const problems = (text: string): readonly string[] =>
  loadDocuments(source(text)).diagnostics.map((d) => `${d.code} ${JSON.stringify(text.slice(d.span.start, d.span.end))}: ${d.message}`)

test.each<[string, Json]>([
  ['a:\n  b: "x y\n  z"\n  c: 1', { a: { b: 'x y z', c: 1 } }],
  ["a:\n  b: 'x\nz\n\nw'", { a: { b: 'x z\nw' } }],
  ['a:\n  - "x\n  y"\n  - z', { a: ['x y', 'z'] }],
  ['k: "a\r\nb"\r\nc: 1', { k: 'a b', c: 1 }],
  ['a:\n  b: [1,\n2\n]\n  c: 1', { a: { b: [1, 2], c: 1 } }],
])('inside quotes and brackets indentation does not matter: %j', (text, value) => {
  expect(values(text)).toEqual([value])
})

describe('scalars are read as sigs.k8s.io/yaml reads them', () => {
  test.each<[string, Json]>([
    ['yes', true],
    ['Off', false],
    ['y', true],
    ['tRue', 'tRue'],
    ['012', 10],
    ['0o14', 12],
    ['0b11', 3],
    ['0x1F', 31],
    ['-0x1F', -31],
    ['08', 8],
    ['1_000', 1000],
    ['1e3', 1000],
    ['1.', 1],
    ['.5', 0.5],
    ['+1', 1],
    ['-1', -1],
    ['1e999', '1e999'],
    ['1:20', '1:20'],
    ['2001-01-01', '2001-01-01'],
    ['9007199254740993', 9007199254740992],
    ['18446744073709551616', 18446744073709551616],
    ['~', null],
    ['Null', null],
    ['', null],
    ['100m', '100m'],
    ['1.2.3', '1.2.3'],
    ['"true"', 'true'],
    ["'it''s'", "it's"],
    ['!!str 1', '1'],
    ['!Foo 1', '1'],
    ['! 1', '1'],
    ['!!int "7"', 7],
    ['!!float 1', 1],
    ['!!binary aGVsbG8=', 'hello'],
    ['"a\\x41\\n"', 'aA\n'],
    ['a#b # c', 'a#b'],
    ['a:b', 'a:b'],
    ['--flag=x', '--flag=x'],
    ['|\n  a\n  b', 'a\nb\n'],
    ['|-\n  a\n\n  b\n\n', 'a\n\nb'],
    ['|+\n  a\n', 'a\n\n'],
    ['>-\n  a\n  b', 'a b'],
    ['a\n  b', 'a b'],
    ['[a, "b", 1, {c: d}]', ['a', 'b', 1, { c: 'd' }]],
  ])('%s', (text, value) => {
    expect(values(`v: ${text}\n`)).toEqual([{ v: value }])
    // The second document forces the general parser.
    expect(values(`x: &x 1\nv: ${text}\n`)).toEqual([{ x: 1, v: value }])
  })
})

describe('keys', () => {
  test.each<[string, string]>([
    ['NO', 'false'],
    ['on', 'true'],
    ['012', '10'],
    ['1.50', '1.5'],
    ['1e7', '1e+07'],
    ['"quoted key"', 'quoted key'],
    ['__proto__', '__proto__'],
    ['=(image)', '=(image)'],
    ['+(a)', '+(a)'],
    ['<(a)', '<(a)'],
  ])('%s is the key %s', (text, key) => {
    const [value] = values(`${text}: x\n`)
    expect(isJsonObject(value) && Object.keys(value)).toEqual([key])
  })

  test.each([
    [
      'the last of duplicate keys wins, with a warning',
      'a: 1\nb: 2\na: 3\n',
      { a: 3, b: 2 },
      ['duplicate-key "a": key `a` is given twice, the last one counts'],
    ],
    ['merged maps give keys', 'x: &x {a: 1, b: 2}\nm:\n  <<: *x\n  a: 3\n', { x: { a: 1, b: 2 }, m: { a: 3, b: 2 } }, []],
    [
      'the first of several merged maps wins',
      'x: &x {a: 1}\nz: &z {a: 2, c: 3}\nm:\n  <<: [*x, *z]\n',
      { x: { a: 1 }, z: { a: 2, c: 3 }, m: { a: 1, c: 3 } },
      [],
    ],
  ])('%s', (_, text, value, warnings) => {
    expect(values(text)).toEqual([value])
    expect(problems(text)).toEqual(warnings)
  })
})

describe('streams', () => {
  test.each<[string, string, readonly Json[]]>([
    ['documents are split at ---', 'a: 1\n---\nb: 2\n--- # note\nc: 3', [{ a: 1 }, { b: 2 }, { c: 3 }]],
    ['empty documents are dropped', '---\n---\n# only a comment\n---\na: 1\n---\n', [{ a: 1 }]],
    ['a document may begin on the marker line', '--- {a: 1}\n--- text\n', [{ a: 1 }, 'text']],
    ['... ends a document', 'a: 1\n...\nb: 2\n', [{ a: 1 }, { b: 2 }]],
    ['directives belong to the document after them', '%YAML 1.1\n---\na: 1\n...\n%TAG ! !foo\n---\nb: 2\n', [{ a: 1 }, { b: 2 }]],
    ['a marker in an indented block scalar is text', 'a: |\n  ---\n  x\n', [{ a: '---\nx\n' }]],
    ['a byte order mark and carriage returns are no content', '\ufeffa: 1\r\nb:\r\n- c\r\n---\r\nd: 2\r\n', [{ a: 1, b: ['c'] }, { d: 2 }]],
    ['JSON', '{"a": {"__proto__": 1}}\n', [JSON.parse('{"a": {"__proto__": 1}}') as Json]],
    ['JSON lines', '{"a":1}\n{"b":2}\n', [{ a: 1 }, { b: 2 }]],
    ['flow style is not taken for JSON', '{a: 1}\n', [{ a: 1 }]],
    ['lists at the column of their key', 'a:\n- 1\n- b: 2\n  c: 3\n- - 4\nd:\n', [{ a: [1, { b: 2, c: 3 }, [4]], d: null }]],
  ])('%s', (_, text, expected) => {
    expect(values(text)).toEqual(expected)
  })

  test('one bad document does not lose the others', () => {
    const loaded = loadDocuments(source('a: 1\n---\nb: [1\n---\nc: 3\n'))
    expect(loaded.documents.map((d) => d.value)).toEqual([{ a: 1 }, { c: 3 }])
    expect(loaded.diagnostics.map((d) => d.code)).toEqual(['invalid-yaml'])
  })
})

describe('diagnostics say what was expected, and where', () => {
  test.each([
    ['a:\n\t- b\n', ['invalid-yaml "\\t": expected spaces for indentation, found a tab']],
    ['a: {{ x }}\n', ['invalid-yaml "{": expected a string as a key, found a map']],
    ['null: 1\n', ['invalid-yaml "null": expected a string as a key, found `null`']],
    ['a: .inf\n', ['invalid-yaml ".inf": `.inf` has no JSON form']],
    ['a: *b\n', ['invalid-yaml "*b": expected an anchor `&b` before `*b`']],
    ['a: &b [*b]\n', ['invalid-yaml "*b": the value of anchor `b` contains itself']],
    ['a: !!int x\n', ['invalid-yaml "x": expected a value that `!!int` can hold, found `x`']],
    ['a: 1\n b: 2\n', ['invalid-yaml ":": expected a `key: value` entry at the indentation of its siblings']],
  ])('%j', (text, expected) => {
    expect(problems(text)).toEqual(expected)
  })
})

describe('bounds', () => {
  test('a billion laughs is one diagnostic', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
    for (let i = 1; i < 12; i += 1) lines.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(', ')}]`)
    expect(problems(lines.join('\n')).map((p) => p.replace(/.*: /, ''))).toEqual([
      'expected at most 2000000 values after aliases are expanded',
    ])
  })
  test.each([
    ['flow lists', '['.repeat(5000)],
    ['JSON', `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`],
    ['block lists', '- '.repeat(5000)],
    ['block maps', Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ])('nesting of %s is bounded', (_, text) => {
    expect(loadDocuments(source(text)).diagnostics).toHaveLength(1)
  })
  test('the size of a file is bounded', () => {
    expect(loadDocuments(source('abc: 1'), { ...defaultLimits, fileBytes: 5 }).diagnostics.map((d) => d.code)).toEqual(['file-too-large'])
  })
})

test('loadValue reads one value', () => {
  expect(loadValue('a: [1, yes]')).toEqual(ok({ a: [1, true] }))
  expect(loadValue('{"a": 1}')).toEqual(ok({ a: 1 }))
  expect(loadValue('')).toEqual(ok(null))
  expect(loadValue('a: [').ok).toBe(false)
})

test('lists become their items; what is no object is kept apart', () => {
  const text =
    'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod}\n- {apiVersion: v1, kind: Pod}\n---\na: 1\n---\napiVersion: v1\nkind: Pod\n'
  const { manifests, others } = toManifests(loadDocuments(source(text)).documents)
  expect(manifests.map((m) => m.document.base)).toEqual([['items', 0], ['items', 1], []])
  expect(others.map((d) => d.value)).toEqual([{ a: 1 }])
})

const pod = `# a Pod
apiVersion: v1
kind: Pod
metadata:
  name: "a b"   # quoted
  labels: {app: web}
spec:
  containers:
  # first
  - name: one
    image: 'nginx'
    args:
    - --x
    - |
      line 1

      line 2
    securityContext:
      privileged: true
  -
    name: two
    env: []
  on: x
`
describe('locate', () => {
  const [document] = loadDocuments(source(pod)).documents
  const at = (path: JsonPath, part: 'key' | 'value') => {
    if (document === undefined) throw new Error('the fixture is YAML')
    const span = locate(document, path, part)
    return pod.slice(span.start, span.end)
  }
  test.each<[JsonPath, 'key' | 'value', string]>([
    [['metadata', 'name'], 'value', '"a b"'],
    [['metadata', 'name'], 'key', 'name'],
    [['metadata', 'labels', 'app'], 'value', 'web'],
    [['spec', 'containers', 0, 'image'], 'value', "'nginx'"],
    [['spec', 'containers', 0, 'args', 1], 'value', 'line 1\n\n      line 2'],
    [['spec', 'containers', 0, 'securityContext', 'privileged'], 'value', 'true'],
    [['spec', 'containers', 0, 'securityContext', 'runAsUser'], 'value', 'securityContext'],
    [['spec', 'containers', 1, 'name'], 'value', 'two'],
    [['spec', 'containers', 1, 'env', 0, 'name'], 'value', 'env'],
    [['spec', 'containers', 2], 'value', 'containers'],
    [['spec', 'containers', 0], 'value', 'name'],
    [['spec', 'true'], 'key', 'on'],
    [['nothing'], 'value', 'apiVersion'],
  ])('%j %s', (path, part, expected) => {
    expect(at(path, part)).toBe(expected)
  })

  test('items of a large list are found each on its own', () => {
    const items = Array.from({ length: 3000 }, (_, i) => `- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: pod-${i}\n`)
    const text = `apiVersion: v1\nkind: List\nitems:\n${items.join('')}`
    const { manifests } = toManifests(loadDocuments(source(text)).documents)
    const named = manifests.map((m) => {
      const span = locate(m.document, ['metadata', 'name'], 'value')
      return text.slice(span.start, span.end)
    })
    expect(named).toEqual(items.map((_, i) => `pod-${i}`))
  })

  test('a part of a text is found in what is written', () => {
    const text = 'a: "x {{ b }} \\n {{ b }}"\nc: |\n  one\n  two {{ d }}\n'
    const [loaded] = loadDocuments(source(text)).documents
    if (loaded === undefined) throw new Error('the fixture is YAML')
    const value = 'x {{ b }} \n {{ b }}'
    const span = locateInside(loaded, ['a'], value, { start: 12, end: 19 })
    expect([span.start, text.slice(span.start, span.end)]).toEqual([text.lastIndexOf('{{ b'), '{{ b }}'])
  })
})

describe('printYaml', () => {
  test('sorted keys, lists not indented, quotes where needed', () => {
    const value = {
      b: ['x', { d: 1, c: [] }, [1, 2]],
      a: {
        t: 'true',
        n: '123',
        e: '',
        f: 1.5,
        s: 'a: b',
        h: '# x',
        m: 'one\ntwo',
        k: 'one\n\ntwo\n',
        o: {},
        z: null,
        big: 1e21,
        tab: 'a\tb',
      },
      a10: 1,
      a9: 1,
      yes: 'no',
    }
    expect(printYaml(value)).toMatchInlineSnapshot(`
      "a:
        big: 1e+21
        e: ""
        f: 1.5
        h: '# x'
        k: |
          one

          two
        m: |-
          one
          two
        "n": "123"
        o: {}
        s: 'a: b'
        t: "true"
        tab: "a\\tb"
        z: null
      a9: 1
      a10: 1
      b:
      - x
      - c: []
        d: 1
      - - 1
        - 2
      "yes": "no"
      "
    `)
  })
})

const scalarText = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom(
    'true',
    'no',
    '~',
    '',
    '0x1F',
    '012',
    '1.5',
    '1e3',
    '-',
    '- a',
    'a: b',
    'a #b',
    ' x ',
    'a\nb',
    '\n',
    ' a\nb\n',
    'a\n\n',
    '"',
    "'",
    '{',
    '<<',
    '=',
    '...',
    '---',
    '2001-01-01',
    '1:20',
    '\u00e9',
    '\u{1f600}',
    '{{ x }}',
    '*',
    '?',
    '%',
    '@',
  ),
)
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalarText,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n)),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(scalarText, tie('json'), { maxKeys: 3 }),
  ),
}))

/** Documents as people write them, then damaged in places. */
const fragments = [
  'a',
  'key',
  ': ',
  ':',
  '- ',
  '-',
  ' ',
  '  ',
  '\n',
  '\n  ',
  '\n- ',
  '"',
  "'",
  '#',
  ' # c',
  '|',
  '|-\n',
  '>',
  '&x ',
  '*x',
  '!!str ',
  '[',
  ']',
  '{',
  '}',
  ', ',
  '1',
  'true',
  '~',
  '\t',
  '\r\n',
  '? ',
  '<<: ',
  'é',
  '\u0001',
  '\\',
  '---',
  '"a\\n"',
  '[]',
  '{}',
  '%',
]
const soup = fc.array(fc.constantFrom(...fragments), { maxLength: 14 }).map((parts) => parts.join(''))
const damaged = fc
  .tuple(fc.array(fc.tuple(fc.nat(pod.length), fc.nat(4), fc.constantFrom(...fragments)), { maxLength: 3 }))
  .map(([edits]) => edits.reduce((text, [at, remove, insert]) => text.slice(0, at) + insert + text.slice(at + remove), pod))
const printed = fc.tuple(json, fc.boolean()).map(([value, sortKeys]) => printYaml(value, { sortKeys }))
/** Scalars over several lines, below a key or a dash. */
const line = fc.constantFrom('', '', 'a', 'b c', 'x: y', '- z', '# c', 'd # e', '1', 'null', ' deeper', "'q'", 'f:', '\tt', 'g ')
const lines = fc
  .tuple(
    fc.constantFrom('a: ', '- ', '- k: ', 'a:\n  b: ', 'x: 1\na: '),
    fc.constantFrom('', '|', '|-', '>', '>-', '>+', '> # c', 'word', 'two words', '1', '"q"'),
    fc.array(fc.tuple(fc.constantFrom('', ' ', '  ', '    '), line), { maxLength: 5 }),
    fc.constantFrom('', '\n', '\nz: 1\n', '\n- z\n', '\n\n'),
  )
  .map(([head, first, rest, end]) => head + [first, ...rest.map(([indent, text]) => indent + text)].join('\n') + end)
const documents = fc.oneof(soup, damaged, printed, lines).filter((text) => !/^\s*(?:---|\.\.\.)/m.test(text))

const general = (text: string) => {
  const events = parseYamlEvents(text, defaultLimits.documentDepth)
  return events.ok ? construct(text, events.value, defaultLimits) : events
}

function* pathsOf(value: Json, path: JsonPath = []): Generator<JsonPath> {
  yield path
  yield [...path, 'missing']
  if (Array.isArray(value)) for (const [index, item] of (value as readonly Json[]).entries()) yield* pathsOf(item, [...path, index])
  else if (isJsonObject(value)) for (const [key, member] of Object.entries(value)) yield* pathsOf(member, [...path, key])
}

describe('laws', () => {
  test('printing and loading gives the value back', () => {
    fc.assert(
      fc.property(json, fc.boolean(), (value, sortKeys) => {
        expect(loadValue(printYaml(value, { sortKeys }))).toEqual(ok(value))
      }),
      { numRuns: 400 },
    )
  })

  test('the block parser reads what the general parser reads, or gives up', () => {
    fc.assert(
      fc.property(documents, (text) => {
        const value = blockParser(text, defaultLimits).parse(0, text.length)
        if (value === notPlainBlock) return
        const expected = general(text)
        expect(expected.ok).toBe(true)
        if (expected.ok) expect({ value, duplicateKeys: [] }).toEqual(expected.value ?? { value: null, duplicateKeys: [] })
      }),
      { numRuns: 3000 },
    )
  })

  test('the search by indentation and the search by events agree', () => {
    fc.assert(
      fc.property(documents, (text) => {
        const loaded = general(text)
        if (!loaded.ok || loaded.value === undefined || loaded.value.duplicateKeys.length > 0) return
        for (const path of pathsOf(loaded.value.value)) {
          const found = locateInBlock(text, path, { start: 0, end: text.length })
          if (found !== undefined) expect({ path, ...found }).toEqual({ path, ...locateByEvents(text, path, 512) })
        }
      }),
      { numRuns: 600 },
    )
  })

  test('the search in JSON and the search by events agree', () => {
    fc.assert(
      fc.property(json, fc.constantFrom(undefined, 2), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent)
        for (const path of pathsOf(value)) {
          const found = locateInJson(text, path, 0)
          if (path.at(-1) !== 'missing') expect(found?.steps).toBe(path.length)
          if (isJsonObject(value) || Array.isArray(value)) expect({ path, ...found }).toEqual({ path, ...locateByEvents(text, path, 512) })
        }
      }),
      { numRuns: 200 },
    )
  })

  test('no text makes it throw, and spans stay inside the text', () => {
    fc.assert(
      fc.property(fc.oneof(documents, fc.string({ unit: 'binary' })), (text) => {
        const loaded = loadDocuments(source(text))
        for (const { span } of loaded.diagnostics) expect(span.start <= span.end && span.end <= text.length).toBe(true)
        for (const document of loaded.documents) {
          for (const path of pathsOf(document.value)) {
            const span = locate(document, path, 'value')
            expect(span.start >= 0 && span.start <= span.end && span.end <= text.length).toBe(true)
            expect(valueAt(document.value, path) === undefined || path.length >= 0).toBe(true)
          }
        }
      }),
      { numRuns: 600 },
    )
  })
})
