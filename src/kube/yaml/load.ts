import type { Diagnostic } from '../../core/diagnostic.ts'
import type { Json } from '../../core/json.ts'
import { defaultLimits } from '../../core/limits.ts'
import type { Limits } from '../../core/limits.ts'
import { err, ok } from '../../core/result.ts'
import type { Result } from '../../core/result.ts'
import type { Source, Span } from '../../core/source.ts'
import type { Document } from '../manifest.ts'
import { blockParser, notPlainBlock } from './block.ts'
import { construct } from './construct.ts'
import type { Constructed, ConstructProblem } from './construct.ts'
import { parseYamlEvents } from './js-yaml.ts'
import { looksLikeJson, parseJson, parseJsonStream } from './json.ts'
import type { YamlDialect } from './scalar.ts'
import { splitDocuments } from './split.ts'

export interface Loaded {
  readonly documents: readonly Document[]
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Every document of a file, as sigs.k8s.io/yaml reads them. A document that is no YAML gives one diagnostic and does not lose the others;
 * empty ones are dropped.
 */
export function loadDocuments(source: Source, limits: Limits = defaultLimits, dialect: YamlDialect = 'kubernetes'): Loaded {
  if (source.text.length > limits.fileBytes) return { documents: [], diagnostics: [tooLarge(source, limits)] }
  const values = looksLikeJson(source.text) ? parseJsonStream(source.text, limits.documentDepth) : undefined
  if (values !== undefined) {
    return { documents: values.map(({ start, end, value }) => ({ source, start, end, base: [], value })), diagnostics: [] }
  }
  const documents: Document[] = []
  const diagnostics: Diagnostic[] = []
  const fast = dialect === 'kubernetes' ? blockParser(source.text, limits) : undefined
  for (const span of splitDocuments(source.text)) {
    const value = fast?.parse(span.start, span.end) ?? notPlainBlock
    if (value === notPlainBlock) loadOne(source, span, { limits, dialect }, { documents, diagnostics })
    else if (value !== null) documents.push({ source, start: span.start, end: span.end, base: [], value })
  }
  return { documents, diagnostics }
}

function loadOne(
  source: Source,
  span: Span,
  reading: { readonly limits: Limits; readonly dialect: YamlDialect },
  into: { documents: Document[]; diagnostics: Diagnostic[] },
): void {
  const loaded = loadText(source.text.slice(span.start, span.end), reading.limits, reading.dialect)
  if (!loaded.ok) {
    into.diagnostics.push(invalid(source, span, loaded.error))
    return
  }
  if (loaded.value === undefined || loaded.value.value === null) return
  const { value, duplicateKeys } = loaded.value
  into.documents.push({ source, start: span.start, end: span.end, base: [], value })
  for (const duplicate of duplicateKeys) into.diagnostics.push(duplicateKey(source, span, duplicate))
}

function loadText(text: string, limits: Limits, dialect: YamlDialect = 'kubernetes'): Result<Constructed | undefined, ConstructProblem> {
  const events = parseYamlEvents(text, limits.documentDepth)
  if (!events.ok) return err({ message: events.error.message, span: { start: events.error.offset, end: events.error.offset } })
  return construct(text, events.value, limits, dialect)
}

/** One value from text that stands alone, for `parse_yaml` and its like. No text is null. */
export function loadValue(text: string, limits: Limits = defaultLimits): Result<Json, string> {
  const json = looksLikeJson(text) ? parseJson(text, limits.documentDepth) : undefined
  if (json !== undefined) return ok(json)
  const loaded = loadText(text, limits)
  if (!loaded.ok) return err(loaded.error.message)
  return ok(loaded.value?.value ?? null)
}

function tooLarge(source: Source, limits: Limits): Diagnostic {
  return {
    code: 'file-too-large',
    severity: 'error',
    message: `expected a file of at most ${limits.fileBytes} bytes, found ${source.text.length}`,
    source,
    span: { start: 0, end: 0 },
  }
}

function invalid(source: Source, chunk: Span, problem: ConstructProblem): Diagnostic {
  const start = Math.min(chunk.start + problem.span.start, source.text.length)
  const end = Math.min(Math.max(chunk.start + problem.span.end, start + 1), source.text.length)
  const diagnostic = {
    code: 'invalid-yaml',
    severity: 'error',
    message: problem.message,
    source,
    span: { start, end: Math.max(start, end) },
  } as const
  return problem.help === undefined ? diagnostic : { ...diagnostic, help: problem.help }
}

function duplicateKey(source: Source, chunk: Span, duplicate: { readonly key: string; readonly span: Span }): Diagnostic {
  return {
    code: 'duplicate-key',
    severity: 'warning',
    message: `key \`${duplicate.key}\` is given twice, the last one counts`,
    source,
    span: { start: chunk.start + duplicate.span.start, end: chunk.start + duplicate.span.end },
    help: 'remove one of them',
  }
}
