import type { Json } from '../../../core/json.ts'
import { compareText, formatFloat32 } from '../../../core/go-format.ts'
import { regexCache } from '../../../core/regex.ts'
import type { Regex } from '../../../core/regex.ts'
import { matchesWildcard } from '../../../core/wildcard.ts'
import type { JmesFailure } from '../../../languages/jmespath/jmespath.ts'
import { jmesFunction } from '../../../languages/jmespath/jmespath.ts'
import { invalid } from './problem.ts'

/** Numbers among strings print as 32-bit floats, as upstream prints them. */
const text = (value: string | number): string => (typeof value === 'string' ? value : formatFloat32(value))

/** Patterns are mostly literals of policies: a bounded number of them is kept compiled. */
const compiled = regexCache(512)

function withRegex(name: string, source: string, use: (regex: Regex) => Json): Json | JmesFailure {
  const regex = compiled(source)
  return regex.ok ? use(regex.value) : invalid(name, regex.error)
}

/** strings.Replace: of non-overlapping occurrences the first n; below zero, all. An empty `old` matches between characters. */
function replaceFirst(subject: string, old: string, replacement: string, n: number): string {
  if (n < 0) return replaceAll(subject, old, replacement)
  if (old === '') {
    const characters = Array.from(subject)
    return (
      characters.map((character, index) => (index < n ? replacement : '') + character).join('') + (n > characters.length ? replacement : '')
    )
  }
  let out = ''
  let at = 0
  for (let count = 0; count < n; count += 1) {
    const found = subject.indexOf(old, at)
    if (found < 0) break
    out += subject.slice(at, found) + replacement
    at = found + old.length
  }
  return out + subject.slice(at)
}

const replaceAll = (subject: string, old: string, replacement: string): string =>
  old === ''
    ? [replacement, ...Array.from(subject).map((character) => character + replacement)].join('')
    : subject.split(old).join(replacement)

function trimCharacters(subject: string, cutset: string): string {
  const cut = new Set(Array.from(cutset))
  const characters = Array.from(subject)
  let start = 0
  let end = characters.length
  while (start < end && cut.has(characters[start] ?? '')) start += 1
  while (end > start && cut.has(characters[end - 1] ?? '')) end -= 1
  return characters.slice(start, end).join('')
}

/** Characters are mapped one by one: those whose counterpart is longer, such as ß, stay. */
const mapCharacters = (subject: string, map: (character: string) => string): string =>
  /^[\0-\x7f]*$/.test(subject)
    ? map(subject)
    : Array.from(subject, (character) => {
        const mapped = map(character)
        return Array.from(mapped).length === 1 ? mapped : character
      }).join('')
const toUpper = (subject: string): string => mapCharacters(subject, (character) => character.toUpperCase())
/** İ is the only letter whose lower case is longer; without its dot it is i. */
const toLower = (subject: string): string => mapCharacters(subject.replaceAll('\u0130', 'i'), (character) => character.toLowerCase())

/** Simple case folding: characters are equal where a case-insensitive Unicode match says so. */
function equalFold(a: string, b: string): boolean {
  if (a === b) return true
  const left = Array.from(a)
  const right = Array.from(b)
  return left.length === right.length && left.every((character, index) => foldsTo(character, right[index] ?? ''))
}

function foldsTo(a: string, b: string): boolean {
  if (a === b) return true
  const lower = toLower(a)
  // K and the Kelvin sign, s and the long s: what has the same upper or lower case, or the same lower case of the upper.
  return lower === toLower(b) ? a !== '\u0130' && b !== '\u0130' : toUpper(a) === toUpper(b) || toLower(toUpper(a)) === toLower(toUpper(b))
}

/** filepath.Clean of a slash path. */
function cleanPath(path: string): string {
  if (path === '') return ''
  const isRooted = path.startsWith('/')
  const out: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') out.push(part)
    else if (out.length > 0 && out.at(-1) !== '..') out.pop()
    else if (!isRooted) out.push('..')
  }
  const joined = out.join('/')
  return isRooted ? `/${joined}` : joined === '' ? '.' : joined
}

