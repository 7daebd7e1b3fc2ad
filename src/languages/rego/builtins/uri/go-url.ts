import type { Result } from '../../../../core/result.ts'
import { err, ok } from '../../../../core/result.ts'
import { parseIp } from '../../../../kube/validation/ip.ts'
import { quote } from './quote.ts'

/** A URL as Go's net/url reads it. */
export interface GoUrl {
  readonly scheme: string
  readonly opaque: string
  readonly user: { readonly name: string; readonly password: string | undefined } | undefined
  /** Host and port, unescaped. */
  readonly host: string
  readonly path: string
  /** Only where the default encoding of `path` is not what was written. */
  readonly rawPath: string
  readonly omitHost: boolean
  readonly forceQuery: boolean
  readonly rawQuery: string
  readonly fragment: string
  readonly rawFragment: string
}

/** The path as it is written by default, however it was written. */
export const encodedPath = ({ path }: GoUrl): string => escape(path, 'path')

type Mode = 'path' | 'host' | 'zone' | 'userinfo' | 'fragment'

/** url.Parse; the error is its text: `parse "…": …`. */
export function parseGoUrl(text: string): Result<GoUrl, string> {
  const [front, fragment] = cut(text, '#')
  const url = parseFront(front)
  if (!url.ok) return err(`parse ${quote(front)}: ${url.error}`)
  const decoded = unescape(fragment, 'fragment')
  if (!decoded.ok) return err(`parse ${quote(text)}: ${decoded.error}`)
  const rawFragment = escape(decoded.value, 'fragment') === fragment ? '' : fragment
  return ok({ ...url.value, fragment: decoded.value, rawFragment })
}

/** URL.Hostname: without port and brackets. */
export function hostnameOf({ host }: GoUrl): string {
  return splitHost(host)[0]
}

/** URL.Port: '' where there is none. */
export function portOf({ host }: GoUrl): string {
  return splitHost(host)[1]
}

function splitHost(host: string): readonly [string, string] {
  const colon = host.lastIndexOf(':')
  const hasPort = colon >= 0 && isPort(host.slice(colon))
  const name = hasPort ? host.slice(0, colon) : host
  return [name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : name, hasPort ? host.slice(colon + 1) : '']
}

const isPort = (text: string): boolean => text === '' || /^:[0-9]*$/.test(text)

/** Before and after the first separator. */
function cut(text: string, separator: string): readonly [string, string, boolean] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, '', false] : [text.slice(0, at), text.slice(at + separator.length), true]
}

const empty: GoUrl = {
  scheme: '',
  opaque: '',
  user: undefined,
  host: '',
  path: '',
  rawPath: '',
  omitHost: false,
  forceQuery: false,
  rawQuery: '',
  fragment: '',
  rawFragment: '',
}

function parseFront(text: string): Result<GoUrl, string> {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(text)) return err('net/url: invalid control character in URL')
  if (text === '*') return ok({ ...empty, path: '*' })
  if (text.startsWith(':')) return err('missing protocol scheme')
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text)?.[1] ?? ''
  const afterScheme = scheme === '' ? text : text.slice(scheme.length + 1)
  const forceQuery = afterScheme.endsWith('?') && afterScheme.indexOf('?') === afterScheme.length - 1
  const [rest, rawQuery] = cut(afterScheme, '?')
  const url = { ...empty, scheme: scheme.toLowerCase(), forceQuery, rawQuery }
  if (!rest.startsWith('/')) {
    if (scheme !== '') return ok({ ...url, opaque: rest })
    if (cut(rest, '/')[0].includes(':')) return err('first path segment in URL cannot contain colon')
  }
  return withAuthority(url, rest)
}

function withAuthority(url: GoUrl, rest: string): Result<GoUrl, string> {
  const hasAuthority = rest.startsWith('//') && (url.scheme !== '' || !rest.startsWith('///'))
  if (!hasAuthority) return withPath({ ...url, omitHost: url.scheme !== '' && rest.startsWith('/') }, rest)
  const slash = rest.indexOf('/', 2)
  const authority = slash < 0 ? rest.slice(2) : rest.slice(2, slash)
  const at = authority.lastIndexOf('@')
  const host = parseHost(authority.slice(at + 1))
  if (!host.ok) return host
  const user = at < 0 ? ok(undefined) : parseUser(authority.slice(0, at))
  if (!user.ok) return user
  return withPath({ ...url, host: host.value, user: user.value }, slash < 0 ? '' : rest.slice(slash))
}

