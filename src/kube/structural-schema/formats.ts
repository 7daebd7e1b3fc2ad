import { parseDuration } from '../duration.ts'
import { cidrVersion, ipVersion } from './addresses.ts'

type Test = (text: string) => boolean

const matches =
  (pattern: RegExp): Test =>
  (text) =>
    pattern.test(text)

/** The formats that kube-apiserver checks; it ignores others. */
const formats: Readonly<Record<string, Test>> = {
  bsonobjectid: matches(/^[0-9a-fA-F]{24}$/),
  byte: (text) => text !== '' && /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text),
  cidr: (text) => cidrVersion(text) !== 0,
  creditcard: (text) => isCardNumber(text.replaceAll(/[^0-9]+/g, '')),
  date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && isDay(text),
  'date-time': isDateTime,
  datetime: isDateTime,
  duration: isDuration,
  email: isEmail,
  hexcolor: matches(/^#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/),
  hostname: (text) => text.length <= 255 && hostname.test(text),
  ipv4: (text) => ipVersion(text).is4,
  ipv6: (text) => ipVersion(text).is6,
  isbn: (text) => isIsbn10(text) || isIsbn13(text),
  isbn10: isIsbn10,
  isbn13: isIsbn13,
  'k8s-long-name': (text) => text.length <= 253 && /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/.test(text),
  'k8s-short-name': (text) => text.length <= 63 && /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/.test(text),
  mac: isHardwareAddress,
  rgbcolor: matches(/^rgb\(\s*(?:0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])(?:\s*,\s*(?:0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])){2}\s*\)$/),
  ssn: matches(/^\d{3}[- ]\d{2}[- ]\d{4}$/),
  uri: isUri,
  uuid: matches(/^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i),
  uuid3: matches(/^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i),
  uuid4: matches(/^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i),
  uuid5: matches(/^[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i),
}

/** Names of formats that are known and never wrong. */
const unchecked: ReadonlySet<string> = new Set(['binary', 'password'])

/** How texts of a format are told from others; undefined where every text will do. */
export const hasFormat = (format: string): Test | undefined => (Object.hasOwn(formats, format) ? formats[format] : undefined)

/** Whether kube-apiserver knows the format for values of the type. It warns of others: `unrecognized format "nope"`. */
export function isKnownFormat(format: string, type: string | undefined): boolean {
  if (type === 'integer') return format === 'int32' || format === 'int64'
  if (type === 'number') return format === 'float' || format === 'double'
  return (type === 'string' || type === undefined) && (Object.hasOwn(formats, format) || unchecked.has(format))
}

const hostname =
  /^(?:[a-zA-Z0-9\p{S}\p{L}](?:-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?|(?:[a-zA-Z0-9\p{S}\p{L}](?:[a-zA-Z0-9\-\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?\.)+[a-zA-Z\p{L}]{2,63})$/u

function isDay(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number)
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0
  return day >= 1 && day <= days
}

function isDateTime(text: string): boolean {
  const parts = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:[.,]\d+)?(?:[Zz]|[+-](\d{2}):(\d{2}))$/.exec(text)
  if (parts === null) return false
  const [, day = '', hours, minutes, seconds] = parts
  return isDay(day) && Number(hours) < 24 && Number(minutes) < 60 && Number(seconds) < 60
}

const unit =
  /^(?:ns|nanos?|nanoseconds?|us|µs|micros?|microseconds?|ms|millis?|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?|wks?)$/

/** A Go duration, or numbers with units in words: `2 weeks`. What stands between them does not matter. */
function isDuration(text: string): boolean {
  if (parseDuration(text) !== undefined) return true
  if (text.length > 256) return false
  const words = [...text.matchAll(/\d+\s*([A-Za-zµ]+)/g)]
  return words.length > 0 && words.every(([, word = '']) => unit.test(word.toLowerCase()))
}

/** An address as mail programs write it: `a@b` or `Name <a@b>`. */
function isEmail(text: string): boolean {
  const trimmed = text.replace(/^[ \t]+|[ \t]+$/g, '')
  const named = /^(?:"[^"\\]*"[ \t]*|[^<>@,;:\\"[\]()]*)<([^<>]+)>$/.exec(trimmed)
  return /^(?:[\w!#$%&'*+/=?^`{|}~\u0080-\u{10ffff}-]+(?:\.[\w!#$%&'*+/=?^`{|}~\u0080-\u{10ffff}-]+)*|"(?:[^"\\]|\\.)+")@(?:[\w!#$%&'*+/=?^`{|}~\u0080-\u{10ffff}-]+(?:\.[\w!#$%&'*+/=?^`{|}~\u0080-\u{10ffff}-]+)*|\[[\d.:a-fA-F]+\])$/u.test(
    named?.[1] ?? trimmed,
  )
}

/** An absolute URI, or an absolute path. */
function isUri(text: string): boolean {
  if (/\p{Cc}/u.test(text.replaceAll(/[\u0080-\u009f]/g, ''))) return false
  if (text.startsWith('/')) return escapesAreSound(text.split('?', 1)[0] ?? '') && (!text.startsWith('//') || isAuthority(text))
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:/.exec(text)
  if (scheme === null) return false
  const rest = text.slice(scheme[0].length)
  if (!rest.startsWith('/')) return true
  return escapesAreSound(rest.split('?', 1)[0] ?? '') && (!rest.startsWith('//') || isAuthority(rest))
}

const escapesAreSound = (text: string): boolean => !/%(?![0-9a-fA-F]{2})/.test(text)
const isAuthority = (text: string): boolean =>
  /^\/\/(?:[\w.~!$&'()*+,;=:%-]*@)?(?:\[[0-9a-fA-F:.%]+\]|(?:[^\s/?#@:[\]<>"\\^`{|}%]|%[89a-fA-F][0-9a-fA-F])*)(?::\d*)?(?:[/?].*)?$/s.test(
    text,
  )

/** 6, 8 or 20 bytes, with colons or hyphens between bytes or points between pairs. */
function isHardwareAddress(text: string): boolean {
  return (
    /^(?:[0-9a-f]{12}|[0-9a-f]{16}|[0-9a-f]{40})$/i.test(text) ||
    /^[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\1[0-9a-f]{2}){4}(?:(?:\1[0-9a-f]{2}){2}|(?:\1[0-9a-f]{2}){14})?$/i.test(text) ||
    /^[0-9a-f]{4}(?:\.[0-9a-f]{4}){2}(?:\.[0-9a-f]{4}|(?:\.[0-9a-f]{4}){7})?$/i.test(text)
  )
}

function isCardNumber(digits: string): boolean {
  if (
    !/^(?:4\d{12}(?:\d{3})?|5[1-5]\d{14}|6(?:011|5\d\d)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|(?:2131|1800|35\d{3})\d{11})$/.test(
      digits,
    )
  )
    return false
  let sum = 0
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i])
    const doubled = i % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

function isIsbn10(text: string): boolean {
  const plain = text.replaceAll(/[\s-]+/g, '')
  if (!/^\d{9}[\dX]$/.test(plain)) return false
  const sum = Array.from(plain).reduce((total, digit, i) => total + (10 - i) * (digit === 'X' ? 10 : Number(digit)), 0)
  return sum % 11 === 0
}

function isIsbn13(text: string): boolean {
  const plain = text.replaceAll(/[\s-]+/g, '')
  if (!/^\d{13}$/.test(plain)) return false
  const sum = Array.from(plain).reduce((total, digit, i) => total + (i % 2 === 0 ? 1 : 3) * Number(digit), 0)
  return sum % 10 === 0
}
