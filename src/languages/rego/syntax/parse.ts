import type { Diagnostic, DiagnosticDetails } from '../../../core/diagnostic.ts'
import { err, ok, type Result } from '../../../core/result.ts'
import { lineAndColumn, lineAt, type Source } from '../../../core/source.ts'
import type { Body, Comment, Import, Literal, Module, Package, RegoVersion, Rule, Term } from './ast.ts'
import { annotate } from './annotations.ts'
import { tokenize } from './lexer.ts'
import { ruleProblems } from './module-rules.ts'
import { bareRule, parseStatement } from './parse-bare-rule.ts'
import { parseBody, parseLiteral } from './parse-body.ts'
import { parseImport, parsePackage } from './parse-import.ts'
import { parseRule } from './parse-rule.ts'
import { parseTerm as parseOneTerm } from './parse-term.ts'
import { type Grammar, type Problem, Reader } from './reader.ts'

export interface ParseOptions {
  readonly regoVersion: RegoVersion
  /** Reads `# METADATA` comments; bad ones are errors then. */
  readonly annotations?: boolean
  /** The names of built-ins, which a rule without a body cannot have. */
  readonly builtins?: { readonly has: (name: string) => boolean }
  /** Template strings; by default in version 1 only, as OPA's capabilities have it. */
  readonly templates?: boolean
  /** Goes on after a syntax error with the next line that begins in the first column. OPA stops. */
  readonly recover?: boolean
}

/** Longest file, in UTF-16 units. */
export const longestFile = 16 * 1024 * 1024

/** Problems told of one file. */
const mostProblems = 50

const grammar: Grammar = { body: parseBody, literal: parseLiteral }

/** A file of Rego. Errors carry OPA's code (`rego_parse_error`) and texts; the first ones are those that OPA gives. */
export function parseModule(source: Source, options: ParseOptions): Result<Module, readonly Diagnostic[]> {
  const opened = open(source, options)
  if (!opened.ok) return opened
  const { reader, comments } = opened.value
  const found = parseStatements(reader, options)
  if (reader.problems.length > 0) return err(diagnose(source, reader.problems))
  const version = options.regoVersion === 1 || found.imports.some(({ path }) => path[0] === 'rego') ? 1 : 0
  const [pkg] = found.packages
  const problems = [...moduleProblems(source, found), ...found.problems, ...found.rules.flatMap((rule) => ruleProblems(rule, version))]
  if (pkg === undefined || problems.length > 0) return err(diagnose(source, problems.map(withoutLine)))
  const module: Module = {
    kind: 'module',
    source,
    version,
    package: pkg,
    imports: found.imports,
    rules: found.rules,
    comments,
    annotations: [],
    span: { start: 0, end: source.text.length },
  }
  if (options.annotations !== true) return ok(module)
  const annotations = annotate(module)
  return annotations.ok ? ok({ ...module, annotations: annotations.value }) : err(diagnose(source, annotations.error))
}

/** A query: expressions as in the body of a rule. */
export function parseQuery(source: Source, options: ParseOptions): Result<Body, readonly Diagnostic[]> {
  const opened = open(source, options)
  if (!opened.ok) return opened
  const { reader } = opened.value
  const body: Literal[] = []
  if (reader.token.kind === 'eof') reader.fail('expected body', reader.token)
  while (reader.token.kind !== 'eof' && reader.problems.length === 0) body.push(...(parseStatement(reader) ?? []))
  return reader.problems.length > 0 ? err(diagnose(source, reader.problems)) : ok(body)
}

/** One term. */
export function parseTerm(source: Source, options: ParseOptions): Result<Term, readonly Diagnostic[]> {
  const opened = open(source, options)
  if (!opened.ok) return opened
  const { reader } = opened.value
  const term = parseOneTerm(reader)
  if (term !== undefined && reader.token.kind !== 'eof') reader.unexpected('expected exactly one term')
  return term !== undefined && reader.problems.length === 0 ? ok(term) : err(diagnose(source, reader.problems))
}

