/**
 * Kubernetes policy wildcards: `*` is any run of characters, `?` exactly one; everything else is literal, the whole text must match,
 * case matters. Works on code points. At worst text × pattern: the last `*` is the only place ever gone back to.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  if (pattern === '*') return true
  if (!hasWildcard(pattern)) return pattern === text
  let pi = 0
  let ti = 0
  let star = -1
  let mark = 0
  while (ti < text.length) {
    const p = pi < pattern.length ? pattern.charCodeAt(pi) : -1
    if (p === asterisk) {
      star = pi
      mark = ti
      pi += 1
    } else if (p === questionMark) {
      pi += 1
      ti += widthAt(text, ti)
    } else if (p === text.charCodeAt(ti)) {
      pi += 1
      ti += 1
    } else if (star >= 0) {
      pi = star + 1
      mark += widthAt(text, mark)
      ti = mark
    } else return false
  }
  while (pi < pattern.length && pattern.charCodeAt(pi) === asterisk) pi += 1
  return pi === pattern.length
}

const asterisk = 42
const questionMark = 63

/** UTF-16 units of the character at `index`. */
function widthAt(text: string, index: number): number {
  return (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1
}

export function hasWildcard(text: string): boolean {
  return text.includes('*') || text.includes('?')
}

/** `matchesWildcard` for a pattern known beforehand: the usual shapes become one native string operation. */
export function compileWildcard(pattern: string): (text: string) => boolean {
  if (pattern === '*') return () => true
  if (pattern === '?*' || pattern === '*?') return (text) => text !== ''
  if (!hasWildcard(pattern)) return (text) => text === pattern
  if (!pattern.includes('?')) {
    const parts = pattern.split('*')
    const [head = '', tail = '', third] = parts
    if (parts.length === 2) return compileHeadAndTail(head, tail)
    if (parts.length === 3 && head === '' && third === '') return (text) => text.includes(tail)
  }
  return (text) => matchesWildcard(pattern, text)
}

function compileHeadAndTail(head: string, tail: string): (text: string) => boolean {
  if (tail === '') return (text) => text.startsWith(head)
  if (head === '') return (text) => text.endsWith(tail)
  return (text) => text.length >= head.length + tail.length && text.startsWith(head) && text.endsWith(tail)
}
