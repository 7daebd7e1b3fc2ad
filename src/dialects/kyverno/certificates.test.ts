import { expect, test } from 'vitest'
import { compileJmespath, JmesFailure } from '../../languages/jmespath/jmespath.ts'
import { kyvernoFunctions } from './jmespath-functions.ts'

/** Made with openssl; the private key was thrown away. */
const certificate = `-----BEGIN CERTIFICATE-----
MIICiDCCAfGgAwIBAgIUc26mYBK9T2jH4BnLeigykELFUBIwDQYJKoZIhvcNAQEL
BQAwRjELMAkGA1UEBhMCREUxDjAMBgNVBAoMBUthbm9uMQ8wDQYDVQQLDAZFbmdp
bmUxFjAUBgNVBAMMDWthbm9uLmV4YW1wbGUwHhcNMjYxMTIxMDQxNzM3WhcNMzYx
MTE4MDQxNzM3WjBGMQswCQYDVQQGEwJERTEOMAwGA1UECgwFS2Fub24xDzANBgNV
BAsMBkVuZ2luZTEWMBQGA1UEAwwNa2Fub24uZXhhbXBsZTCBnzANBgkqhkiG9w0B
AQEFAAOBjQAwgYkCgYEAxeKpnftZLNJ3uX/G3cHqW87p5ZlMagOh/tw7gCghG//8
hT4JnCfqumNlQ6iaqx/gVWc0UVNUzidhB/p8Bwypv7MMwdtH3V657CNSfWdhBNkp
DLNBqhC+S7EVKeonDPoGE5+5FT0lFNV0nmsf9aBxx+fjcLDiRxZgA1Z8jhLin/0C
AwEAAaNzMHEwHQYDVR0OBBYEFIWHsvWIx5/Jl/WvRYgO21bxEGF+MB8GA1UdIwQY
MBaAFIWHsvWIx5/Jl/WvRYgO21bxEGF+MA8GA1UdEwEB/wQFMAMBAf8wHgYDVR0R
BBcwFYINa2Fub24uZXhhbXBsZYcECgAAATANBgkqhkiG9w0BAQsFAAOBgQCTcuGE
0Md6f5ftkfLZHaD0jmh+YCuwj7qp1pclto9IuGg1JjCmE8swG3O+8A8K/q6PIe+r
61UA9cSRIXt3fE4lwBruZzcP3ZUBU0M9Lo9CG55SfLvY0VgciRn6LW53EtmGgUwf
KiUAwyJBuzSnvxTrUFkbj7bRe+Q6nboTiia/lA==
-----END CERTIFICATE-----`
const request = `-----BEGIN CERTIFICATE REQUEST-----
MIIBZTCBzwIBADAmMQ4wDAYDVQQKDAVLYW5vbjEUMBIGA1UEAwwLcmVxLmV4YW1w
bGUwgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBAMXiqZ37WSzSd7l/xt3B6lvO
6eWZTGoDof7cO4AoIRv//IU+CZwn6rpjZUOomqsf4FVnNFFTVM4nYQf6fAcMqb+z
DMHbR91euewjUn1nYQTZKQyzQaoQvkuxFSnqJwz6BhOfuRU9JRTVdJ5rH/Wgccfn
43Cw4kcWYANWfI4S4p/9AgMBAAGgADANBgkqhkiG9w0BAQsFAAOBgQARrhjHe7rD
27JLjZg4nOjB7flOVAMJg50RDrj3bHwIheQYWt2fmEiZmlkYwSMxSHLHIOB9xNj8
+P9DLptHfPXh2myFCAkqvOXvtL7rKOsQyOvkL5fugkIThkUjuGr84uq0EvM+qCI0
sgntxLSv8ZWF1p6BCJdaVP4MwTq/pF52sg==
-----END CERTIFICATE REQUEST-----`
/** As openssl prints it, in decimal. */
const modulus =
  '138959854000478127591226360356187594145508788674101215179779777486072426721992997983752169757718112247453163659142263653320867147812475564282240918262889295927865014009309666849155491059748894382959229439111220761784796819883097213276500677683356876088217686853438685977762652969711676466174623148598664273917'

function decode(expression: string): unknown {
  const program = compileJmespath(expression, { functions: kyvernoFunctions, missingKey: 'error' })
  if (!program.ok) throw new Error(program.error[0]?.message)
  const environment = { now: () => new Date(0), random: () => 0, resolveHost: () => undefined }
  const result = program.value.evaluate(
    { certificate, request, broken: certificate.replace('MII', 'MIX'), cut: certificate.replace(/\n.{64}\n/, '\n') },
    environment,
  )
  return result instanceof JmesFailure ? result.message : result
}

test.each([
  [
    'the names of a certificate',
    'x509_decode(certificate).Subject.[CommonName, Country, Organization, OrganizationalUnit, Locality]',
    ['kanon.example', ['DE'], ['Kanon'], ['Engine'], null],
  ],
  ['its issuer is itself', 'x509_decode(certificate) | Issuer == Subject', true],
  ['its times', 'x509_decode(certificate).[NotBefore, NotAfter]', ['2026-11-21T04:17:37Z', '2036-11-18T04:17:37Z']],
  ['its key', 'x509_decode(certificate).PublicKey', { N: modulus, E: 65537 }],
  ['the names it is good for', 'x509_decode(certificate).[DNSNames, IPAddresses, EmailAddresses]', [['kanon.example'], ['10.0.0.1'], null]],
  ['that it is an authority', 'x509_decode(certificate).[IsCA, Version]', [true, 3]],
  ['the names of a request', 'x509_decode(request).Subject.[CommonName, Organization]', ['req.example', ['Kanon']]],
  ['the key of a request', 'x509_decode(request).PublicKey.N', modulus],
  ['what is broken', 'x509_decode(broken)', expect.stringContaining('expected a PEM CERTIFICATE')],
  ['what is cut short', 'x509_decode(cut)', expect.stringContaining('expected a PEM CERTIFICATE')],
])('%s', (_, expression, result) => {
  expect(decode(expression)).toEqual(result)
})
