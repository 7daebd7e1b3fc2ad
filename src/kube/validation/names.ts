import { hasOnlyPrefix, isIpAddress, parseCidr } from './ip.ts'

/** What is wrong with a text, in the words of the API server; [] for a good one. */
export type Messages = readonly string[]

const byteLength = (text: string): number => Buffer.byteLength(text, 'utf8')

const example = (regex: string, ...examples: readonly string[]): string =>
  `(e.g. ${examples.map((text) => `'${text}'`).join(',  or ')}, regex used for validation is '${regex}')`

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const subdomain = `${label}(\\.${label})*`
const labelText = `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character ${example(label, 'my-name', '123-abc')}`
const subdomainText = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character ${example(subdomain, 'example.com')}`

const whole = (regex: string): RegExp => new RegExp(`^${regex}$`)
const isLabel = whole(label)
// Every part of a subdomain is a label: matching part by part is linear whatever the text.
const isSubdomain = (text: string): boolean => text.split('.').every((part) => isLabel.test(part))

const atMost = (count: number, unit = 'characters'): string => `must be no more than ${count} ${unit}`

export function dns1123Subdomain(text: string): Messages {
  return [...(byteLength(text) > 253 ? [atMost(253)] : []), ...(isSubdomain(text) ? [] : [subdomainText])]
}

export function dns1123Label(text: string): Messages {
  if (byteLength(text) > 63) return isLabel.test(text) ? [atMost(63)] : [atMost(63), labelMistake(text)]
  return isLabel.test(text) ? [] : [labelMistake(text)]
}

/** A subdomain is a frequent mistake where only a label may stand. */
const labelMistake = (text: string): string => (isSubdomain(text) ? 'must not contain dots' : labelText)

const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?'
const isLabel1035 = whole(label1035)
export const dns1035Text = `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character ${example(label1035, 'my-name', 'abc-123')}`

export function dns1035Label(text: string): Messages {
  return [...(byteLength(text) > 63 ? [atMost(63)] : []), ...(isLabel1035.test(text) ? [] : [dns1035Text])]
}

/** Kinds are labels but for their case. */
export const kindName = (text: string): Messages =>
  dns1035Label(text.toLowerCase()).map((message) => `may have mixed case, but should otherwise match: ${message}`)

const wildcardText = `a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character ${example(`\\*\\.${subdomain}`, '*.example.com')}`

export const wildcardSubdomain = (text: string): Messages => [
  ...(byteLength(text) > 253 ? [atMost(253)] : []),
  ...(text.startsWith('*.') && isSubdomain(text.slice(2)) ? [] : [wildcardText]),
]

const underscoreLabel = /^_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/
const underscoreRegex = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?'
const underscoreText = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character ${example(`${underscoreRegex}(\\.${underscoreRegex})*`, 'example.com')}`

/** Search domains may begin with an underscore. */
export const searchDomain = (text: string): Messages => [
  ...(byteLength(text) > 253 ? [atMost(253)] : []),
  ...(text.split('.').every((part) => underscoreLabel.test(part)) ? [] : [underscoreText]),
]

/** The names of kinds that may be nearly anything. */
export function pathSegment(text: string): Messages {
  if (text === '.' || text === '..') return [`may not be '${text}'`]
  return ['/', '%'].filter((character) => text.includes(character)).map((character) => `may not contain '${character}'`)
}

const qualifiedRegex = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const isQualifiedPart = whole(qualifiedRegex)
const partText = `must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character ${example(qualifiedRegex, 'MyName', 'my.name', '123-abc')}`

