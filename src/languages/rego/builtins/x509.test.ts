import { expect, test } from 'vitest'
import { callText } from './call.ts'

test.each([
  ['crypto.x509.parse_certificates', [''], '[]'],
  ['crypto.x509.parse_certificates', ['Zm9v'], 'eval_builtin_error: crypto.x509.parse_certificates: x509: malformed certificate'],
  [
    'crypto.x509.parse_certificates',
    ['-----BEGIN XX-----\nYQ==\n-----END XX-----'],
    "eval_builtin_error: crypto.x509.parse_certificates: PEM block type is 'XX', expected CERTIFICATE",
  ],
  [
    'crypto.x509.parse_certificates',
    ['-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----'],
    'eval_builtin_error: crypto.x509.parse_certificates: x509: malformed certificate',
  ],
  ['crypto.x509.parse_and_verify_certificates', [''], '[false, []]'],
  ['crypto.x509.parse_and_verify_certificates', ['foobar'], '[false, []]'],
  ['crypto.x509.parse_and_verify_certificates_with_options', ['foobar', { x: 1 }], '[false, []]'],
  [
    'crypto.x509.parse_certificate_request',
    [''],
    'eval_builtin_error: crypto.x509.parse_certificate_request: asn1: syntax error: sequence truncated',
  ],
  [
    'crypto.x509.parse_certificate_request',
    ['MAA='],
    'eval_builtin_error: crypto.x509.parse_certificate_request: asn1: syntax error: sequence truncated',
  ],
  [
    'crypto.x509.parse_certificate_request',
    ['-----BEGIN XX-----\nYQ==\n-----END XX-----'],
    'eval_builtin_error: crypto.x509.parse_certificate_request: illegal base64 data at input byte 0',
  ],
  ['crypto.x509.parse_rsa_private_key', ['Zm9v'], 'null'],
  ['crypto.x509.parse_rsa_private_key', [''], 'eval_builtin_error: crypto.x509.parse_rsa_private_key: input PEM data was empty'],
  ['crypto.x509.parse_keypair', ['a', 'b'], 'eval_builtin_error: crypto.x509.parse_keypair: illegal base64 data at input byte 0'],
  [
    'crypto.x509.parse_keypair',
    ['-----BEGIN XX-----\nYQ==\n-----END XX-----', 'b'],
    'eval_builtin_error: crypto.x509.parse_keypair: illegal base64 data at input byte 0',
  ],
  ['crypto.parse_private_keys', ['nope'], '[]'],
])('%s%j is %s', (name, args, expected) => {
  expect(callText(name, args)).toBe(expected)
})

const certificate = `-----BEGIN CERTIFICATE-----
MIIBLDCB36ADAgECAhQRxUh71TDHZYLmDY/E7EHAwmgjzjAFBgMrZXAwDDEKMAgG
A1UEAwwBcjAeFw0yNjExMjExMDA0MTVaFw0yNjEyMjExMDA0MTVaMAwxCjAIBgNV
BAMMAXIwKjAFBgMrZXADIQCIwGuib15qUJNbcFA0jIQ2o7WvnM5FWVkKR45fIzcd
qaNTMFEwHQYDVR0OBBYEFKBAyjrRr71pkdz1mFuuu/eFLRB9MB8GA1UdIwQYMBaA
FKBAyjrRr71pkdz1mFuuu/eFLRB9MA8GA1UdEwEB/wQFMAMBAf8wBQYDK2VwA0EA
980LcjL8cFmcEEx9B66E5RBAcwPcJYn+lUZJhp4nOi4sCUZiF9cdkIjZpmQIUaBM
Eq/qHOQCphEwqr6UmBLOAg==
-----END CERTIFICATE-----`

test.each([
  ['Subject', '"CommonName": "r"'],
  ['Validity', '"NotAfter": "2026-12-21T10:04:15Z", "NotBefore": "2026-11-21T10:04:15Z"'],
  ['Key', '"PublicKey": "iMBrom9ealCTW3BQNIyENqO1r5zORVlZCkeOXyM3Hak=", "PublicKeyAlgorithm": 4'],
  ['Constraints', '"BasicConstraintsValid": true'],
  ['Path length', '"MaxPathLen": -1, "MaxPathLenZero": false'],
  ['Key identifier', '"AuthorityKeyId": "oEDKOtGvvWmR3PWYW66794UtEH0="'],
])('a certificate shows its %s', (_, part) => {
  expect(callText('crypto.x509.parse_certificates', [certificate])).toContain(part)
})

const during = BigInt(Date.UTC(2026, 11, 1)) * 1_000_000n
const pair = `${certificate}\n${certificate}`

test.each([
  ['a root that is the leaf', pair, during, 'true'],
  ['a chain that has expired', pair, during * 2n, 'false'],
  ['a root alone', certificate, during, 'false'],
])('%s: %#', (_, text, now, expected) => {
  const name = 'crypto.x509.parse_and_verify_certificates'
  expect(callText(name, [text], { now }).startsWith(`[${expected}`)).toBe(true)
})

test.each([
  [{ DNSName: 1 }, "'DNSName' should be a string"],
  [{ KeyUsages: ['KeyUsageNone'] }, "invalid entries for 'KeyUsages' found: [KeyUsageNone]"],
  [{ Other: 1 }, 'invalid key option'],
])('the options %j are refused', (options, problem) => {
  const name = 'crypto.x509.parse_and_verify_certificates_with_options'
  expect(callText(name, [pair, options])).toBe(`eval_builtin_error: ${name}: ${problem}`)
})
