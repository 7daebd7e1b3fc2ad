/**
 * Kubernetes policy wildcards: `*` is any run of characters, `?` exactly one; everything else is literal, the whole text must match,
 * case matters. Works on code points. Linear in text × pattern: the last `*` is the only place ever gone back to.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  if (pattern === '*') return true
  if (!hasWildcard(pattern)) return pattern === text
  const p = Array.from(pattern)
  const t = Array.from(text)
  let pi = 0
  let ti = 0
  let star = -1
  let mark = 0
  while (ti < t.length) {
    if (pi < p.length && p[pi] === '*') {
      star = pi
      mark = ti
      pi += 1
    } else if (pi < p.length && (p[pi] === '?' || p[pi] === t[ti])) {
      pi += 1
      ti += 1
    } else if (star >= 0) {
      pi = star + 1
      mark += 1
      ti = mark
    } else return false
  }
  while (p[pi] === '*') pi += 1
  return pi === p.length
}

export function hasWildcard(text: string): boolean {
  return text.includes('*') || text.includes('?')
}
