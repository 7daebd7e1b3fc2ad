import { expect, test } from 'vitest'
import { callText } from './call.ts'

test.each([
  [
    'json.patch',
    [{}, [{ op: 'add', path: '/a', value: 1 }, 1]],
    'eval_builtin_error: json.patch: must be an array of JSON-Patch objects, but at least one element is not an object',
  ],
  ['json.patch', [{}, [{ op: 1, path: 'a' }]], "eval_builtin_error: json.patch: attribute 'op' must be a string but found: number"],
  [
    'json.patch',
    [{ a: 1 }, [{ op: 'remove', path: '/b' }]],
    'eval_builtin_error: json.patch: cannot delete child key "b" that does not exist',
  ],
  ['json.patch', [{ a: 1 }, [{ op: 'bad', path: '/b' }]], "eval_builtin_error: json.patch: unrecognized op: 'bad'"],
  ['json.patch', [{ a: 1 }, [{ path: '/b' }]], "eval_builtin_error: json.patch: missing required attribute 'op'"],
  ['json.patch', [{ a: 1 }, [{ op: 'add', path: '/b' }]], "eval_builtin_error: json.patch: missing required attribute 'value'"],
  ['json.patch', [{ a: [1, 2] }, [{ op: 'add', path: '/a/-', value: 2 }]], '{"a": [1, 2, 2]}'],
  [
    'json.patch',
    [{ a: [1, 2] }, [{ op: 'add', path: '/a/5', value: 2 }]],
    'eval_builtin_error: json.patch: index for array insertion out of bounds',
  ],
  [
    'json.patch',
    [{ a: [1, 2] }, [{ op: 'add', path: 'a/00', value: 2 }]],
    'eval_builtin_error: json.patch: leading zeros are not allowed in JSON paths',
  ],
  ['json.patch', [{ a: [1, 2] }, [{ op: 'replace', path: '', value: 2 }]], '2'],
  [
    'json.patch',
    [{ a: [1, 2] }, [{ op: 'move', from: '/a', path: '/a/0' }]],
    'eval_builtin_error: json.patch: path "a" does not exist in object term {}',
  ],
  ['json.patch', [{ a: [1, 2] }, [{ op: 'copy', from: '/a', path: '/b' }]], '{"a": [1, 2], "b": [1, 2]}'],
  [
    'json.patch',
    [{ a: 1 }, [{ op: 'add', path: 3, value: 3 }]],
    'eval_type_error: json.patch: operand 2 must be one of {set, array} containing string paths or array of path segments but got number',
  ],
  [
    'json.patch',
    [{ a: 1 }, [{ op: 'replace', path: '/b', value: 3 }]],
    'eval_builtin_error: json.patch: cannot delete child key "b" that does not exist',
  ],
  [
    'json.patch',
    [[1, 2], [{ op: 'add', path: ['-1'], value: 9 }]],
    'eval_builtin_error: json.patch: index for array insertion out of bounds',
  ],
  ['json.patch', [1, [{ op: 'add', path: '', value: 9 }]], '9'],
  ['json.patch', [{ a: 1 }, [{ op: 'move', from: '/a', path: '/a' }]], '{"a": 1}'],
  [
    'json.patch',
    [{ a: 1 }, [{ op: 'add', path: '/a/b', value: 9 }]],
    'eval_builtin_error: json.patch: expected composite type, found value: 1 (type: ast.Number)',
  ],
  [
    'json.patch',
    [{ a: 1 }, [{ op: 'add', path: '/x/b', value: 9 }]],
    'eval_builtin_error: json.patch: path "x" does not exist in object term {"a": 1}',
  ],
  ['json.patch', [{ a: 1 }, [{ op: 'add', path: '/', value: 9 }]], '{"": 9, "a": 1}'],
  ['json.patch', [{ a: 1 }, [{ op: 'add', path: '//a', value: 9 }]], '{"a": 9}'],
  ['json.patch', [[1], [{ op: 'remove', path: '/1' }]], 'eval_builtin_error: json.patch: index for array delete out of bounds'],
  ['json.patch', [[1], [{ op: 'remove', path: '/-' }]], 'eval_builtin_error: json.patch: index for array delete out of bounds'],
  ['json.patch', [[1], [{ op: 'add', path: '/x', value: 1 }]], 'eval_builtin_error: json.patch: invalid string for indexing'],
  ['json.patch', [[1], [{ op: 'test', path: '/5', value: 1 }]], 'eval_builtin_error: json.patch: path 5 does not exist in array term [1]'],
  [
    'json.patch',
    [{ a: 1 }, [{ op: 'test', path: '/z', value: 1 }]],
    'eval_builtin_error: json.patch: path "z" does not exist in object term {"a": 1}',
  ],
  [
    'json.patch',
    [{ a: 1 }, [{ op: 'copy', from: '/z', path: '/y' }]],
    'eval_builtin_error: json.patch: path "z" does not exist in object term {"a": 1}',
  ],
  ['json.patch', [{ a: 1 }, [{ op: 'move', path: '/y' }]], "eval_builtin_error: json.patch: missing required attribute 'from'"],
  [
    'json.patch',
    [{ a: ['1'] }, [{ op: 'test', path: 'a/01', value: 1 }]],
    'eval_builtin_error: json.patch: leading zeros are not allowed in JSON paths',
  ],
])('%s%j is %s', (name, args, expected) => {
  expect(callText(name, args)).toBe(expected)
})
