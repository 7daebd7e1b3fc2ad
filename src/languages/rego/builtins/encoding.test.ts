import { expect, test } from 'vitest'
import { numberFromText as n } from '../values/number.ts'
import { objectOf, setOf } from '../values/value.ts'
import type { RegoValue } from '../values/value.ts'
import { callText } from './call.ts'

test.each<[string, readonly RegoValue[], string]>([
  ['base64.encode', ['é😀'], '"w6nwn5iA"'],
  ['base64.decode', ['w6nwn5iA'], '"é😀"'],
  ['base64.decode', ['Zg'], 'eval_builtin_error: base64.decode: illegal base64 data at input byte 0'],
  ['base64.decode', ['Zm9v!'], 'eval_builtin_error: base64.decode: illegal base64 data at input byte 4'],
  ['base64.decode', ['Zm\n9v'], '"foo"'],
  ['base64.decode', ['Zg==x'], 'eval_builtin_error: base64.decode: illegal base64 data at input byte 4'],
  ['base64.is_valid', ['Zg=='], 'true'],
  ['base64url.encode', ['??>'], '"Pz8-"'],
  ['base64url.encode_no_pad', ['f'], '"Zg"'],
  ['base64url.decode', ['Zg'], '"f"'],
  ['base64url.decode', ['Zg='], 'eval_builtin_error: base64url.decode: illegal base64 data at input byte 3'],
  ['base64url.decode', ['Z'], 'eval_builtin_error: base64url.decode: illegal base64url string: Z'],
  ['hex.encode', ['é'], '"c3a9"'],
  ['hex.decode', ['c3A9'], '"é"'],
  ['hex.decode', ['6'], 'eval_builtin_error: hex.decode: encoding/hex: odd length hex string'],
  ['hex.decode', ['zz'], "eval_builtin_error: hex.decode: encoding/hex: invalid byte: U+007A 'z'"],
  ['hex.decode', ['\t'], 'eval_builtin_error: hex.decode: encoding/hex: invalid byte: U+0009'],
  ['yaml.unmarshal', ['# x\n---\na: 1\n---\n{'], '{"a": 1}'],
  ['yaml.unmarshal', ['a\n...\nb'], '"a"'],
  ['yaml.unmarshal', ['---\n---\nb'], 'null'],
  ['json.unmarshal', [' '], 'eval_builtin_error: json.unmarshal: EOF'],
  ['json.unmarshal', ['{"a":'], 'eval_builtin_error: json.unmarshal: unexpected EOF'],
  ['json.unmarshal', ['[1,]'], "eval_builtin_error: json.unmarshal: invalid character ']' looking for beginning of value"],
  ['json.unmarshal', ['1 2'], "eval_builtin_error: json.unmarshal: error: invalid character '2' after top-level value"],
  ['json.unmarshal', ['{} x'], "eval_builtin_error: json.unmarshal: invalid character 'x' looking for beginning of value"],
  ['urlquery.encode', ["<&>?~ +!*'()"], '"%3C%26%3E%3F~+%2B%21%2A%27%28%29"'],
  ['urlquery.decode', ['a+b%C3%A9'], '"a bé"'],
  ['urlquery.decode', ['%zz'], 'eval_builtin_error: urlquery.decode: invalid URL escape "%zz"'],
  ['urlquery.encode_object', [{ a: 'x y', b: ['2', '1'], c: setOf(['z', 'y']) }], '"a=x+y&b=2&b=1&c=y&c=z"'],
  [
    'urlquery.encode_object',
    [{ a: 1 }],
    'eval_type_error: urlquery.encode_object: operand 1 values must be string, array[string], or set[string]',
  ],
  ['urlquery.decode_object', ['a=1&b=2&a=3&c'], '{"a": ["1", "3"], "b": ["2"], "c": [""]}'],
  ['urlquery.decode_object', ['a;b'], 'eval_builtin_error: urlquery.decode_object: invalid semicolon separator in query'],
  [
    'json.marshal',
    [{ b: setOf([2, 1]), a: [n('1.0'), '<&> '] }],
    '"{\\"a\\":[1.0,\\"\\\\u003c\\\\u0026\\\\u003e\\\\u2028\\"],\\"b\\":[1,2]}"',
  ],
  [
    'json.marshal',
    [
      objectOf([
        [1, 'a'],
        [[1, 'x'], 2],
      ]),
    ],
    '"{\\"1\\":\\"a\\",\\"[1,\\\\\\"x\\\\\\"]\\":2}"',
  ],
  ['json.marshal_with_options', [{ a: [1, {}] }, { prefix: '>', indent: '  ' }], '">{\\n>  \\"a\\": [\\n>    1,\\n>    {}\\n>  ]\\n>}"'],
  ['json.marshal_with_options', [[1], { pretty: false, prefix: '>' }], '"[1]"'],
  [
    'json.marshal_with_options',
    [[], { foo: 1 }],
    'eval_type_error: json.marshal_with_options: operand 2 object contained unknown key "foo"',
  ],
  [
    'json.marshal_with_options',
    [[], { indent: 1 }],
    'eval_type_error: json.marshal_with_options: operand 2 key "indent" failed cast to string: operand 0 must be string but got number',
  ],
  ['json.unmarshal', ['[1,2.50,1e3,-0,12345678901234567890]'], '[1, 2.50, 1e3, -0, 12345678901234567890]'],
  ['json.unmarshal', ['{"__proto__":1,"a":1,"a":2}'], '{"__proto__": 1, "a": 2}'],
  ['json.unmarshal', ['"\\ud800x"'], '"�x"'],
  ['json.is_valid', ['1 2'], 'false'],
  ['json.is_valid', [1], 'false'],
  ['yaml.marshal', [{ b: [1, 'yes'], a: setOf([]) }], '"a: []\\nb:\\n- 1\\n- \\"yes\\"\\n"'],
  ['yaml.unmarshal', ['a: [1, {b: c}]'], '{"a": [1, {"b": "c"}]}'],
  ['yaml.is_valid', ['{'], 'false'],
])('%s of %j is %s', (name, args, expected) => {
  expect(callText(name, args)).toBe(expected)
})
