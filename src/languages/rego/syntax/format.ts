import type { Body, BodyForm, Else, Head, Import, Module, Rule, Term, ValueForm } from './ast.ts'
import { printLines, printLiteral, printRuleBlock } from './format-body.ts'
import { itemOf, type Printer, printElement, printItems, printPath, printTerm } from './format-term.ts'
import { Writer } from './format-writer.ts'
import { futureKeywords, isKeywordIn } from './token.ts'

/** The module as `opa fmt` lays it out: tabs, one expression a line, sorted imports, comments kept. */
export function formatModule(module: Module): string {
  const out = new Writer(module.source, module.comments)
  const printer: Printer = { out, isName: nameTest(module), literal: printLiteral, lines: printLines }
  const comment = out.commentsBefore(module.package.span.start, false)
  if (comment !== undefined && out.rowOf(module.package.span.start) > comment + 1) out.blank()
  out.write('package ')
  printTerm(printer, module.package.ref)
  out.newline()
  printImports(printer, module)
  const style = styleOf(module)
  let previous: Printed | undefined
  for (const rule of module.rules) previous = printRule(printer, style, { rule, previous })
  const last = out.rowOf(module.span.end)
  out.commentsBefore(module.span.end + 1, last > 0)
  return out.text
}

/** Which of the newer keywords the module may use, and how it assigns. */
interface Style {
  readonly if: boolean
  readonly contains: boolean
  readonly assign: boolean
  /** Heads of one part behind the name keep their dot only where other heads have more parts. */
  readonly dots: boolean
}

function styleOf(module: Module): Style {
  const { version, rules } = module
  const dots = rules.some(({ head }) => head.path.length > 1)
  return { if: hasKeyword(module, 'if'), contains: hasKeyword(module, 'contains'), assign: version === 1, dots }
}

function hasKeyword({ version, imports }: Module, keyword: string): boolean {
  return (
    version === 1 ||
    imports.some(({ path: [root, , name] }) => root === 'future' && (name === undefined || name === keyword || name === 'not'))
  )
}

function nameTest(module: Module): (part: string) => boolean {
  const active = new Set(futureKeywords.filter((keyword) => hasKeyword(module, keyword)))
  return (part) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(part) && !isKeywordIn(part, active)
}

/** Imports that stood together are sorted; `rego.v1` makes those of `future.keywords` superfluous. */
function printImports(printer: Printer, { imports }: Module): void {
  const { out } = printer
  const isV1 = imports.some(({ path }) => path[0] === 'rego')
  const sorted = imports.toSorted((a, b) => a.span.start - b.span.start)
  const kept = sorted.filter(({ path }) => !isV1 || path[0] !== 'future' || path[2] === 'not')
  let group: Import[] = []
  const flush = (): void => {
    for (const item of group.toSorted(compareImports)) {
      out.write('import ')
      printTerm(printer, item.ref)
      if (item.alias !== undefined) out.write(` as ${item.alias.name}`)
      out.trailing(item.span.end)
      out.newline(0)
    }
    group = []
  }
  kept.forEach((item, index) => {
    const above = kept[index - 1]
    const gap = above === undefined || out.rowOf(item.span.start) > out.rowOf(above.span.end) + 1
    const commented = out.hasCommentWithin(above === undefined ? 0 : lineEnd(out, above.span.end), item.span.start)
    if (gap || commented) {
      flush()
      out.blank()
      const comment = out.commentsBefore(item.span.start, true)
      if (comment !== undefined && out.rowOf(item.span.start) > comment + 1) out.blank()
    }
    group.push(item)
  })
  flush()
}

function lineEnd(out: Writer, offset: number): number {
  const line = /[^\n]*/.exec(out.slice(offset, offset + 10_000))?.[0].length ?? 0
  return offset + line
}

function compareImports(a: Import, b: Import): number {
  const [left, right] = [a, b].map(({ path, alias }) => [...path, alias?.name ?? ''].join('.'))
  return (left ?? '') < (right ?? '') ? -1 : (left ?? '') > (right ?? '') ? 1 : 0
}

/** What the rule before leaves to know: where it ended, and whether it took a single line. */
interface Printed {
  readonly row: number
  readonly single: boolean
}

function printRule(
  printer: Printer,
  style: Style,
  { rule, previous }: { readonly rule: Rule; readonly previous: Printed | undefined },
): Printed {
  const { out } = printer
  const start = rule.span.start
  const comment = out.commentsBefore(start, true)
  const row = out.rowOf(start)
  const together = previous?.single === true && style.if && row === previous.row + 1 && isShort(rule) && comment === undefined
  if (comment === undefined ? !together : row > comment + 1) out.blank()
  if (rule.default) out.write('default ')
  printHead(printer, style, rule)
  const block = printRuleBody(printer, style, rule)
  const elses = printElses(printer, style, { rule, block })
  out.newline()
  const end = out.rowOf(rule.span.end)
  return { row: end, single: !block && !elses && !rule.default && row === end }
}

