import { isJsonArray, isJsonObject, type Json, type JsonObject, ownValue } from '../../../core/json.ts'
import { err, ok, type Result } from '../../../core/result.ts'
import { lineAndColumn, type Source } from '../../../core/source.ts'
import { loadValue } from '../../../kube/yaml/yaml.ts'
import type { Annotations, AnnotationScope, Comment, Module } from './ast.ts'
import type { Problem } from './reader.ts'

/** The `# METADATA` blocks of a module: YAML in comments, each for the statement below it. */
export function annotate(module: Module): Result<readonly Annotations[], readonly Problem[]> {
  const annotations: Annotations[] = []
  const problems: Problem[] = []
  for (const block of blocksOf(module.source, module.comments)) {
    const read = readBlock(module, block)
    if ('message' in read) problems.push(read)
    else annotations.push(read)
  }
  return problems.length > 0 ? err(problems) : ok(annotations)
}

type Block = readonly [Comment, ...Comment[]]

/** Comments on lines of their own, one below the other, from one that says METADATA. */
function blocksOf(source: Source, comments: readonly Comment[]): readonly Block[] {
  const blocks: [Comment, ...Comment[]][] = []
  let open: { block: [Comment, ...Comment[]]; line: number; column: number } | undefined
  for (const comment of comments) {
    const { line, column } = lineAndColumn(source, comment.span.start)
    if (comment.text.replace(/^#/, '').trim() === 'METADATA') {
      open = { block: [comment], line, column }
      blocks.push(open.block)
    } else if (open !== undefined && line === open.line + 1 && column === open.column) {
      open.block.push(comment)
      open.line = line
    } else open = undefined
  }
  return blocks
}

function readBlock(module: Module, block: Block): Annotations | Problem {
  const [first, ...lines] = block
  const last = block.at(-1) ?? first
  const span = { start: first.span.start, end: last.span.end }
  const text = lines.map((line) => line.text.slice(1)).join('\n')
  if (text.trim() === '') return { message: 'expected METADATA block, found whitespace', span: first.span }
  const loaded = loadValue(text)
  const firstLine = lines[0]?.span ?? first.span
  if (!loaded.ok) return { message: `yaml: ${loaded.error}`, span: firstLine }
  const raw = loaded.value ?? {}
  if (!isJsonObject(raw)) return { message: 'yaml: unmarshal errors:\n  line 1: cannot unmarshal into ast.rawAnnotation', span: firstLine }
  return targeted(module, raw, span)
}

const scopes: readonly string[] = ['rule', 'document', 'package', 'subpackages'] satisfies readonly AnnotationScope[]

function isScope(scope: string): scope is AnnotationScope {
  return scopes.includes(scope)
}

function targeted(module: Module, raw: JsonObject, span: { start: number; end: number }): Annotations | Problem {
  const target = targetOf(module, span.end)
  const written = ownValue(raw, 'scope')
  const scope = typeof written === 'string' ? written : impliedScope(target, ownValue(raw, 'entrypoint') === true)
  if (!isScope(scope))
    return { message: `invalid annotation scope '${scope}'. Use one of 'rule', 'document', 'package', or 'subpackages'`, span }
  const wanted = scope === 'rule' || scope === 'document' ? 'rule' : 'package'
  const found = typeof target === 'number' ? 'rule' : target
  if (found !== wanted || target === 'import' || target === '') {
    return { message: `annotation scope '${scope}' must be applied to ${wanted} (have ${found})`, span }
  }
  const value = valueOf(raw, scope)
  return typeof value === 'string' ? { message: value, span } : { scope, value, span, target }
}

function impliedScope(target: number | 'package' | 'import' | '', isEntrypoint: boolean): string {
  if (typeof target === 'number') return isEntrypoint ? 'document' : 'rule'
  return target
}

/** The first statement below. */
function targetOf({ package: pkg, imports, rules }: Module, end: number): number | 'package' | 'import' | '' {
  if (pkg.span.start >= end) return 'package'
  const rule = rules.findIndex(({ span }) => span.start >= end)
  const nextImport = imports.find(({ span }) => span.start >= end)
  const start = rules[rule]?.span.start ?? Infinity
  if (nextImport !== undefined && nextImport.span.start < start) return 'import'
  return rule < 0 ? '' : rule
}

/** What `rego.metadata` gives: known keys, in their full form. Unknown ones are left out. */
function valueOf(raw: JsonObject, scope: AnnotationScope): JsonObject | string {
  const custom = ownValue(raw, 'custom') ?? null
  if (custom !== null && !isJsonObject(custom)) return 'yaml: unmarshal errors:\n  cannot unmarshal `custom` into map[string]interface {}'
  const authors = listOf(raw, 'authors').map(author)
  const resources = listOf(raw, 'related_resources').map(resource)
  const organizations = listOf(raw, 'organizations').flatMap((name) => (typeof name === 'string' ? [name] : []))
  const schemas = listOf(raw, 'schemas').flatMap(schema)
  const title = textOf(raw, 'title')
  const description = textOf(raw, 'description')
  return {
    ...(authors.length > 0 && { authors }),
    ...(custom !== null && Object.keys(custom).length > 0 && { custom }),
    ...(description !== '' && { description }),
    ...(ownValue(raw, 'entrypoint') === true && { entrypoint: true }),
    ...(organizations.length > 0 && { organizations }),
    ...(resources.length > 0 && { related_resources: resources }),
    ...(schemas.length > 0 && { schemas }),
    scope,
    ...(title !== '' && { title }),
  }
}

function listOf(raw: JsonObject, key: string): readonly Json[] {
  const list = ownValue(raw, key)
  return list !== undefined && isJsonArray(list) ? list : []
}

function textOf(raw: JsonObject, key: string): string {
  const text = ownValue(raw, key) ?? ''
  return typeof text === 'string' ? text : JSON.stringify(text)
}

/** `Jane Doe <jane@example.com>`, or a map of name and email. */
function author(written: Json): Json {
  if (isJsonObject(written)) return known(written, ['name', 'email'])
  const words = String(written).trim().split(/\s+/)
  const email = /^<(.*)>$/.exec(words.at(-1) ?? '')?.[1]
  const name = (email === undefined ? words : words.slice(0, -1)).join(' ')
  return { ...(name !== '' && { name }), ...(email !== undefined && { email }) }
}

/** A URL, or a map of ref and description. */
function resource(written: Json): Json {
  return isJsonObject(written) ? known(written, ['ref', 'description']) : { ref: String(written) }
}

function known(written: JsonObject, keys: readonly string[]): JsonObject {
  const entries = keys.map((key) => [key, textOf(written, key)] as const)
  return Object.fromEntries(entries.filter(([, text]) => text !== ''))
}

/** `path: schema.ref`, or `path: {definition}`. */
function schema(written: Json): readonly Json[] {
  if (!isJsonObject(written)) return []
  return Object.entries(written).map(([path, of]) => ({
    path: path.split('.'),
    ...(typeof of === 'string' ? { schema: of.split('.') } : { definition: of }),
  }))
}
