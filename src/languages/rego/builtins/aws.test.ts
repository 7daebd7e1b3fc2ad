import fc from 'fast-check'
import { expect, test } from 'vitest'
import { numberFromText } from '../values/number.ts'
import type { RegoRecord, RegoValue } from '../values/value.ts'
import { callText } from './call.ts'

const config = { aws_access_key: 'AK', aws_secret_access_key: 'SK', aws_service: 's3', aws_region: 'us-east-1' }
const time = numberFromText('1451311705000000000')
const sign = (request: RegoValue, more: RegoRecord = {}, at: RegoValue = time): string =>
  callText('providers.aws.sign_req', [request, { ...config, ...more }, at])

/** What the header says of the signature. */
const signed = (text: string): string => /SignedHeaders=([^"]*)/.exec(text)?.[1] ?? text

test.each<[string, RegoRecord, string]>([
  ['http://e.com', {}, 'host;x-amz-content-sha256;x-amz-date,Signature=6a712f2ecc92749cf7c7ed028ed7b66f868a2b0fdaaa16d22878af5ba3928e16'],
  [
    'http://example.com:8080/a b/c%2Fd?z=1&a=2&a=1&q',
    {},
    'host;x-amz-content-sha256;x-amz-date,Signature=83ba5e4f95c028a2c55bb1434aeb72a277325d2c1fa5f16c49e7eaa913842c93',
  ],
  [
    'http://e.com//a/../b/./c?',
    { aws_service: 'iam' },
    'host;x-amz-date,Signature=bdba86ec923517e4361197a313f75f3876bd7bedab8d5b2003de7151939978eb',
  ],
])('a request for %s is signed', (url, more, expected) => {
  expect(signed(sign({ method: 'get', url }, more))).toBe(expected)
})

test('headers that are given are signed as they are, and those of the signature stay', () => {
  const headers = { 'Foo-Bar': '  a   b ', host: 'other', 'x-amz-date': 'zzz', arr: ['b', 'a'], n: 1 }
  const text = sign({ method: 'POST', url: 'http://example.com/', headers })
  expect(signed(text)).toBe(
    'arr;foo-bar;host;n;x-amz-content-sha256;x-amz-date,Signature=efc4c78c5dcda9e34cfc7feacf872c6701950e6bfb35f2a61ca89b83e965c33f',
  )
  expect(text).toContain('"host": "example.com"')
  expect(text).toContain('"x-amz-date": "20151228T140825Z"')
})

test('a time before 1970 is in the second that had begun', () => {
  expect(sign({ method: 'get', url: 'http://e.com' }, {}, -5)).toContain('"x-amz-date": "19691231T235959Z"')
})

test.each<[string, RegoValue, RegoRecord, RegoValue, string]>([
  [
    'keys are missing',
    {},
    {},
    1,
    'eval_type_error: providers.aws.sign_req: operand 1 missing required request parameters(s): {"method", "url"}',
  ],
  ['a key is unknown', { foo: 1 }, {}, 1, 'eval_type_error: providers.aws.sign_req: operand 1 invalid request parameters(s): {"foo"}'],
  [
    'a key is no text',
    { method: 'get', url: 'http://e.com' },
    { aws_region: 1 },
    1,
    'eval_type_error: providers.aws.sign_req: operand 2 invalid values for required AWS config parameters(s): {"aws_region"}',
  ],
  [
    'the time is no whole number',
    { method: 'get', url: 'http://e.com' },
    {},
    numberFromText('0.5'),
    'eval_type_error: providers.aws.sign_req: operand 3 could not convert time_ns value into a unix timestamp',
  ],
  [
    'the URL is none',
    { method: 'get', url: '://bad' },
    {},
    1,
    'eval_builtin_error: providers.aws.sign_req: parse "://bad": missing protocol scheme',
  ],
])('nothing is signed where %s', (_, request, more, at, message) => {
  expect(sign(request, more, at)).toBe(message)
})

test('no request makes it throw', () => {
  const headers = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer()), { maxKeys: 3 })
  fc.assert(
    fc.property(fc.string(), fc.webUrl(), headers, fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), (method, url, given, at) => {
      const request = { method, url, headers: given, body: given }
      expect(sign(request, {}, numberFromText(String(at)))).toBeTypeOf('string')
    }),
    { numRuns: 200 },
  )
})
