import { quoteGo } from '../../../core/go-quote.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'

/** URLs as Go's net/url reads them. */
export interface GoUrl {
  readonly text: string
  readonly scheme: string
  /** With the port. */
  readonly host: string
  readonly path: string
  /** The path as it was written, where it could be written in another way. */
  readonly rawPath: string
  readonly query: string
}

/** Go's url.ParseRequestURI: an absolute URL or path without a fragment. The error is Go's: `parse "x": invalid URI for request`. */
export function parseRequestUri(text: string): Result<GoUrl, string> {
  const parsed = parse(text, text, true)
  return parsed.ok ? parsed : err(`parse ${quoteGo(text)}: ${parsed.error}`)
}

/** Go's url.Parse: what may have a fragment. */
export function parseUrl(text: string): Result<GoUrl, string> {
  const hash = text.indexOf('#')
  const plain = hash < 0 ? text : text.slice(0, hash)
  const parsed = parse(text, plain, false)
  if (!parsed.ok) return err(`parse ${quoteGo(plain)}: ${parsed.error}`)
  const fragment = hash < 0 ? ok('') : unescapeUrl(text.slice(hash + 1), 'path')
  return fragment.ok ? parsed : err(`parse ${quoteGo(text)}: ${fragment.error}`)
}

// oxlint-disable-next-line no-control-regex -- control characters are what is refused
const control = /[\x00-\x1f\x7f]/

function parse(text: string, given: string, viaRequest: boolean): Result<GoUrl, string> {
  if (control.test(given)) return err('net/url: invalid control character in URL')
  if (given === '' && viaRequest) return err('empty url')
  const plain = { text, scheme: '', host: '', path: given, rawPath: '', query: '' }
  if (given === '*') return ok(plain)
  const colon = /^([a-zA-Z][a-zA-Z0-9+.-]*)?:/.exec(given)
  if (colon !== null && colon[1] === undefined) return err('missing protocol scheme')
  const scheme = colon?.[1]?.toLowerCase() ?? ''
  const [rest = '', query = ''] = cut(given.slice(colon?.[0].length ?? 0), '?')
  if (!rest.startsWith('/')) {
    if (scheme !== '') return ok({ ...plain, scheme, path: '', query })
    if (viaRequest) return err('invalid URI for request')
    if (cut(rest, '/')[0]?.includes(':') === true) return err('first path segment in URL cannot contain colon')
  }
  const hasAuthority = (scheme !== '' || (!viaRequest && !rest.startsWith('///'))) && rest.startsWith('//')
  const end = hasAuthority ? rest.indexOf('/', 2) : 0
  const authority = !hasAuthority ? '' : end < 0 ? rest.slice(2) : rest.slice(2, end)
  const rawPath = hasAuthority ? (end < 0 ? '' : rest.slice(end)) : rest
  const host = hasAuthority ? parseAuthority(authority) : ok('')
  if (!host.ok) return host
  const path = unescapeUrl(rawPath, 'path')
  return path.ok ? ok({ text, scheme, host: host.value, path: path.value, rawPath, query }) : path
}

function cut(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

function parseAuthority(authority: string): Result<string, string> {
  const at = authority.lastIndexOf('@')
  const host = parseHost(authority.slice(at + 1))
  if (!host.ok || at < 0) return host
  const user = authority.slice(0, at)
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user)) return err('net/url: invalid userinfo')
  const unescaped = unescapeUrl(user, 'path')
  return unescaped.ok ? host : unescaped
}

const isPort = (text: string): boolean => text === '' || /^:\d*$/.test(text)

function parseHost(host: string): Result<string, string> {
  if (host.startsWith('[')) {
    const close = host.lastIndexOf(']')
    if (close < 0) return err("missing ']' in host")
    const port = host.slice(close + 1)
    if (!isPort(port)) return err(`invalid port ${quoteGo(port)} after host`)
    const zone = host.slice(0, close).indexOf('%25')
    if (zone >= 0) {
      const parts = [
        unescapeUrl(host.slice(0, zone), 'host'),
        unescapeUrl(host.slice(zone, close), 'zone'),
        unescapeUrl(host.slice(close), 'host'),
      ]
      return parts.find((part) => !part.ok) ?? ok(parts.map((part) => (part.ok ? part.value : '')).join(''))
    }
  } else {
    const colon = host.lastIndexOf(':')
    if (colon >= 0 && !isPort(host.slice(colon))) return err(`invalid port ${quoteGo(host.slice(colon))} after host`)
  }
  return unescapeUrl(host, 'host')
}

type Mode = 'path' | 'host' | 'zone' | 'query'

const hostCharacters = /^[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"\u0080-\u{10ffff}]$/u

/** Percent escapes as what they stand for, which need not be text: bytes that are none become replacement characters. */
export function unescapeUrl(text: string, mode: Mode): Result<string, string> {
  for (const character of text.match(/%[\s\S]{0,2}|[\s\S]/gu) ?? []) {
    if (character.startsWith('%')) {
      if (!/^%[0-9a-fA-F]{2}$/.test(character)) return err(`invalid URL escape ${quoteGo(character)}`)
      // Of a host, only what is no ASCII may be escaped, and the percent sign of a zone.
      if (mode === 'host' && /^%[0-7]/.test(character) && character !== '%25') return err(`invalid URL escape ${quoteGo(character)}`)
    } else if ((mode === 'host' || mode === 'zone') && !hostCharacters.test(character)) {
      return err(`invalid character ${quoteGo(character)} in host name`)
    }
  }
  const plain = mode === 'query' ? text.replaceAll('+', ' ') : text
  if (!plain.includes('%')) return ok(plain)
  const bytes: Uint8Array[] = []
  for (const part of plain.match(/%[0-9a-fA-F]{2}|[^%]+/g) ?? []) {
    bytes.push(part.startsWith('%') ? Uint8Array.of(Number.parseInt(part.slice(1), 16)) : new TextEncoder().encode(part))
  }
  return ok(Buffer.concat(bytes).toString('utf8'))
}

const unescapedInPath = /[^A-Za-z0-9\-_.~$&+,/:;=@]/gu

/** Go's URL.EscapedPath: as it was written where that is sound, else escaped anew. */
export function escapedPath({ path, rawPath }: GoUrl): string {
  if (/^(?:[A-Za-z0-9\-_.~!$&'()*+,;=:@/[\]]|%[0-9a-fA-F]{2})*$/.test(rawPath)) return rawPath
  return path === '*' ? path : path.replaceAll(unescapedInPath, percentEncoded)
}

const percentEncoded = (character: string): string =>
  Array.from(new TextEncoder().encode(character), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')

/** The host without port and brackets, and the port. */
export function hostAndPort({ host }: GoUrl): { readonly name: string; readonly port: string } {
  const colon = host.lastIndexOf(':')
  const hasPort = colon >= 0 && isPort(host.slice(colon))
  const name = hasPort ? host.slice(0, colon) : host
  return { name: name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : name, port: hasPort ? host.slice(colon + 1) : '' }
}

/** Go's URL.Query: the values of each key. What cannot be read is left out. */
export function queryOf({ query }: GoUrl): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>()
  for (const part of query.split('&')) {
    if (part === '' || part.includes(';')) continue
    const [rawKey = '', rawValue = ''] = cut(part, '=')
    const key = unescapeUrl(rawKey, 'query')
    const value = unescapeUrl(rawValue, 'query')
    if (!key.ok || !value.ok) continue
    const known = values.get(key.value)
    if (known === undefined) values.set(key.value, [value.value])
    else known.push(value.value)
  }
  return values
}
