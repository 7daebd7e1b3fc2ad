import { unreachable } from '../../../core/unreachable.ts'
import type { Body, EveryLiteral, Literal, Term } from './ast.ts'
import { type Printer, printElement, printOperand, printTerm, printTopOperation } from './format-term.ts'

/** One expression a line. Blank lines stay, and stand before comments. `end` is where the body ends in the source. */
export function printLines(printer: Printer, body: Body, end: number): void {
  const { out } = printer
  let previous: number | undefined
  for (const literal of body) {
    const comment = out.commentsBefore(literal.span.start, previous !== undefined)
    const above = comment ?? previous
    const start = out.rowOf(literal.span.start)
    if (above !== undefined && start > above + 1) out.blank()
    printLiteral(printer, literal)
    out.newline()
    previous = out.rowOf(literal.span.end)
  }
  out.commentsBefore(end, false)
}

export function printLiteral(printer: Printer, literal: Literal): void {
  const { out } = printer
  if (literal.negated) out.write('not ', literal.span.start)
  printPositive(printer, literal)
  printWiths(printer, literal)
}

function printPositive(printer: Printer, literal: Literal): void {
  const { out } = printer
  switch (literal.kind) {
    case 'term':
      return printTop(printer, literal.term)
    case 'unify':
    case 'assign':
      printElement(printer, literal.left)
      out.write(literal.kind === 'unify' ? ' = ' : ' := ')
      return printElement(printer, literal.right)
    case 'some':
      return out.write(`some ${literal.variables.map(({ name, wildcard }) => (wildcard ? '_' : name)).join(', ')}`, literal.span.end)
    case 'some-in':
      out.write('some ')
      return printIn(printer, literal)
    case 'every':
      out.write('every ', literal.span.start)
      printIn(printer, literal)
      return printEveryBody(printer, literal)
    case 'not-body':
      return printBlock(printer, literal.body, literal.span.end)
    default:
      return unreachable(literal)
  }
}

function printTop(printer: Printer, term: Term): void {
  if (term.kind === 'call' && term.infix === '|' && term.parenthesized === true) printOperand(printer, term)
  else if (term.kind === 'call' && term.infix !== undefined) printTopOperation(printer, term)
  else printTerm(printer, term)
}

function printIn(printer: Printer, { key, value, domain }: { readonly key?: Term; readonly value: Term; readonly domain: Term }): void {
  const operand = (term: Term): void => {
    const wrapped = term.kind === 'call' && term.infix === 'in'
    if (wrapped) printer.out.write('(')
    printTerm(printer, term)
    if (wrapped) printer.out.write(')')
  }
  if (key !== undefined) {
    operand(key)
    printer.out.write(', ')
  }
  operand(value)
  printer.out.write(' in ')
  operand(domain)
}

function printEveryBody(printer: Printer, { body, span }: EveryLiteral): void {
  const { out } = printer
  const row = out.rowOf(span.start)
  const inline = body.every((literal) => out.rowOf(literal.span.start) === row) && !out.hasCommentWithin(span.start, span.end)
  out.write(' ')
  if (!inline) return printBlock(printer, body, span.end)
  out.write('{ ')
  body.forEach((literal, index) => {
    if (index > 0) out.write('; ')
    printLiteral(printer, literal)
  })
  // OPA's formatter leaves the blank out behind several expressions.
  out.write(body.length > 1 ? '}' : ' }', span.end)
}

/** `{`, the body a line each, `}`; `end` is behind the closing brace in the source. */
export function printBlock(printer: Printer, body: Body, end: number): void {
  const { out } = printer
  out.write('{')
  out.newline()
  out.indented(() => printLines(printer, body, end), end)
  out.write('}', end)
}

/** The block behind `if`: what begins with `a | b` would be read as a comprehension. */
export function printIfBlock(printer: Printer, body: Body, end: number): void {
  const [first, ...more] = body
  const isBar = first?.kind === 'term' && first.term.kind === 'call' && first.term.infix === '|' && !first.negated
  printBlock(printer, isBar ? [{ ...first, term: { ...first.term, parenthesized: true } }, ...more] : body, end)
}

/** A `with` that began on another line than what is before it stays on its own. */
function printWiths(printer: Printer, { withs, span }: Literal): void {
  const { out } = printer
  let row = out.rowOf(span.start)
  for (const { target, value, span: at } of withs) {
    const next = out.rowOf(at.start)
    const print = (): void => {
      out.write('with ')
      printTerm(printer, target)
      out.write(' as ')
      printElement(printer, value)
    }
    if (next === row) {
      out.write(' ')
      print()
    } else {
      out.newline()
      out.indented(print)
    }
    row = next
  }
}
