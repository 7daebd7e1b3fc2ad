import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import type { RegoRecord, RegoValue } from '../values/value.ts'
import { callText } from './call.ts'

test.each([
  ['io.jwt.decode', ['a.b'], 'eval_builtin_error: io.jwt.decode: encoded JWT must have 3 sections, found 2'],
  ['io.jwt.decode', ['a.b.c'], 'eval_builtin_error: io.jwt.decode: JWT header had invalid encoding: illegal base64url string: a'],
  ['io.jwt.decode', ['W10.e30.YQ'], 'eval_builtin_error: io.jwt.decode: bad JWT header: decoded JSON type was not an Object'],
  ['io.jwt.decode', ['e30=.e30.YQ'], '[{}, {}, "61"]'],
  ['io.jwt.decode', ['e30.e30.'], '[{}, {}, ""]'],
  ['io.jwt.verify_hs256', ['e30.e30.YQ', 'x'], 'false'],
  ['io.jwt.verify_rs256', ['e30.e30.YQ', 'x'], 'eval_builtin_error: io.jwt.verify_rs256: failed to parse a JWK key (set): invalid key'],
  [
    'io.jwt.verify_rs256',
    ['e30.e30.YQ', '-----BEGIN PUBLIC KEY-----\nYQ==\n-----END PUBLIC KEY-----'],
    'eval_builtin_error: io.jwt.verify_rs256: failed to parse a PEM public key: asn1: syntax error',
  ],
  [
    'io.jwt.verify_rs256',
    ['e30.e30.YQ', '-----BEGIN XX-----\nYQ==\n-----END XX-----'],
    'eval_builtin_error: io.jwt.verify_rs256: failed to extract a Key from the PEM certificate',
  ],
  [
    'io.jwt.verify_rs256',
    ['e30.e30.YQ', '{}'],
    'eval_builtin_error: io.jwt.verify_rs256: failed to parse a JWK key (set): jwk.ParseString: failed to parse string: jwk.Parse: failed to parse sole key: jwk.ParseKey: invalid key type from JSON ()',
  ],
  ['io.jwt.verify_rs256', ['e30.e30.YQ', '{"keys":[]}'], 'false'],
  ['io.jwt.verify_rs256', ['e30.e30.YQ', '{"kty":"oct","k":"YQ"}'], 'false'],
  ['io.jwt.decode_verify', ['e30.e30.YQ', {}], 'eval_builtin_error: io.jwt.decode_verify: no key constraint'],
  [
    'io.jwt.decode_verify',
    ['e30.e30.YQ', { secret: 'a', foo: 1 }],
    'eval_builtin_error: io.jwt.decode_verify: unknown token validation constraint: foo',
  ],
  ['io.jwt.decode_verify', ['e30.e30.YQ', { secret: 1 }], 'eval_builtin_error: io.jwt.decode_verify: secret constraint: must be a string'],
  ['io.jwt.decode_verify', ['e30.e30.YQ', { secret: 'a', alg: 'XX' }], '[false, {}, {}]'],
  [
    'io.jwt.decode_verify',
    ['e30.e30.YQ', { secret: 'a', alg: 1 }],
    'eval_builtin_error: io.jwt.decode_verify: alg constraint: must be a string',
  ],
  [
    'io.jwt.decode_verify',
    ['e30.e30.YQ', { secret: 'a', time: 'x' }],
    'eval_builtin_error: io.jwt.decode_verify: token time constraint: must be a number',
  ],
  [
    'io.jwt.decode_verify',
    ['e30.e30.YQ', { secret: 'a', time: -1 }],
    'eval_builtin_error: io.jwt.decode_verify: token time constraint: must not be negative',
  ],
  [
    'io.jwt.decode_verify',
    ['e30.e30.YQ', { secret: 'a', aud: 1 }],
    'eval_builtin_error: io.jwt.decode_verify: aud constraint: must be a string',
  ],
  [
    'io.jwt.decode_verify',
    ['e.e.e', { secret: 'a' }],
    'eval_builtin_error: io.jwt.decode_verify: JWT header had invalid encoding: illegal base64url string: e',
  ],
  [
    'io.jwt.encode_sign',
    [{}, {}, {}],
    'eval_builtin_error: io.jwt.encode_sign: jwk.Parse: failed to parse sole key: jwk.ParseKey: invalid key type from JSON ()',
  ],
  ['io.jwt.encode_sign', [{ alg: 'XX' }, {}, { kty: 'oct', k: 'YQ' }], 'eval_builtin_error: io.jwt.encode_sign: unknown JWS algorithm: XX'],
  [
    'io.jwt.encode_sign',
    [{ alg: 1 }, {}, { kty: 'oct', k: 'YQ' }],
    "eval_builtin_error: io.jwt.encode_sign: missing or invalid 'alg' header: value doesn't contain string; it contains number",
  ],
  [
    'io.jwt.encode_sign',
    [{ alg: 'RS256' }, {}, { kty: 'oct', k: 'YQ' }],
    'eval_builtin_error: io.jwt.encode_sign: invalid key type for RS256',
  ],
  [
    'io.jwt.encode_sign',
    [{ alg: 'HS256', typ: 'x' }, { a: '<>' }, { kty: 'oct', k: 'YQ' }],
    '"eyJhbGciOiJIUzI1NiIsInR5cCI6IngifQ.eyJhIjoiXHUwMDNjXHUwMDNlIn0.3ndfuvzX7YKXVa1_T3QO0IzWWJDdQAxL2RMt2IaEyOo"',
  ],
  [
    'io.jwt.encode_sign_raw',
    ['{"alg":"HS256"}', 'x', '{"kty":"oct","k":"YQ"}'],
    'eval_builtin_error: io.jwt.encode_sign_raw: type is JWT but payload is not JSON',
  ],
  [
    'io.jwt.encode_sign_raw',
    ['{"alg":"HS256","typ":"JWT"}', '"x"', '{"kty":"oct","k":"YQ"}'],
    '"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.Ingi.t_zDEEiYCOfVsITHA34mwSszKtgz0ow7zMdXTxOLiNE"',
  ],
  [
    'io.jwt.encode_sign_raw',
    ['{"alg":"HS256","typ":"jwt"}', 'x', '{"kty":"oct","k":"YQ"}'],
    '"eyJhbGciOiJIUzI1NiIsInR5cCI6Imp3dCJ9.eA.823NYcGTaTc9toedLg2YTO8CCjDCCh1AR-TzbDVaXmo"',
  ],
  [
    'io.jwt.encode_sign_raw',
    ['{"alg":"HS256"}', '{}', '{"keys":[{"kty":"oct","k":"YQ"}]}'],
    '"eyJhbGciOiJIUzI1NiJ9.e30.bEionjP7X5J_VkgbZPrgfmAbNskfY4eG97AIRGA5kGg"',
  ],
])('%s%j is %s', (name, args, expected) => {
  expect(callText(name, args)).toBe(expected)
})

