import { unreachable } from '../../../core/unreachable.ts'
import type { Span } from '../../../core/source.ts'
import type { Body, CallTerm, Literal, ObjectEntry, Term } from './ast.ts'
import { isBinaryOperator, precedences } from './infix.ts'
import type { Writer } from './format-writer.ts'

/** Terms hold bodies, and bodies terms. */
export interface Printer {
  readonly out: Writer
  /** Whether a part of a path may stand behind a dot. */
  readonly isName: (part: string) => boolean
  readonly literal: (printer: Printer, literal: Literal) => void
  readonly lines: (printer: Printer, body: Body, end: number) => void
}

export function printTerm(printer: Printer, term: Term): void {
  const { out } = printer
  switch (term.kind) {
    case 'null':
      return out.write('null', term.span.end)
    case 'boolean':
      return out.write(String(term.value), term.span.end)
    case 'number':
      return out.write(term.parenthesized === true && term.text.startsWith('-') ? `(${term.text})` : term.text, term.span.end)
    case 'string':
      return out.write(term.form === 'name' ? term.value : out.slice(term.span.start, term.span.end), term.span.end)
    case 'var':
      return out.write(term.wildcard ? '_' : term.name, term.span.end)
    case 'ref':
      printOperand(printer, term.head)
      printPath(printer, term.path)
      return out.write('', term.span.end)
    case 'call':
      return term.infix === undefined ? printCall(printer, term) : printInfix(printer, term, () => true)
    case 'template':
      return printTemplate(printer, term)
    case 'array':
      return printItems(
        printer,
        term,
        ['[', ']'],
        term.items.map((item, index) => itemOf(printer, item, index === 0)),
      )
    case 'set':
      if (term.items.length === 0) return out.write('set()', term.span.end)
      return printItems(
        printer,
        term,
        ['{', '}'],
        term.items.map((item, index) => itemOf(printer, item, index === 0)),
      )
    case 'object':
      return printItems(
        printer,
        term,
        ['{', '}'],
        term.entries.map((entry, index) => entryOf(printer, entry, index === 0)),
      )
    case 'array-comprehension':
      return printComprehension(printer, term, ['[', ']'], () => printOperand(printer, term.item))
    case 'set-comprehension':
      return printComprehension(printer, term, ['{', '}'], () => printOperand(printer, term.item))
    case 'object-comprehension':
      return printComprehension(printer, term, ['{', '}'], () => {
        printUnlessBar(printer, term.key)
        out.write(': ')
        printOperand(printer, term.value)
      })
    default:
      return unreachable(term)
  }
}

/** A term beside an operator, or before a bar: operations stand between parentheses. */
export function printOperand(printer: Printer, term: Term): void {
  parenthesizeIf(printer, term, term.kind === 'call' && term.infix !== undefined)
}

/** The element of a list: `key, value in collection` would be two. */
export function printElement(printer: Printer, term: Term): void {
  parenthesizeIf(printer, term, isKeyedMember(term))
}

function isKeyedMember(term: Term): boolean {
  return term.kind === 'call' && term.infix === 'in' && term.args.length === 3
}

/** First in brackets, `a | b` would be a comprehension. */
function printUnlessBar(printer: Printer, term: Term): void {
  parenthesizeIf(printer, term, isKeyedMember(term) || (term.kind === 'call' && term.infix === '|'))
}

function parenthesizeIf(printer: Printer, term: Term, needed: boolean): void {
  if (needed) printer.out.write('(')
  printTerm(printer, term)
  if (needed) printer.out.write(')')
}

/** An operation as an expression of its own: operands that bind tighter need no parentheses. */
export function printTopOperation(printer: Printer, term: CallTerm): void {
  printInfix(printer, term, (operand, isLeft) => {
    if (operand.infix === '|' && operand.parenthesized === true) return true
    const outer = term.infix ?? 'in'
    const inner = operand.infix ?? 'in'
    if (!isBinaryOperator(outer) || !isBinaryOperator(inner)) return true
    return isLeft ? precedences[inner] < precedences[outer] : precedences[inner] <= precedences[outer]
  })
}

function printInfix(printer: Printer, { args, infix, span }: CallTerm, needs: (operand: CallTerm, isLeft: boolean) => boolean): void {
  args.forEach((operand, index) => {
    if (index > 0) printer.out.write(args.length === 3 && index === 1 ? ', ' : ` ${infix} `)
    parenthesizeIf(printer, operand, operand.kind === 'call' && operand.infix !== undefined && needs(operand, index === 0))
  })
  printer.out.write('', span.end)
}

