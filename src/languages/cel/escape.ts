/*
 * Kubernetes' names of fields in expressions: what no identifier may contain is spelled out. A name with other characters cannot be reached.
 */
const reservedWords: ReadonlySet<string> = new Set([
  'true',
  'false',
  'null',
  'in',
  'as',
  'break',
  'const',
  'continue',
  'else',
  'for',
  'function',
  'if',
  'import',
  'let',
  'loop',
  'package',
  'namespace',
  'return',
  'var',
  'void',
  'while',
])

/** How an expression writes a field; undefined where it cannot. */
export function escapeField(name: string): string | undefined {
  if (reservedWords.has(name)) return `__${name}__`
  if (!/^[A-Za-z_./-][A-Za-z0-9_./-]*$/.test(name)) return undefined
  return name.replaceAll(/__|[./-]/g, (found) => spelled[found] ?? found)
}

const spelled: Readonly<Record<string, string>> = { __: '__underscores__', '.': '__dot__', '-': '__dash__', '/': '__slash__' }
