/** Names near to what was written, nearest first. */
export function suggestions(written: string, names: readonly string[]): readonly string[] {
  const most = Math.floor(written.length * 0.4) + 1
  return names
    .map((name) => ({ name, distance: distanceOf(written, name) }))
    .filter(({ distance }) => distance <= most)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name)
}

/** ` Did you mean "a", "b", or "c"?` or nothing. */
export function didYouMean(names: readonly string[], what = ''): string {
  const quoted = names.slice(0, 5).map((name) => `"${name}"`)
  if (quoted.length === 0) return ''
  const last = quoted.at(-1) ?? ''
  const list =
    quoted.length === 1 ? last : quoted.length === 2 ? `${quoted[0]} or ${last}` : `${quoted.slice(0, -1).join(', ')}, or ${last}`
  return ` Did you mean ${what}${list}?`
}

function distanceOf(a: string, b: string): number {
  if (a.toLowerCase() === b.toLowerCase()) return a === b ? 0 : 1
  if (Math.abs(a.length - b.length) > 20 || a.length > 200) return Infinity
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
