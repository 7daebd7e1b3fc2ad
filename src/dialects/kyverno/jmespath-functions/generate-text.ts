/** Texts for a regular expression: literals, classes, groups, alternatives and repetitions. Open repetitions stop at ten. */
const openRepetition = 10
const longest = 4096
/** Repetitions of repetitions multiply: so many atoms are made at most. */
const mostAtoms = 100_000

interface Cursor {
  readonly pattern: string
  readonly random: () => number
  at: number
  atoms: number
}

export function generate(pattern: string, random: () => number): string | undefined {
  const cursor: Cursor = { pattern, random, at: 0, atoms: 0 }
  const text = alternatives(cursor, 0)
  return text === undefined || cursor.at < pattern.length || text.length > longest ? undefined : text
}

/** All alternatives are made, so that the cursor passes them; one is kept. */
function alternatives(cursor: Cursor, depth: number): string | undefined {
  if (depth > 64) return undefined
  const texts: string[] = []
  for (;;) {
    const text = sequence(cursor, depth)
    if (text === undefined) return undefined
    texts.push(text)
    if (cursor.pattern[cursor.at] !== '|') break
    cursor.at += 1
  }
  return texts[Math.floor(cursor.random() * texts.length)] ?? ''
}

function sequence(cursor: Cursor, depth: number): string | undefined {
  let out = ''
  while (cursor.at < cursor.pattern.length && cursor.pattern[cursor.at] !== '|' && cursor.pattern[cursor.at] !== ')') {
    const start = cursor.at
    const first = atom(cursor, depth)
    if (first === undefined) return undefined
    const end = cursor.at
    const [least, most] = repetition(cursor)
    const after = cursor.at
    const times = least + Math.floor(cursor.random() * (most - least + 1))
    if (times > longest) return undefined
    for (let count = 0; count < times && out.length <= longest; count += 1) {
      cursor.at = start
      const next = count === 0 ? first : atom(cursor, depth)
      if (next === undefined) return undefined
      out += next
    }
    cursor.at = Math.max(end, after)
  }
  return out
}

function repetition(cursor: Cursor): readonly [number, number] {
  const rest = cursor.pattern.slice(cursor.at)
  const match = /^(?:\?|\*|\+|\{(\d+)(,(\d*))?\})\??/.exec(rest)
  if (match === null) return [1, 1]
  cursor.at += match[0].length
  if (match[0].startsWith('?')) return [0, 1]
  if (match[0].startsWith('*')) return [0, openRepetition]
  if (match[0].startsWith('+')) return [1, openRepetition]
  const least = Number(match[1])
  const most = match[2] === undefined ? least : match[3] === '' || match[3] === undefined ? least + openRepetition : Number(match[3])
  return [least, Math.max(least, most)]
}

const classes: Readonly<Record<string, string>> = { d: '0-9', w: '0-9A-Za-z_', s: ' ' }
const printable = ' -~'

function atom(cursor: Cursor, depth: number): string | undefined {
  cursor.atoms += 1
  if (cursor.atoms > mostAtoms) return undefined
  const character = cursor.pattern.charAt(cursor.at)
  cursor.at += 1
  switch (character) {
    case '^':
    case '$':
      return ''
    case '.':
      return pick(cursor, printable)
    case '(':
      return group(cursor, depth)
    case '[':
      return characterClass(cursor)
    case '\\':
      return escape(cursor)
    default:
      return character
  }
}

function group(cursor: Cursor, depth: number): string | undefined {
  const prefix = /^\?(?:P?<\w+>|[imsU-]*:)/.exec(cursor.pattern.slice(cursor.at))
  if (prefix !== null) cursor.at += prefix[0].length
  const text = alternatives(cursor, depth + 1)
  if (cursor.pattern[cursor.at] !== ')') return undefined
  cursor.at += 1
  return text
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v' }

function escape(cursor: Cursor): string {
  const character = cursor.pattern.charAt(cursor.at)
  cursor.at += 1
  const set = classes[character]
  if (set !== undefined) return pick(cursor, set)
  const negated = classes[character.toLowerCase()]
  if (negated !== undefined) return pickOutside(cursor, negated)
  if (character === 'b' || character === 'B' || character === 'A' || character === 'z') return ''
  return escapes[character] ?? character
}

const posix: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  digit: '0-9',
  lower: 'a-z',
  upper: 'A-Z',
  xdigit: '0-9A-Fa-f',
  word: '0-9A-Za-z_',
  space: ' ',
  punct: '!-/',
}

function characterClass(cursor: Cursor): string | undefined {
  const negated = cursor.pattern[cursor.at] === '^'
  if (negated) cursor.at += 1
  let set = ''
  for (let first = true; first || cursor.pattern[cursor.at] !== ']'; first = false) {
    const character = cursor.pattern.charAt(cursor.at)
    if (character === '') return undefined
    const named = /^\[:(\w+):\]/.exec(cursor.pattern.slice(cursor.at))
    if (named?.[1] !== undefined) {
      set += posix[named[1]] ?? ''
      cursor.at += named[0].length
    } else if (character === '\\') {
      const escaped = cursor.pattern.charAt(cursor.at + 1)
      set += classes[escaped] ?? range(escapes[escaped] ?? escaped, escapes[escaped] ?? escaped)
      cursor.at += 2
    } else if (
      cursor.pattern[cursor.at + 1] === '-' &&
      cursor.pattern[cursor.at + 2] !== ']' &&
      cursor.pattern[cursor.at + 2] !== undefined
    ) {
      set += range(character, cursor.pattern.charAt(cursor.at + 2))
      cursor.at += 3
    } else {
      set += range(character, character)
      cursor.at += 1
    }
  }
  cursor.at += 1
  return negated ? pickOutside(cursor, set) : pick(cursor, set)
}

const range = (from: string, to: string): string => `${from}-${to}`

/** A set is written as triples `a-z`; single characters of the tables above count as themselves. */
function members(set: string): readonly string[] {
  const out: string[] = []
  for (let at = 0; at < set.length; at += 1) {
    if (set[at + 1] === '-' && set[at + 2] !== undefined) {
      for (let code = set.charCodeAt(at); code <= set.charCodeAt(at + 2) && out.length < 65_536; code += 1)
        out.push(String.fromCharCode(code))
      at += 2
    } else out.push(set.charAt(at))
  }
  return out
}

function pick(cursor: Cursor, set: string): string {
  const candidates = members(set)
  return candidates[Math.floor(cursor.random() * candidates.length)] ?? ''
}

function pickOutside(cursor: Cursor, set: string): string {
  const excluded = new Set(members(set))
  const candidates = members(printable).filter((character) => !excluded.has(character))
  return candidates[Math.floor(cursor.random() * candidates.length)] ?? ''
}