function withPath(url: GoUrl, written: string): Result<GoUrl, string> {
  const path = unescape(written, 'path')
  return path.ok ? ok({ ...url, path: path.value, rawPath: escape(path.value, 'path') === written ? '' : written }) : path
}

function parseUser(text: string): Result<GoUrl['user'], string> {
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(text)) return err('net/url: invalid userinfo')
  const [writtenName, writtenPassword, hasPassword] = cut(text, ':')
  const name = unescape(writtenName, 'userinfo')
  if (!name.ok) return name
  const password = unescape(writtenPassword, 'userinfo')
  return password.ok ? ok({ name: name.value, password: hasPassword ? password.value : undefined }) : password
}

function parseHost(text: string): Result<string, string> {
  if (text.startsWith('[')) return parseBracketed(text)
  if (text.includes('[') && text.indexOf('[') > 0) return err('invalid IP-literal')
  const colon = text.lastIndexOf(':')
  if (colon >= 0 && !isPort(text.slice(colon))) return err(`invalid port ${quote(text.slice(colon))} after host`)
  return unescape(text, 'host')
}

function parseBracketed(text: string): Result<string, string> {
  const close = text.lastIndexOf(']')
  if (close < 0) return err("missing ']' in host")
  const port = text.slice(close + 1)
  if (!isPort(port)) return err(`invalid port ${quote(port)} after host`)
  const zoneAt = text.slice(0, close).indexOf('%25')
  const address = unescape(text.slice(1, zoneAt < 0 ? close : zoneAt), 'host')
  if (!address.ok) return address
  const zone = zoneAt < 0 ? ok('') : unescape(text.slice(zoneAt, close), 'zone')
  if (!zone.ok) return zone
  const ip = parseIp(address.value)
  if (ip === undefined) return err(`invalid host: ParseAddr(${quote(address.value)}): unable to parse IP`)
  if (ip.family !== 6) return err('invalid IP-literal')
  return ok(`[${address.value}${zone.value}]${port}`)
}

const hostPunctuation = /[!$&'()*+,;=:[\]<>"]/
const unreserved = /[A-Za-z0-9\-_.~]/

/** Whether a character is written with a percent sign in a part of a URL. */
function isEscaped(char: string, mode: Mode): boolean {
  if (unreserved.test(char)) return false
  switch (mode) {
    case 'host':
    case 'zone':
      return !hostPunctuation.test(char)
    case 'path':
      return !/[$&+,/:;=@]/.test(char)
    case 'userinfo':
      return !/[$&+,;=]/.test(char)
    case 'fragment':
      return !/[$&+,/:;=?@!()*]/.test(char)
  }
}

function escape(text: string, mode: Mode): string {
  let out = ''
  for (const byte of Buffer.from(text, 'utf8')) {
    const char = String.fromCharCode(byte)
    out += byte < 0x80 && !isEscaped(char, mode) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return out
}

function unescape(text: string, mode: Mode): Result<string, string> {
  const bytes: number[] = []
  const written = Buffer.from(text, 'utf8')
  for (let at = 0; at < written.length; at += 1) {
    const byte = written[at] ?? 0
    const char = String.fromCharCode(byte)
    if (char !== '%') {
      if ((mode === 'host' || mode === 'zone') && byte < 0x80 && isEscaped(char, mode))
        return err(`invalid character ${quote(char)} in host name`)
      bytes.push(byte)
      continue
    }
    const sequence = written.subarray(at, at + 3).toString('utf8')
    const value = /^%[0-9a-fA-F]{2}$/.test(sequence) ? Number.parseInt(sequence.slice(1), 16) : undefined
    if (value === undefined || !mayEscape(value, sequence, mode)) return err(`invalid URL escape ${quote(sequence)}`)
    bytes.push(value)
    at += 2
  }
  return ok(Buffer.from(bytes).toString('utf8'))
}

/** RFC 3986: in a host only bytes that are not ASCII are escaped, and (RFC 6874) `%25` before a zone. */
function mayEscape(value: number, sequence: string, mode: Mode): boolean {
  if (mode === 'host') return value >= 0x80 || sequence === '%25'
  if (mode === 'zone') return sequence === '%25' || value === 0x20 || value >= 0x80 || !isEscaped(String.fromCharCode(value), 'host')
  return true
}
