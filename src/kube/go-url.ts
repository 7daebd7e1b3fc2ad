import { quoteGo } from '../core/go-quote.ts'
import type { Result } from '../core/result.ts'
import { err, ok } from '../core/result.ts'
import { parseIp } from './validation/ip.ts'

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

export interface UrlOptions {
  /** Whatever may stand between brackets in a host, as older versions of Go have it; else only an IPv6 address. */
  readonly anyInBrackets?: boolean
}

interface Reading extends UrlOptions {
  readonly viaRequest: boolean
}

/** The path as it is written by default, however it was written. */
export const encodedPath = ({ path }: GoUrl): string => escape(path, 'path')

/** url.Parse; the error is its text: `parse "…": …`. */
export function parseGoUrl(text: string, options: UrlOptions = {}): Result<GoUrl, string> {
  const [front, fragment] = cut(text, '#')
  const url = parseFront(front, { ...options, viaRequest: false })
  if (!url.ok) return err(`parse ${quoteGo(front)}: ${url.error}`)
  const decoded = unescape(fragment, 'fragment')
  if (!decoded.ok) return err(`parse ${quoteGo(text)}: ${decoded.error}`)
  const rawFragment = escape(decoded.value, 'fragment') === fragment ? '' : fragment
  return ok({ ...url.value, fragment: decoded.value, rawFragment })
}

/** url.ParseRequestURI: an absolute URL or path without a fragment. The error is its text: `parse "x": invalid URI for request`. */
export function parseRequestUri(text: string, options: UrlOptions = {}): Result<GoUrl, string> {
  const url = parseFront(text, { ...options, viaRequest: true })
  return url.ok ? url : err(`parse ${quoteGo(text)}: ${url.error}`)
}

/** URL.Hostname: without port and brackets. */
export function hostnameOf({ host }: GoUrl): string {
  return splitHost(host)[0]
}

/** URL.Port: '' where there is none. */
export function portOf({ host }: GoUrl): string {
  return splitHost(host)[1]
}