const pairs = {
  RS: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ES512: generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  EdDSA: generateKeyPairSync('ed25519'),
}

test.each([
  ['RS256', pairs.RS],
  ['RS512', pairs.RS],
  ['PS256', pairs.RS],
  ['PS384', pairs.RS],
  ['ES256', pairs.ES256],
  ['ES384', pairs.ES384],
  ['ES512', pairs.ES512],
  ['EdDSA', pairs.EdDSA],
])('what %s signs, it verifies, and nothing else does', (algorithm, { privateKey, publicKey }) => {
  const key = Object.fromEntries(Object.entries(privateKey.export({ format: 'jwk' })).map(([name, value]) => [name, String(value)]))
  const token = JSON.parse(callText('io.jwt.encode_sign', [{ alg: algorithm }, { sub: 'a' }, key])) as string
  const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString()
  const jwk = JSON.stringify(publicKey.export({ format: 'jwk' }))
  const name = `io.jwt.verify_${algorithm.toLowerCase()}`
  expect(callText(name, [token, pem])).toBe('true')
  expect(callText(name, [token, jwk])).toBe('true')
  expect(callText('io.jwt.decode_verify', [token, { cert: pem }])).toBe(`[true, {"alg": "${algorithm}"}, {"sub": "a"}]`)
  expect(callText(name, [token.replace(/\.[^.](?=[^.]*$)/, (start) => (start === '.A' ? '.B' : '.A')), pem])).toBe('false')
  const other = algorithm.startsWith('ES') ? pairs.RS : pairs.ES256
  expect(callText(name, [token, other.publicKey.export({ format: 'pem', type: 'spki' }).toString()])).toBe('false')
})

