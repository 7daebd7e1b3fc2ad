import { expect, test } from 'vitest'
import { assignText, mutatorText, refusalOf } from './testbed.ts'

const sources = '`externalData`, `value` or `fromMetadata`: invalid assign field'
const pathTests = (...tests: readonly string[]): string =>
  `pathTests: [${tests.map((one) => `{subPath: '${one.slice(1)}', condition: ${one.startsWith('+') ? 'MustExist' : 'MustNotExist'}}`).join(', ')}]`
const metadata = (assign: string, location = 'metadata.labels.a'): string =>
  mutatorText('AssignMetadata', location, `parameters: {assign: ${assign}}`)

test.each([
  [assignText('', '1'), 'empty path'],
  [
    assignText('spec..', '1'),
    'invalid location format `spec..` for Assign m: unexpected token: expected field name or eof, got: SEPARATOR: "."',
  ],
  [assignText('metadata.labels.a', '1'), "assign m can't change metadata"],
  [assignText('spec.a[k: x].k', '1'), 'invalid path format: changing the item key is not allowed'],
  [assignText('spec.a[k: *]', '{}'), "can't append to a globbed list"],
  [assignText('spec.a[k: x]', 'v'), 'invalid value: `v`, only objects can be added to keyed lists'],
  [assignText('spec.a[k: x]', '{k: z}'), 'adding object to list with different key k: list key x, object key z'],
  [assignText('spec.a[k: x]', '{}'), 'adding object to list with different key k: list key x, object key <nil>'],
  [assignText('spec.a[k: 5]', '{k: 5}'), 'adding object to list with different key k: list key 5, object key 5'],
  [assignText('spec.a', 'null'), `assign must set one of ${sources}`],
  [
    mutatorText('Assign', 'spec.a', 'parameters: {assign: {value: 1, fromMetadata: {field: name}}}'),
    `assign must only set one of ${sources}`,
  ],
  [
    mutatorText('Assign', 'spec.a', 'parameters: {assign: {fromMetadata: {field: x}}}'),
    'field x is not recognized: invalid fromMetadata field',
  ],
  [
    mutatorText('Assign', 'spec.a[k: x]', 'parameters: {assign: {fromMetadata: {field: name}}}'),
    'cannot assign a metadata field to a list',
  ],
  [
    mutatorText('Assign', 'spec.a[k: x]', 'parameters: {assign: {externalData: {provider: p}}}'),
    'cannot assign external data response to a list',
  ],
  [
    mutatorText('Assign', 'spec.a', 'parameters: {assign: {externalData: {provider: p, failurePolicy: UseDefault}}}'),
    '`default` must not be empty when `failurePolicy` is set to `UseDefault`',
  ],
  [mutatorText('Assign', 'spec.a', 'applyTo: [], parameters: {assign: {value: 1}}'), 'applyTo required for Assign mutator m'],
  [
    mutatorText('Assign', 'spec.a', 'applyTo: [{kinds: [Pod]}], parameters: {assign: {value: 1}}'),
    'invalid applyTo for Assign mutator m, all of group, version and kind must be specified',
  ],
  [
    mutatorText(
      'Assign',
      'spec.a',
      'applyTo: [{groups: [""], versions: [v1], kinds: [Pod], operations: [Z]}], parameters: {assign: {value: 1}}',
    ),
    'invalid applyTo for Assign mutator m: invalid operation "Z" in applyTo[0].operations: must be one of CREATE, UPDATE, *',
  ],
  [assignText('spec.a', '1', '', 'm'.repeat(64)), 'maximum name length is 63 characters'],
  [assignText('spec.a', '1', pathTests('+spec.')), 'problem parsing sub path `spec.` for Assign m: trailing separators are forbidden'],
  [
    assignText('spec.a[k: x].b', '1', pathTests('+spec.a[k: z]')),
    'all subpaths must be a prefix of the `location` value of the mutation: subpath "spec.a[k: z]" is not a prefix of location "spec.a[k: x].b"',
  ],
  [assignText('a.b', '1', pathTests('-a', '+a')), 'conflicting path test conditions: path "a" is marked both MustExist and MustNotExist'],
  [
    assignText('a.b', '1', pathTests('-a', '+a.b')),
    'conflicting path test conditions: path "a.b" is marked MustExist but parent "a" MustNotExist',
  ],
  [
    assignText('a.b.c', '1', pathTests('-a', '+a.b.c')),
    'conflicting path test conditions: path <nil> is marked MustExist but parent "a" MustNotExist',
  ],
  [metadata('{value: v}', 'metadata.labels'), 'invalid location for assignmetadata m: metadata.labels'],
  [metadata('{value: v}', 'metadata.labels[a:b].c'), 'invalid location for assignmetadata m: metadata.labels[a:b].c'],
  [metadata('{value: v}', 'spec.'), 'invalid location format for AssignMetadata m: spec.: trailing separators are forbidden'],
  [metadata('{value: 1}'), 'spec.parameters.assign.value field must be a string for AssignMetadata "m"'],
  [metadata('{externalData: {provider: p}}'), 'only username data source is supported for assignmetadata m'],
  [mutatorText('ModifySet', 'metadata.finalizers', 'parameters: {}'), "modifyset m can't change metadata"],
  [mutatorText('ModifySet', 'spec.a[k: x]', 'parameters: {}'), 'final node in a modifyset location cannot be a keyed list'],
  [
    mutatorText('AssignImage', 'spec.', 'parameters: {}'),
    'invalid location format `spec.` for assignImage m: trailing separators are forbidden',
  ],
  [mutatorText('AssignImage', 'spec.a[k: x]', 'parameters: {}'), 'assignImage m cannot mutate list-type fields'],
  [
    mutatorText('AssignImage', 'spec.a', 'parameters: {assignDomain: foo}'),
    'assignImage m has invalid parameters: assignDomain "foo" must be a fully-qualified domain name or localhost',
  ],
])('%# %s is refused: %s', (text, message) => {
  expect(refusalOf(text)).toBe(message)
})

test.each([
  [assignText('spec.a', '1', pathTests('+spec', '-spec.a'))],
  [assignText('spec.a[k: x]', '{k: x}')],
  [metadata('{value: v}', 'metadata.annotations."a.b/c"')],
  [metadata('{externalData: {provider: p, dataSource: Username}}')],
  [mutatorText('ModifySet', 'spec.a[k: x].k', 'parameters: {}')],
])('%# %s is taken', (text) => {
  expect(refusalOf(text)).toBeUndefined()
})
