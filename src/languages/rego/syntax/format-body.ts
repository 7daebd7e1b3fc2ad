import { unreachable } from '../../../core/unreachable.ts'
import type { Body, EveryLiteral, Literal, Term } from './ast.ts'
import { fitsLine, type Printer, printElement, printOperand, printTerm, printTopOperation } from './format-term.ts'

/** One expression a line. Blank lines stay, and stand before comments. `end` is where the body ends in the source. */
export function printLines(printer: Printer, body: Body, end: number): void {
  const { out } = printer
  let previous: number | undefined
  for (const literal of body) {
    const comment = out.commentsBefore(literal.span.start, previous !== undefined)
    const above = comment ?? previous
    const start = out.rowOf(literal.span.start)
    if (above !== undefined && start > above + 1) out.blank()
    printLiteral(printer, previous === undefined ? literal : withoutLeadingMinus(literal))
    out.newline()
    previous = out.rowOf(literal.span.end)
  }
  out.commentsBefore(end, false)
}

/** A minus at the beginning of a line would go on with the line above. */
function withoutLeadingMinus(literal: Literal): Literal {
  return mapLeft(literal, leftParenthesized)
}

/** The literal with another first term. */
function mapLeft(literal: Literal, map: (term: Term) => Term): Literal {
  if (literal.negated) return literal
  if (literal.kind === 'term') return { ...literal, term: map(literal.term) }
  return literal.kind === 'unify' || literal.kind === 'assign' ? { ...literal, left: map(literal.left) } : literal
}

function leftParenthesized(term: Term): Term {
  if (term.kind === 'number') return { ...term, parenthesized: true }
  const [left, ...others] = term.kind === 'call' && term.infix !== undefined ? term.args : []
  return left === undefined || term.kind !== 'call' ? term : { ...term, args: [leftParenthesized(left), ...others] }
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
      printLeft(printer, literal.left)
      out.write(literal.kind === 'unify' ? ' = ' : ' := ')
      return printElement(printer, literal.right)
    case 'some':
      return out.write(`some ${literal.variables.map(({ name, wildcard }) => (wildcard ? '_' : name)).join(', ')}`, literal.span.end)
    case 'some-in':
      out.write('some ')
      return printIn(printer, literal)
    case 'every':
      return printEvery(printer, literal)
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

function printLeft(printer: Printer, term: Term): void {
  if (term.kind === 'call' && term.infix === '|' && term.parenthesized === true) printOperand(printer, term)
  else printElement(printer, term)
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

function printEvery(printer: Printer, literal: EveryLiteral): void {
  const { out } = printer
  const { body, span } = literal
  const inline = fitsLine(out, body, span)
  out.write('every ', span.start)
  printIn(printer, literal)
  out.write(' ')
  if (!inline) return printBlock(printer, body, span.end)
  out.write('{ ')
  body.forEach((inner, index) => {
    if (index > 0) out.write('; ')
    printLiteral(printer, inner)
  })
  // OPA's formatter leaves the blank out behind several expressions.
  out.write(body.length > 1 ? '}' : ' }', span.end)
}

/** `{`, the body a line each, `}`; `end` is behind the closing brace in the source. */
export function printBlock(printer: Printer, body: Body, end: number): void {
  printer.out.write('{')
  printer.out.newline()
  printBlockLines(printer, body, end)
}

function printBlockLines(printer: Printer, body: Body, end: number): void {
  const { out } = printer
  out.indented(() => printLines(printer, body, end), end)
  out.write('}', end)
}

/** The block of a rule. Behind `if`, what begins with `a | b` would be read as a comprehension. */
export function printRuleBlock(
  printer: Printer,
  body: Body,
  { end, behindIf }: { readonly end: number; readonly behindIf: boolean },
): void {
  const [first, ...more] = body
  printer.out.write('{')
  printer.out.newlineOfHead()
  printBlockLines(printer, first === undefined || !behindIf ? body : [mapLeft(first, barParenthesized), ...more], end)
}

function barParenthesized(term: Term): Term {
  if (term.kind !== 'call' || term.infix === undefined) return term
  if (term.infix === '|') return { ...term, parenthesized: true }
  const [left, ...others] = term.args
  return left === undefined ? term : { ...term, args: [barParenthesized(left), ...others] }
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