const secret = { kty: 'oct', k: 'c2VjcmV0' }
const signed = (payload: { readonly [claim: string]: string | number | readonly string[] }): string =>
  JSON.parse(callText('io.jwt.encode_sign', [{ alg: 'HS256' }, payload, secret])) as string

test.each([
  [{ iss: 'a' }, { iss: 'a' }, true],
  [{ iss: 'a' }, { iss: 'b' }, false],
  [{ aud: 'a' }, {}, false],
  [{ aud: ['a', 'b'] }, { aud: 'b' }, true],
  [{}, { aud: 'b' }, false],
  [{ exp: 10 }, { time: 9_999_999_999 }, true],
  [{ exp: 10 }, { time: 10_000_000_000 }, false],
  [{ nbf: 10 }, { time: 10_000_000_000 }, true],
  [{ nbf: 10 }, { time: 9_999_999_999 }, false],
  [{}, { alg: 'HS512' }, false],
])('a token with %j under %j: %j', (payload, constraints, holds) => {
  const result = callText('io.jwt.decode_verify', [signed(payload), { ...constraints, secret: 'secret' }])
  expect(result.startsWith(`[${holds}`)).toBe(true)
})

const withHeader = (header: RegoRecord): string =>
  JSON.parse(callText('io.jwt.encode_sign', [{ alg: 'HS256', ...header }, {}, secret])) as string

test.each<[RegoRecord, string]>([
  [{ crit: ['x'] }, '[true,'],
  [{ crit: ['x'], x: 1 }, '[false,'],
  [{ crit: ['kid'], kid: 'a' }, '[true,'],
  [{ crit: 'x' }, 'eval_builtin_error: io.jwt.decode_verify: crit: must be a list'],
  [{ crit: [1] }, 'eval_builtin_error: io.jwt.decode_verify: crit: must be a nonempty list'],
  [{ kid: 1 }, 'eval_builtin_error: io.jwt.decode_verify: kid: must be a string'],
])('a token with the header %j', (header, expected) => {
  expect(callText('io.jwt.decode_verify', [withHeader(header), { secret: 'secret' }]).slice(0, expected.length)).toBe(expected)
})

test.each<[string, readonly RegoValue[], string]>([
  ['io.jwt.decode', ['a'], 'eval_builtin_error: io.jwt.decode: encoded JWT had no period separators'],
  ['io.jwt.decode', ['e30.e30.x'], 'eval_builtin_error: io.jwt.decode: JWT signature had invalid encoding: illegal base64url string: x'],
  ['io.jwt.decode', ['e30..x'], 'eval_builtin_error: io.jwt.decode: invalid JSON: EOF'],
  ['io.jwt.verify_hs256', ['!.!.x', 'a'], 'eval_builtin_error: io.jwt.verify_hs256: illegal base64url string: x'],
  ['io.jwt.verify_hs256', ['!.!.YQ', 'a'], 'false'],
  ['io.jwt.decode_verify', ['e30..x', { secret: 'a', alg: 'HS256' }], '[false, {}, {}]'],
])('%s%j, read only as far as needed, is %s', (name, args, expected) => {
  expect(callText(name, args)).toBe(expected)
})
