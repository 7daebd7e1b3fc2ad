/** All warnings of a response together, and each of them once the total is too long; in characters (kube-apiserver). */
const totalBudget = 4096
const cutLength = 256

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const unprintable = /[\u0000-\u001f\u007f]/

/** The values of `Warning` headers: each text once, unprintable ones left out, cut when they are too long together. */
export function warningHeaders(texts: readonly string[]): string[] {
  const distinct = [...new Set(texts)].filter((text) => text !== '' && !unprintable.test(text))
  const total = distinct.reduce((sum, text) => sum + Array.from(text).length, 0)
  const kept: string[] = []
  let used = 0
  for (const text of distinct) {
    const shown = total > totalBudget ? Array.from(text).slice(0, cutLength).join('') : text
    used += Array.from(shown).length
    if (used > totalBudget) break
    kept.push(`299 - ${quoted(shown)}`)
  }
  return kept
}

/** Header values are bytes: text is sent as UTF-8, as Go sends it. */
const quoted = (text: string): string => `"${Buffer.from(text.replaceAll('\\', '\\\\').replaceAll('"', '\\"'), 'utf8').toString('latin1')}"`
