import type { Diagnostic } from '../../../core/diagnostic.ts'
import { err, type Result } from '../../../core/result.ts'
import type { Source } from '../../../core/source.ts'
import type { Body, Module, RegoVersion, Term } from './ast.ts'

export interface ParseOptions {
  readonly regoVersion: RegoVersion
}

/** A file of Rego. Errors carry OPA's codes (`rego_parse_error`) and texts. */
export function parseModule(source: Source, options: ParseOptions): Result<Module, readonly Diagnostic[]> {
  return err([
    { code: 'rego_parse_error', severity: 'error', message: `not yet: v${options.regoVersion}`, source, span: { start: 0, end: 0 } },
  ])
}

/** A query: expressions as in the body of a rule. */
export function parseQuery(source: Source, options: ParseOptions): Result<Body, readonly Diagnostic[]> {
  return err([
    { code: 'rego_parse_error', severity: 'error', message: `not yet: v${options.regoVersion}`, source, span: { start: 0, end: 0 } },
  ])
}

/** One term. */
export function parseTerm(source: Source, options: ParseOptions): Result<Term, readonly Diagnostic[]> {
  return err([
    { code: 'rego_parse_error', severity: 'error', message: `not yet: v${options.regoVersion}`, source, span: { start: 0, end: 0 } },
  ])
}
