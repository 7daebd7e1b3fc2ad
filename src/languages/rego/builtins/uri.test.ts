import { expect, test } from 'vitest'
import { callText } from './call.ts'

test.each([
  [
    'uri.parse',
    ['http://user:pw@a.b:80/x%2Fy?q=1&r=2#frag%20x'],
    '{"fragment": "frag x", "hostname": "a.b", "path": "/x/y", "port": "80", "raw_path": "/x%2Fy", "raw_query": "q=1&r=2", "scheme": "http"}',
  ],
  ['uri.parse', ['mailto:a@b?subject=x'], '{"raw_query": "subject=x", "scheme": "mailto"}'],
  ['uri.parse', ['http://[::1]:80/'], '{"hostname": "::1", "path": "/", "port": "80", "raw_path": "/", "scheme": "http"}'],
  ['uri.parse', ['http://[fe80::1%25en0]/'], '{"hostname": "fe80::1%en0", "path": "/", "raw_path": "/", "scheme": "http"}'],
  ['uri.parse', ['/a?#'], '{"path": "/a", "raw_path": "/a"}'],
  ['uri.parse', ['http://::1/'], '{"hostname": ":", "path": "/", "port": "1", "raw_path": "/", "scheme": "http"}'],
  ['uri.parse', ['http://a[b/'], 'eval_builtin_error: uri.parse: parse "http://a[b/": invalid IP-literal'],
  ['uri.parse', ['http://[::1'], 'eval_builtin_error: uri.parse: parse "http://[::1": missing \']\' in host'],
  [
    'uri.parse',
    ['http://[abc]/'],
    'eval_builtin_error: uri.parse: parse "http://[abc]/": invalid host: ParseAddr("abc"): unable to parse IP',
  ],
  ['uri.parse', ['http://a:b'], 'eval_builtin_error: uri.parse: parse "http://a:b": invalid port ":b" after host'],
  ['uri.parse', ['http://a:b:80/'], '{"hostname": "a:b", "path": "/", "port": "80", "raw_path": "/", "scheme": "http"}'],
  ['uri.parse', ['1a:b'], 'eval_builtin_error: uri.parse: parse "1a:b": first path segment in URL cannot contain colon'],
  ['uri.parse', [':x'], 'eval_builtin_error: uri.parse: parse ":x": missing protocol scheme'],
  ['uri.parse', [''], '{}'],
  ['uri.parse', ['*'], '{"path": "*", "raw_path": "*"}'],
  ['uri.parse', ['http://a/%zz'], 'eval_builtin_error: uri.parse: parse "http://a/%zz": invalid URL escape "%zz"'],
  ['uri.parse', ['http://a/#%zz'], 'eval_builtin_error: uri.parse: parse "http://a/#%zz": invalid URL escape "%zz"'],
  ['uri.parse', ['http://a b/'], 'eval_builtin_error: uri.parse: parse "http://a b/": invalid character " " in host name'],
  ['uri.parse', ['///p'], '{"path": "///p", "raw_path": "///p"}'],
  ['uri.parse', ['http://a/b c'], '{"hostname": "a", "path": "/b c", "raw_path": "/b c", "scheme": "http"}'],
  [
    'uri.parse',
    ['http://a/;,:@&=+$?x?y'],
    '{"hostname": "a", "path": "/;,:@&=+$", "raw_path": "/;,:@&=+$", "raw_query": "x?y", "scheme": "http"}',
  ],
  ['uri.parse', ['HTTP://A/é%C3%A9'], '{"hostname": "A", "path": "/éé", "raw_path": "/é%C3%A9", "scheme": "http"}'],
  ['uri.parse', ['http://a'], 'eval_builtin_error: uri.parse: parse "http://a\\x01": net/url: invalid control character in URL'],
  ['uri.parse', ['http://a/p%3F'], '{"hostname": "a", "path": "/p?", "raw_path": "/p?", "scheme": "http"}'],
  ['uri.parse', ['http://a:/'], '{"hostname": "a", "path": "/", "raw_path": "/", "scheme": "http"}'],
  ['uri.parse', ['http://[::1]a/'], 'eval_builtin_error: uri.parse: parse "http://[::1]a/": invalid port "a" after host'],
  ['uri.parse', ['http://[1.2.3.4]/'], 'eval_builtin_error: uri.parse: parse "http://[1.2.3.4]/": invalid IP-literal'],
  ['uri.parse', ['http://[::1%25%20x]/'], '{"hostname": "::1% x", "path": "/", "raw_path": "/", "scheme": "http"}'],
  ['uri.parse', ['http://a%20b/'], 'eval_builtin_error: uri.parse: parse "http://a%20b/": invalid URL escape "%20"'],
  ['uri.parse', ['http://a%25b/'], '{"hostname": "a%b", "path": "/", "raw_path": "/", "scheme": "http"}'],
  ['uri.parse', ['http://%C3%A9.com/'], '{"hostname": "é.com", "path": "/", "raw_path": "/", "scheme": "http"}'],
  ['uri.parse', ['http://a@b@c/'], '{"hostname": "c", "path": "/", "raw_path": "/", "scheme": "http"}'],
  ['uri.parse', ['http://a/%'], 'eval_builtin_error: uri.parse: parse "http://a/%": invalid URL escape "%"'],
  ['uri.is_valid', [''], 'false'],
  ['uri.is_valid', ['a b'], 'true'],
])('%s%j is %s', (name, args, expected) => {
  expect(callText(name, args)).toBe(expected)
})
