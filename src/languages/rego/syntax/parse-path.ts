import type { StringTerm, Term } from './ast.ts'
import type { Reader } from './reader.ts'
import { kindInWords } from './kinds.ts'

interface PathOptions {
  /** Where the head begins, parentheses included. */
  readonly start: number
  /** In heads of rules blanks may stand before brackets, parentheses and dots. */
  readonly loose: boolean
  readonly term: (reader: Reader) => Term | undefined
}

/** What follows a term: `.name`, `[term]` and, once, `(arguments)`. */
export function parsePath(reader: Reader, head: Term, options: PathOptions): Term | undefined {
  let term = head
  let path: Term[] = []
  const misplaced = follows(reader, options) && cannotBeHead(head)
  if (misplaced) reader.fail(`illegal ref (head cannot be ${kindInWords(head)})`, head.span)
  const span = (): { start: number; end: number } => ({ start: options.start, end: reader.previousEnd })
  const complete = (): Term => (path.length === 0 ? term : { kind: 'ref', head: term, path, span: span() })
  for (let called = false; follows(reader, options) && !(called && reader.token.kind === '(');) {
    if (reader.token.kind === '(') {
      const operator = complete()
      if (misplaced) return undefined
      if (operator.kind !== 'var' && operator.kind !== 'ref') return reader.unexpected('expected \\n or ; or }')
      const args = parseArguments(reader, options.term)
      if (args === undefined) return undefined
      term = { kind: 'call', operator, args, span: span() }
      path = []
      called = true
      continue
    }
    const part = reader.token.kind === '.' ? parseName(reader) : parseBrackets(reader, options.term)
    if (part === undefined) return undefined
    path.push(part)
  }
  return misplaced ? undefined : complete()
}

function follows(reader: Reader, { loose }: PathOptions): boolean {
  const { token } = reader
  return (token.kind === '.' || token.kind === '[' || token.kind === '(') && (token.touching || (loose && !token.newline))
}

function cannotBeHead(term: Term): boolean {
  return term.parenthesized !== true && (term.kind === 'number' || term.kind === 'string' || term.kind === 'template')
}

function parseName(reader: Reader): StringTerm | undefined {
  const dot = reader.advance()
  const { token } = reader
  if (!token.touching && token.kind !== 'eof')
    return reader.fail('unexpected whitespace token: expected identifier', { start: dot.end, end: token.start })
  if (token.kind !== 'name') return reader.unexpected('expected identifier')
  reader.advance()
  return { kind: 'string', value: token.text, form: 'name', span: { start: token.start, end: token.end } }
}

function parseBrackets(reader: Reader, term: PathOptions['term']): Term | undefined {
  reader.advance()
  const part = term(reader)
  if (part === undefined) return undefined
  // OPA names the opening bracket here.
  return reader.take(']') ? part : reader.unexpected('expected [')
}

/** `(a, b)`; a comma may stand before the end. */
export function parseArguments(reader: Reader, term: PathOptions['term']): readonly Term[] | undefined {
  reader.advance()
  const args: Term[] = []
  while (!reader.take(')')) {
    const argument = term(reader)
    if (argument === undefined) return undefined
    args.push(argument)
    if (reader.token.kind !== ')' && !reader.take(',')) return reader.unexpected('expected "," or ")"')
  }
  return args
}
