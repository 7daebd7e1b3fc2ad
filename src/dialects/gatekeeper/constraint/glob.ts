/** Tells whether a text is what a pattern of names means. */
export type Glob = (text: string) => boolean

/**
 * The patterns of names in match criteria: a `*` at the start, at the end or both stands for any text, anywhere else nothing does.
 * Where the name is still to be made, `prefix` is what it will begin with.
 */
export function compileGlob(pattern: string): Glob {
  const starts = pattern.startsWith('*')
  const ends = pattern.endsWith('*')
  if (starts && ends) {
    const middle = pattern.slice(1, Math.max(1, pattern.length - 1))
    return (text) => text.includes(middle)
  }
  if (starts) return (text) => text.endsWith(pattern.slice(1))
  if (ends) return (text) => text.startsWith(pattern.slice(0, -1))
  return (text) => text === pattern
}

/** Whether a name that begins with `generateName` can be what the pattern means: only patterns that end in `*` say so much. */
export function compileGenerateNameGlob(pattern: string): Glob {
  return pattern.endsWith('*') ? compileGlob(pattern) : () => false
}