export function printPath(printer: Printer, path: readonly Term[], brackets = false): void {
  for (const part of path) {
    const named = part.kind === 'string' && !brackets && (part.form === 'name' || printer.isName(part.value))
    if (named) printer.out.write(`.${part.value}`)
    else {
      printer.out.write('[')
      if (part.kind === 'string' && part.form !== 'quoted') printer.out.write(JSON.stringify(part.value))
      else printElement(printer, part)
      printer.out.write(']')
    }
  }
}

function printCall(printer: Printer, { operator, args, span }: CallTerm): void {
  printTerm(printer, operator)
  printItems(
    printer,
    { span: { start: operator.span.end, end: span.end } },
    ['(', ')'],
    args.map((argument) => itemOf(printer, argument, false)),
  )
}

export interface Item {
  readonly start: number
  readonly end: number
  readonly print: () => void
}

export function itemOf(printer: Printer, term: Term, first: boolean): Item {
  return { start: term.span.start, end: term.span.end, print: () => (first ? printUnlessBar(printer, term) : printElement(printer, term)) }
}

function entryOf(printer: Printer, { key, value }: ObjectEntry, first: boolean): Item {
  return {
    start: key.span.start,
    end: value.span.end,
    print: () => {
      if (first) printUnlessBar(printer, key)
      else printElement(printer, key)
      printer.out.write(': ')
      if (first) printUnlessBar(printer, value)
      else printElement(printer, value)
    },
  }
}

/** On one line where all items began on one; otherwise what began on one line stays on one. */
export function printItems(
  printer: Printer,
  { span }: { readonly span: Span },
  [open, close]: readonly [string, string],
  items: readonly Item[],
): void {
  const { out } = printer
  out.write(open, span.start)
  const rows = new Set(items.map(({ start }) => out.rowOf(start)))
  if (items.length === 0 || (rows.size < 2 && !hasCommentBetween(out, span, items))) {
    items.forEach(({ print }, index) => {
      if (index > 0) out.write(', ')
      print()
    })
    return out.write(close, span.end)
  }
  out.newline(items[0]?.start)
  out.indented(() => {
    items.forEach(({ start, print }, index) => {
      out.commentsBefore(start, false)
      print()
      out.write(',')
      const next = items[index + 1]
      if (next !== undefined && out.rowOf(next.start) === out.rowOf(start)) out.write(' ')
      else out.newline()
    })
    out.commentsBefore(span.end, false)
  }, span.end)
  out.write(close, span.end)
}

/** A comment around an item, not inside it; or one that is still to be written. */
function hasCommentBetween(out: Writer, { end }: Span, items: readonly Item[]): boolean {
  const starts = [...items.map((item) => item.start), end]
  const ends = [0, ...items.map((item) => item.end)]
  return starts.some((next, index) => out.hasCommentWithin(ends[index] ?? next, next))
}

function printComprehension(
  printer: Printer,
  { span, body }: { readonly span: Span; readonly body: Body },
  [open, close]: readonly [string, string],
  head: () => void,
): void {
  const { out } = printer
  const inline = fitsLine(out, body, span)
  out.write(open, span.start)
  head()
  out.write(' |')
  if (inline) {
    body.forEach((literal, index) => {
      out.write(index > 0 ? '; ' : ' ')
      printer.literal(printer, literal)
    })
    return out.write(close, span.end)
  }
  out.newline()
  out.indented(() => printer.lines(printer, body, span.end), span.end)
  out.write(close, span.end)
}

/** A body on the line that its brackets began on, with no comment still to be written. */
export function fitsLine(out: Writer, body: Body, { start, end }: Span): boolean {
  const row = out.rowOf(start)
  return body.every((literal) => out.rowOf(literal.span.start) === row) && !out.hasCommentWithin(0, end)
}

function printTemplate(printer: Printer, { parts, raw, span }: Extract<Term, { kind: 'template' }>): void {
  const { out } = printer
  const quote = raw ? '`' : '"'
  out.write(`$${quote}`)
  for (const part of parts) {
    if (part.kind === 'text') out.write(out.slice(part.span.start, part.span.end))
    else {
      out.write('{')
      printer.literal(printer, part.literal)
      out.write('}')
    }
  }
  out.write(quote, span.end)
}
