import type { Import, Package, RefTerm, Term, VarTerm } from './ast.ts'
import { kindInWords } from './kinds.ts'
import { parsePath } from './parse-path.ts'
import { parseTerm, variableOf } from './parse-term.ts'
import type { Reader } from './reader.ts'
import { futureKeywords } from './token.ts'

/** From the keyword. */
export function parsePackage(reader: Reader): Package | undefined {
  const { start } = reader.advance()
  const ref = parseConstantRef(reader)
  return ref === undefined ? undefined : { kind: 'package', path: pathOf(ref), ref, span: { start, end: reader.previousEnd } }
}

/** From the keyword. Keywords that the import brings hold from here on. */
export function parseImport(reader: Reader, version: 0 | 1): Import | undefined {
  const { start } = reader.advance()
  const ref = parseConstantRef(reader)
  if (ref === undefined)
    return reader.problems.at(-1)?.message.endsWith(': expected identifier') === true
      ? reader.fail('expected path', reader.token)
      : undefined
  const alias = reader.takeKeyword('as') ? parseAlias(reader) : 'none'
  if (alias === undefined) return undefined
  const path = pathOf(ref)
  const problem = importProblem(path, { aliased: alias !== 'none', version })
  if (problem !== undefined) return reader.fail(problem, ref.span)
  const name = path.at(-1) ?? ''
  if (alias === 'none' && ref.kind === 'ref' && (path[0] === 'data' || path[0] === 'input') && reader.isKeywordName(name)) {
    return reader.fail(`unexpected import path, must not end with a keyword, got: ${name}`, ref.path.at(-1)?.span ?? ref.span)
  }
  activate(reader, path)
  const span = { start, end: reader.previousEnd }
  return alias === 'none' ? { kind: 'import', path, ref, span } : { kind: 'import', path, ref, alias, span }
}

function parseAlias(reader: Reader): VarTerm | undefined {
  const { token } = reader
  if (token.kind !== 'name' || reader.isReserved(token)) return reader.unexpected('expected var')
  const alias: VarTerm = { ...variableOf(reader), name: token.text }
  const ref = parsePath(reader, alias, { start: token.start, loose: false, term: parseTerm })
  if (ref === undefined) return undefined
  return ref !== alias || alias.name === 'data' || alias.name === 'input' ? reader.unexpected('expected var') : alias
}

/** A name, keyword or not, then constant parts. */
function parseConstantRef(reader: Reader): VarTerm | RefTerm | undefined {
  if (reader.token.kind !== 'name') return reader.unexpected()
  const { start, text } = reader.token
  const head: VarTerm = { ...variableOf(reader), name: text, wildcard: false }
  const path: Term[] = []
  while (continues(reader)) {
    const part = reader.advance().kind === '.' ? parsePartName(reader) : parsePartString(reader)
    if (part === undefined) return undefined
    path.push(part)
  }
  return path.length === 0 ? head : { kind: 'ref', head, path, span: { start, end: reader.previousEnd } }
}

function continues({ token }: Reader): boolean {
  return token.touching && (token.kind === '.' || token.kind === '[')
}

function parsePartName(reader: Reader): Term | undefined {
  const { kind, text, start, end } = reader.token
  if (kind !== 'name') return reader.unexpected('expected identifier')
  reader.advance()
  return { kind: 'string', value: text, form: 'name', span: { start, end } }
}

function parsePartString(reader: Reader): Term | undefined {
  const part = parseTerm(reader)
  if (part === undefined) return undefined
  if (part.kind !== 'string') return reader.fail(`unexpected ${kindInWords(part)} token: expecting string`, part.span)
  return reader.take(']') ? part : reader.unexpected('expected [')
}

function pathOf(ref: VarTerm | RefTerm): readonly string[] {
  if (ref.kind === 'var') return [ref.name]
  const parts = ref.path.map((part) => (part.kind === 'string' ? part.value : ''))
  return [ref.head.kind === 'var' ? ref.head.name : '', ...parts]
}

const importableKeywords = [...futureKeywords, 'not']

function importProblem(path: readonly string[], { aliased, version }: { aliased: boolean; version: 0 | 1 }): string | undefined {
  const [root, second, third, ...more] = path
  switch (root) {
    case 'data':
    case 'input':
      return undefined
    case 'future':
      if (second !== 'keywords') return 'invalid import, must be `future.keywords`'
      if (aliased) return '`future` imports cannot be aliased'
      if (third === undefined || (more.length === 0 && importableKeywords.includes(third))) return undefined
      return `unexpected keyword, must be one of [${importableKeywords.join(' ')}]`
    case 'rego':
      if (second !== 'v1' || third !== undefined) return `invalid import \`${path.join('.')}\`, must be \`rego.v1\``
      return aliased && version === 0 ? '`rego` imports cannot be aliased' : undefined
    default:
      return `unexpected import path, must begin with one of: {data, future, input, rego}, got: ${path[0] ?? ''} (hint: if this is unexpected, try updating OPA)`
  }
}

function activate(reader: Reader, [root, , keyword]: readonly string[]): void {
  if (root !== 'future' && root !== 'rego') return
  if (keyword === 'not') reader.notBodies = true
  const names = keyword === undefined || keyword === 'not' ? futureKeywords : [keyword]
  for (const name of names) reader.keywords.add(name)
  // The body of `every` is found by its `in`.
  if (keyword === 'every') reader.keywords.add('in')
}