/** URL.EscapedPath: as it was written where that is sound, else escaped anew. */
export function escapedPath({ path, rawPath }: GoUrl): string {
  if (rawPath !== '' && /^(?:[A-Za-z0-9\-_.~!$&'()*+,;=:@/[\]]|%[0-9a-fA-F]{2})*$/.test(rawPath)) return rawPath
  return path === '*' ? path : escape(path, 'path')
}

/** URL.Query: the values of each key. What cannot be read is left out. */
export function queryOf({ rawQuery }: GoUrl): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>()
  for (const part of rawQuery.split('&')) {
    if (part === '' || part.includes(';')) continue
    const [key, value] = cut(part, '=')
      .slice(0, 2)
      .map((text) => unescape(String(text), 'query'))
    if (key?.ok !== true || value?.ok !== true) continue
    const known = values.get(key.value)
    if (known === undefined) values.set(key.value, [value.value])
    else known.push(value.value)
  }
  return values
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

function parseFront(text: string, reading: Reading): Result<GoUrl, string> {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(text)) return err('net/url: invalid control character in URL')
  if (text === '' && reading.viaRequest) return err('empty url')
  if (text === '*') return ok({ ...empty, path: '*' })
  if (text.startsWith(':')) return err('missing protocol scheme')
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text)?.[1] ?? ''
  const afterScheme = scheme === '' ? text : text.slice(scheme.length + 1)
  const forceQuery = afterScheme.endsWith('?') && afterScheme.indexOf('?') === afterScheme.length - 1
  const [rest, rawQuery] = cut(afterScheme, '?')
  const url = { ...empty, scheme: scheme.toLowerCase(), forceQuery, rawQuery }
  if (!rest.startsWith('/')) {
    if (scheme !== '') return ok({ ...url, opaque: rest })
    if (reading.viaRequest) return err('invalid URI for request')
    if (cut(rest, '/')[0].includes(':')) return err('first path segment in URL cannot contain colon')
  }
  return withAuthority(url, rest, reading)
}

function withAuthority(url: GoUrl, rest: string, reading: Reading): Result<GoUrl, string> {
  const hasAuthority = rest.startsWith('//') && (url.scheme !== '' || (!reading.viaRequest && !rest.startsWith('///')))
  if (!hasAuthority) return withPath({ ...url, omitHost: url.scheme !== '' && rest.startsWith('/') }, rest)
  const slash = rest.indexOf('/', 2)
  const authority = slash < 0 ? rest.slice(2) : rest.slice(2, slash)
  const at = authority.lastIndexOf('@')
  const host = parseHost(authority.slice(at + 1), reading)
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

function parseHost(text: string, { anyInBrackets = false }: UrlOptions): Result<string, string> {
  if (text.startsWith('[')) return parseBracketed(text, anyInBrackets)
  if (!anyInBrackets && text.includes('[')) return err('invalid IP-literal')
  const colon = text.lastIndexOf(':')
  if (colon >= 0 && !isPort(text.slice(colon))) return err(`invalid port ${quoteGo(text.slice(colon))} after host`)
  return unescape(text, 'host')
}

function parseBracketed(text: string, anything: boolean): Result<string, string> {
  const close = text.lastIndexOf(']')
  if (close < 0) return err("missing ']' in host")
  const port = text.slice(close + 1)
  if (!isPort(port)) return err(`invalid port ${quoteGo(port)} after host`)
  const zoneAt = text.slice(0, close).indexOf('%25')
  if (anything && zoneAt < 0) return unescape(text, 'host')
  const address = unescape(text.slice(1, zoneAt < 0 ? close : zoneAt), 'host')
  if (!address.ok) return address
  const zone = zoneAt < 0 ? ok('') : unescape(text.slice(zoneAt, close), 'zone')
  if (!zone.ok) return zone
  const shown = `[${address.value}${zone.value}]${port}`
  if (anything) return ok(shown)
  const ip = parseIp(address.value)
  if (ip === undefined) return err(`invalid host: ParseAddr(${quoteGo(address.value)}): unable to parse IP`)
  if (ip.family !== 6) return err('invalid IP-literal')
  return ok(shown)
}

type Mode = 'path' | 'host' | 'zone' | 'userinfo' | 'fragment' | 'query'

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
    case 'query':
      return true
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
        return err(`invalid character ${quoteGo(char)} in host name`)
      bytes.push(mode === 'query' && char === '+' ? 0x20 : byte)
      continue
    }
    const sequence = written.subarray(at, at + 3).toString('latin1')
    const value = /^%[0-9a-fA-F]{2}$/.test(sequence) ? Number.parseInt(sequence.slice(1), 16) : undefined
    if (value === undefined || !mayEscape(value, sequence, mode))
      return err(`invalid URL escape ${quoteBytes(written.subarray(at, at + 3))}`)
    bytes.push(value)
    at += 2
  }
  return ok(Buffer.from(bytes).toString('utf8'))
}

/** strconv.Quote of what may end inside a character. */
function quoteBytes(bytes: Buffer): string {
  let end = bytes.length
  while (!Buffer.from(bytes.toString('utf8', 0, end)).equals(bytes.subarray(0, end))) end -= 1
  const rest = Array.from(bytes.subarray(end), (byte) => `\\x${byte.toString(16)}`)
  return `${quoteGo(bytes.toString('utf8', 0, end)).slice(0, -1)}${rest.join('')}"`
}

/** RFC 3986: in a host only bytes that are not ASCII are escaped, and (RFC 6874) `%25` before a zone. */
function mayEscape(value: number, sequence: string, mode: Mode): boolean {
  if (mode === 'host') return value >= 0x80 || sequence === '%25'
  if (mode === 'zone') return sequence === '%25' || value === 0x20 || value >= 0x80 || !isEscaped(String.fromCharCode(value), 'host')
  return true
}