function open(source: Source, options: ParseOptions): Result<{ reader: Reader; comments: readonly Comment[] }, readonly Diagnostic[]> {
  if (source.text.length > longestFile) {
    return err(diagnose(source, [{ message: `file is longer than ${longestFile} characters`, span: { start: 0, end: 0 } }]))
  }
  const { tokens, comments } = tokenize(source.text)
  const version = options.regoVersion
  return ok({ reader: new Reader(source, tokens, { version, templates: options.templates ?? version === 1, grammar }), comments })
}

interface Statements {
  readonly packages: Package[]
  readonly imports: Import[]
  readonly rules: Rule[]
  /** Of statements that were read, but say nothing that a module may hold. */
  readonly problems: Problem[]
}

function parseStatements(reader: Reader, options: ParseOptions): Statements {
  const found: Statements = { packages: [], imports: [], rules: [], problems: [] }
  while (reader.token.kind !== 'eof' && reader.problems.length < mostProblems) {
    if (parseOne(reader, options, found)) continue
    if (options.recover === false) break
    recover(reader)
  }
  return found
}

function parseOne(reader: Reader, options: ParseOptions, found: Statements): boolean {
  if (reader.isKeyword('package')) return keep(found.packages, parsePackage(reader))
  if (reader.isKeyword('import')) return keep(found.imports, parseImport(reader, options.regoVersion))
  const rules = parseRule(reader)
  if (rules === undefined) return false
  if (rules !== 'none') return found.rules.push(...rules) > 0
  const body = parseStatement(reader)
  if (body === undefined) return false
  const rule = bareRule(reader, body, (name) => options.builtins?.has(name) === true)
  if ('message' in rule) found.problems.push(rule)
  else found.rules.push(rule)
  return true
}

function keep<T>(list: T[], item: T | undefined): boolean {
  if (item !== undefined) list.push(item)
  return item !== undefined
}

/** To the next line that looks like the beginning of a statement. */
function recover(reader: Reader): void {
  const { text } = reader.source
  for (reader.advance(); reader.token.kind !== 'eof'; reader.advance()) {
    const { kind, start } = reader.token
    if (kind === 'name' && (start === 0 || text[start - 1] === '\n')) return
  }
}

function moduleProblems(source: Source, { packages, imports, rules, problems }: Statements): readonly Problem[] {
  const [first, ...more] = packages
  const starts = [...imports, ...rules, ...problems].map(({ span }) => span.start)
  if (first === undefined && starts.length === 0) return [{ message: 'empty module', span: { start: 0, end: 0 } }]
  const earliest = starts.reduce((least, start) => Math.min(least, start), Infinity)
  if (first === undefined || earliest < first.span.start) {
    const start = Math.min(earliest, source.text.length)
    return [{ message: 'package expected', span: { start, end: start } }]
  }
  return more.map(({ span }) => ({ message: 'unexpected package', span }))
}

/** What is wrong with whole rules is told without showing them. */
const withoutLine = (problem: Problem): Problem =>
  problem.message.startsWith('illegal default rule') ? problem : { ...problem, line: false }

function diagnose(source: Source, problems: readonly Problem[]): readonly Diagnostic[] {
  return problems.slice(0, mostProblems).map(({ message, span, line }) => {
    const diagnostic: Diagnostic = { code: 'rego_parse_error', severity: 'error', message, source, span }
    return line === false ? diagnostic : { ...diagnostic, details: lineDetails(source, span.start) }
  })
}

/** The line with a caret, as OPA shows it. Of the end of a file, the last line that says anything. */
function lineDetails(source: Source, offset: number): DiagnosticDetails {
  const end = source.text.trimEnd().length
  const at = Math.max(0, Math.min(offset, end - 1))
  const { text, start } = lineAt(source, lineAndColumn(source, at).line)
  const idx = new TextEncoder().encode(text.slice(0, at - start)).length
  const shown = text.replace(/^\t+/, '')
  return { lines: [shown, `${' '.repeat(Math.max(0, idx - (text.length - shown.length)))}^`], json: { line: text, idx } }
}
