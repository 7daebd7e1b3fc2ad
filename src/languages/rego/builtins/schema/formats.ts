import { parseTime, rfc3339 } from '../../../../kube/go-time.ts'
import { parseGoUrl } from '../../../../kube/go-url.ts'
import { parseIp } from '../../../../kube/validation/ip.ts'
import type { Regex } from '../../../../core/regex.ts'
import type { Result } from '../../../../core/result.ts'

type Check = (text: string, regexes: (pattern: string) => Result<Regex, string>) => boolean

const host = /^([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]{0,61}[a-zA-Z0-9])(\.([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]{0,61}[a-zA-Z0-9]))*$/
const isPointer = (text: string): boolean => /^(?:\/(?:[^~/]|~[01])*)*$/.test(text)
const isUri = (text: string): boolean => {
  const url = parseGoUrl(text)
  return url.ok && url.value.scheme !== '' && !text.includes('\\')
}
const isReference = (text: string): boolean => parseGoUrl(text).ok && !text.includes('\\')

/** Formats that strings are held against; others are not checked. */
const formats: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['date', (text) => parseTime('2006-01-02', text) !== undefined],
  ['time', (text) => ['15:04:05', '15:04:05Z07:00', '15:04:05.999999999Z07:00'].some((layout) => parseTime(layout, text) !== undefined)],
  ['date-time', (text) => [rfc3339, '15:04:05', '2006-01-02', '15:04:05Z07:00'].some((layout) => parseTime(layout, text) !== undefined)],
  ['hostname', (text) => host.test(text) && text.length < 256],
  ['email', (text) => /^[^@\s<>()]+@[^@\s<>()]+$/.test(text)],
  ['idn-email', (text) => /^[^@\s<>()]+@[^@\s<>()]+$/.test(text)],
  ['ipv4', (text) => parseIp(text)?.family === 4],
  ['ipv6', (text) => parseIp(text)?.family === 6],
  ['uri', isUri],
  ['iri', isUri],
  ['uri-reference', isReference],
  ['iri-reference', isReference],
  ['uri-template', (text) => isReference(text.replaceAll(/\{[^{}]*\}/g, 'x')) && !/[{}]/.test(text.replaceAll(/\{[^{}]*\}/g, ''))],
  ['uuid', (text) => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)],
  ['regex', (text, regexes) => regexes(text).ok],
  ['json-pointer', isPointer],
  ['relative-json-pointer', (text) => /^(?:0|[1-9]\d*)(?:#|(?:\/(?:[^~/]|~[01])*)*)$/.test(text)],
])

export const hasFormat = (format: string, text: string, regexes: Parameters<Check>[1]): boolean =>
  formats.get(format)?.(text, regexes) ?? true