/** The keys of labels and annotations, and names like them: `[prefix/]name`. */
export function qualifiedName(text: string, what = 'a valid label key'): Messages {
  const parts = text.split('/')
  const [first = '', second] = parts
  if (parts.length > 2) return [`${what} ${partText} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]
  const name = second ?? first
  const messages: string[] = []
  if (second !== undefined && first === '') messages.push('prefix part must be non-empty')
  else if (second !== undefined) messages.push(...dns1123Subdomain(first).map((message) => `prefix part ${message}`))
  if (name === '') messages.push('name part must be non-empty')
  else if (byteLength(name) > 63) messages.push(`name part ${atMost(63, 'bytes')}`)
  if (!isQualifiedPart.test(name)) messages.push(`name part ${partText}`)
  return messages
}

const labelValueRegex = `(${qualifiedRegex})?`
const isLabelValue = whole(labelValueRegex)
const labelValueText = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character ${example(labelValueRegex, 'MyValue', 'my_value', '12345')}`

export const labelValue = (text: string): Messages => [
  ...(byteLength(text) > 63 ? [atMost(63, 'bytes')] : []),
  ...(isLabelValue.test(text) ? [] : [labelValueText]),
]

/** `example.com/path`. */
export function domainPrefixedPath(text: string): Messages {
  const slash = text.indexOf('/')
  if (slash <= 0 || slash === text.length - 1) return ['must be a domain-prefixed path (such as "acme.io/foo")']
  const path = text.slice(slash + 1)
  return [
    ...dns1123Subdomain(text.slice(0, slash)),
    ...(/^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(path)
      ? []
      : [`Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')`]),
  ]
}

/** A domain of at least `dots` + 1 parts. */
export function fullyQualifiedDomain(text: string, segments: 'two' | 'three'): Messages {
  const wrong = dns1123Subdomain(text)
  if (wrong.length > 0) return wrong
  const count = text.split('.').length
  if (segments === 'three') return count < 3 ? ['should be a domain with at least three segments separated by dots'] : []
  return count < 2 ? ['should be a domain with at least one dot'] : []
}

/** IANA service names, for ports. */
export function portName(text: string): Messages {
  const messages: string[] = []
  if (text.length > 15) messages.push(atMost(15))
  if (!/^[-a-z0-9]+$/.test(text)) messages.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  if (!/[a-z]/.test(text)) messages.push('must contain at least one letter (a-z)')
  if (text.includes('--')) messages.push('must not contain consecutive hyphens')
  if (text.startsWith('-') || text.endsWith('-')) messages.push('must not begin or end with a hyphen')
  return messages
}

export const portNumber = (port: number): Messages => (port >= 1 && port <= 65_535 ? [] : ['must be between 1 and 65535, inclusive'])

export function configMapKey(text: string): Messages {
  const messages: string[] = []
  if (byteLength(text) > 253) messages.push(atMost(253))
  if (!/^[-._a-zA-Z0-9]+$/.test(text))
    messages.push(
      `a valid config key must consist of alphanumeric characters, '-', '_' or '.' ${example('[-._a-zA-Z0-9]+', 'key.name', 'KEY_NAME', 'key-name')}`,
    )
  if (text === '.') messages.push("must not be '.'")
  else if (text === '..') messages.push("must not be '..'")
  else if (text.startsWith('..')) messages.push("must not start with '..'")
  return messages
}

export const environmentName = (text: string): Messages =>
  /^[ -<>-~]+$/.test(text) ? [] : ["a valid environment variable name must consist only of printable ASCII characters other than '='"]

export const httpHeaderName = (text: string): Messages =>
  /^[-A-Za-z0-9]+$/.test(text)
    ? []
    : [`a valid HTTP header must consist of alphanumeric characters or '-' ${example('[-A-Za-z0-9]+', 'X-Header-Name')}`]

export const percentText =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
export const isPercent = (text: string): boolean => /^[0-9]+%$/.test(text)

const withoutZeros = (text: string): string => text.replaceAll(/(^|[./])0+(?=\d)/g, '$1')

export function ipAddress(text: string): Messages {
  if (isIpAddress(text)) return /^::ffff:\d+\./i.test(text) ? ['must not be an IPv4-mapped IPv6 address'] : []
  if (isIpAddress(withoutZeros(text))) return ['must not have leading 0s']
  return ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']
}

export function cidr(text: string): Messages {
  const range = parseCidr(text)
  if (range !== undefined) return hasOnlyPrefix(range) ? [] : ['must not have bits set beyond the prefix length']
  if (parseCidr(withoutZeros(text)) !== undefined) return ['must not have leading 0s in IP or prefix length']
  return ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']
}

/** The names that objects are given in other objects, if they are given. */
export type NameCheck = (text: string) => Messages