export const stringFunctions = [
  jmesFunction('compare', ['string', 'string'], 'number', {
    doc: 'Compares two strings byte by byte: -1, 0 or 1.',
    examples: [["compare('a', 'b')", -1]],
    evaluate: ([a, b]) => compareText(a, b),
  }),
  jmesFunction('equal_fold', ['string', 'string'], 'boolean', {
    doc: 'Whether two strings are equal but for case.',
    examples: [["equal_fold('Go', 'GO')", true]],
    evaluate: ([a, b]) => equalFold(a, b),
  }),
  jmesFunction('replace', ['string', 'string', 'string', 'number'], 'string', {
    doc: 'Replaces the first n occurrences of the second string by the third; all if n is below 0.',
    examples: [["replace('aaa', 'a', 'b', `2`)", 'bba']],
    evaluate: ([subject, old, replacement, n]) => replaceFirst(subject, old, replacement, Math.trunc(n)),
  }),
  jmesFunction('replace_all', ['string', 'string', 'string'], 'string', {
    doc: 'Replaces every occurrence of the second string by the third.',
    examples: [["replace_all('a-b-c', '-', '.')", 'a.b.c']],
    evaluate: ([subject, old, replacement]) => replaceAll(subject, old, replacement),
  }),
  jmesFunction('to_upper', ['string'], 'string', {
    doc: 'The string in upper case.',
    examples: [["to_upper('abc')", 'ABC']],
    evaluate: ([subject]) => toUpper(subject),
  }),
  jmesFunction('to_lower', ['string'], 'string', {
    doc: 'The string in lower case.',
    examples: [["to_lower('ABC')", 'abc']],
    evaluate: ([subject]) => toLower(subject),
  }),
  jmesFunction('trim', ['string', 'string'], 'string', {
    doc: 'Takes any of the characters of the second string off both ends of the first.',
    examples: [["trim('¡¡hi!!', '!¡')", 'hi']],
    evaluate: ([subject, cutset]) => trimCharacters(subject, cutset),
  }),
  jmesFunction('trim_prefix', ['string', 'string'], 'string', {
    doc: 'Removes the second string from the start of the first, if it is there.',
    examples: [
      ["trim_prefix('v1.2', 'v')", '1.2'],
      ["trim_prefix('1.2', 'v')", '1.2'],
    ],
    evaluate: ([subject, prefix]) => (subject.startsWith(prefix) ? subject.slice(prefix.length) : subject),
  }),
  jmesFunction('split', ['string', 'string'], 'strings', {
    doc: 'The parts of a string between separators; an empty separator splits into characters.',
    examples: [["split('a,b', ',')", ['a', 'b']]],
    evaluate: ([subject, separator]) => (separator === '' ? Array.from(subject) : subject.split(separator)),
  }),
  jmesFunction('regex_replace_all', ['string', ['string', 'number'], ['string', 'number']], 'string', {
    doc: 'Replaces every match of an RE2 pattern; `$1` and `${name}` stand for groups.',
    examples: [["regex_replace_all('([Hh]e|G)l', 'Hello Gl', '${1}X')", 'HeXlo GX']],
    evaluate: ([pattern, source, replacement]) =>
      withRegex('regex_replace_all', pattern, (regex) => regex.replaceAll(text(source), text(replacement))),
  }),
  jmesFunction('regex_replace_all_literal', ['string', ['string', 'number'], ['string', 'number']], 'string', {
    doc: 'Replaces every match of an RE2 pattern by a text as it is.',
    examples: [["regex_replace_all_literal('[0-9]+', 'a1b22', '$1')", 'a$1b$1']],
    evaluate: ([pattern, source, replacement]) =>
      withRegex('regex_replace_all_literal', pattern, (regex) => regex.replaceAllLiteral(text(source), text(replacement))),
  }),
  jmesFunction('regex_match', ['string', ['string', 'number']], 'boolean', {
    doc: 'Whether an RE2 pattern matches anywhere in a string.',
    examples: [["regex_match('^[1-7]$', '5')", true]],
    evaluate: ([pattern, source]) => withRegex('regex_match', pattern, (regex) => regex.test(text(source))),
  }),
  jmesFunction('pattern_match', ['string', ['string', 'number']], 'boolean', {
    doc: 'Whether a string matches a pattern with the wildcards `*` and `?`.',
    examples: [["pattern_match('prefix-*', 'prefix-1')", true]],
    evaluate: ([pattern, source]) => matchesWildcard(pattern, text(source)),
  }),
  jmesFunction('to_boolean', ['string'], 'boolean', {
    doc: 'Reads `true` or `false`, whatever the case.',
    examples: [["to_boolean('True')", true]],
    evaluate: ([subject]) => {
      const lower = subject.toLowerCase()
      return lower === 'true'
        ? true
        : lower === 'false'
          ? false
          : invalid('to_boolean', `lowercase argument must be 'true' or 'false' (provided: '${subject}')`)
    },
  }),
  jmesFunction('truncate', ['string', 'number'], 'string', {
    doc: 'The first n characters of a string.',
    examples: [["truncate('Supercalifragilistic', `5`)", 'Super']],
    evaluate: ([subject, n]) =>
      Array.from(subject)
        .slice(0, Math.max(0, Math.trunc(n)))
        .join(''),
  }),
  jmesFunction('path_canonicalize', ['string'], 'string', {
    doc: 'The shortest path that means the same.',
    examples: [["path_canonicalize('///var///run/../lib')", '/var/lib']],
    evaluate: ([path]) => cleanPath(path),
  }),
]