/** OPA's formatter lets these follow a rule of one line without a blank line. */
function isShort({ default: isDefault, body, elses }: Rule): boolean {
  return !isDefault && body.length <= 1 && elses.length === 0
}

function isTrivial(body: Body): boolean {
  const [literal, ...more] = body
  if (literal === undefined) return true
  return (
    more.length === 0 &&
    literal.kind === 'term' &&
    literal.term.kind === 'boolean' &&
    literal.term.value &&
    !literal.negated &&
    literal.withs.length === 0
  )
}

function isBodyless({ body, elses }: Rule): boolean {
  return isTrivial(body) && elses.length === 0
}

function printHead(printer: Printer, style: Style, rule: Rule): void {
  const { out } = printer
  const { head } = rule
  out.write(head.name, head.refSpan.start)
  printPath(printer, head.path, !style.dots && head.kind !== 'set' && head.path.length === 1)
  if (head.kind === 'set') return printSetElement(printer, style, head)
  if (head.kind === 'function') {
    const end = head.refSpan.end
    printItems(
      printer,
      { span: { start: head.refSpan.start, end } },
      ['(', ')'],
      head.args.map((argument) => itemOf(printer, argument, false)),
    )
  }
  const value = writtenValue(rule)
  if (value !== undefined) printValue(printer, style, { value, form: head.valueForm })
  out.write('', head.span.end)
}

function printSetElement(printer: Printer, style: Style, { element }: Extract<Head, { kind: 'set' }>): void {
  if (style.contains) {
    printer.out.write(' contains ')
    return printTerm(printer, element)
  }
  printPath(printer, [element], true)
}

/** A `true` that the body implies is left out; one that would stand without a body is written. */
function writtenValue({ head, body, elses, form, default: isDefault }: Rule): Term | undefined {
  if (head.kind === 'set') return undefined
  const trivial = isTrivial(body) && elses.length === 0
  if (head.valueForm === 'implied') return isDefault || (trivial && (form.if || form.braces)) ? head.value : undefined
  const isTrue = head.value.kind === 'boolean' && head.value.value
  const simple = head.kind !== 'object'
  return isTrue && simple && !trivial ? undefined : head.value
}

function printValue(printer: Printer, style: Style, { value, form }: { readonly value: Term; readonly form: ValueForm }): void {
  printer.out.write(style.assign || form === 'assign' ? ' := ' : ' = ')
  // `key, value in collection` may stand here as it is.
  printTerm(printer, value)
}

/** Whether the body was written as a block. */
function printRuleBody(printer: Printer, style: Style, rule: Rule): boolean {
  if (isBodyless(rule)) return false
  return printBody(printer, style, { ...rule, start: rule.span.start })
}

interface WrittenBody {
  readonly body: Body
  readonly form: BodyForm
  readonly start: number
}

function printBody(printer: Printer, style: Style, { body, form, start }: WrittenBody): boolean {
  const { out } = printer
  const [literal, ...more] = body
  if (literal === undefined) return false
  out.write(style.if ? ' if ' : ' ')
  // A set alone behind `if` would be read as a body.
  const isSet = literal.kind === 'term' && literal.term.kind === 'set' && literal.withs.length === 0
  if (style.if && more.length === 0 && !isSet && out.rowOf(literal.span.start) === out.rowOf(start)) {
    printLiteral(printer, literal)
    out.write('', form.end)
    return false
  }
  printRuleBlock(printer, body, { end: form.end, behindIf: style.if })
  return true
}

function printElses(printer: Printer, style: Style, { rule, block }: { readonly rule: Rule; readonly block: boolean }): boolean {
  let above: BodyAbove = { block, start: rule.span.start, end: rule.form.end }
  for (const branch of rule.elses) {
    above = {
      block: printElse(printer, style, { branch, above, isLast: branch === rule.elses.at(-1) }),
      start: branch.span.start,
      end: branch.form.end,
    }
  }
  return rule.elses.length > 0
}

interface BodyAbove {
  readonly block: boolean
  readonly start: number
  readonly end: number
}

interface ElsePlace {
  readonly branch: Else
  readonly above: BodyAbove
  readonly isLast: boolean
}

/** Behind the closing brace where it was so in the source; otherwise a paragraph of its own. */
function printElse(printer: Printer, style: Style, { branch, above, isLast }: ElsePlace): boolean {
  const { out } = printer
  const { start } = branch.span
  const row = out.rowOf(start)
  const behind = above.block && out.rowOf(above.end) === row && out.rowOf(above.start) !== row
  if (behind) out.write(' ')
  else {
    out.newline()
    out.blank()
    out.commentsBefore(start, false)
  }
  out.write('else', start)
  const trivial = isTrivial(branch.body) && (isLast || branch.body.length === 0)
  if (branch.valueForm !== 'implied' || trivial) {
    out.write(style.assign || branch.valueForm === 'assign' ? ' := ' : ' = ')
    printElement(printer, branch.value)
  }
  return trivial ? false : printBody(printer, style, { ...branch, start })
}
