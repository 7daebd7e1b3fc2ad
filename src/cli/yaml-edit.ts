import type { Json, JsonObject, JsonPath } from '../core/json.ts'
import { isJsonArray, isJsonObject, jsonEqual, ownValue, valueAt } from '../core/json.ts'
import { withAdditionsAt } from '../core/json-additions.ts'
import type { Document } from '../kube/manifest.ts'
import { loadDocuments, locate } from '../kube/yaml/yaml.ts'
import { closingBracket, endOfBlock, flowText, indentAt, dashBefore, blockLines } from './yaml-text.ts'

/** Fields to add, deeply, to the map at `path`. */
export interface Addition {
  readonly path: JsonPath
  readonly add: JsonObject
}

/** A replacement of `[start, end)` of the text. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Documents of one text that stand at the same place: the items of a List, or one that is alone. */
export interface Wanted {
  readonly document: Document
  readonly additions: readonly Addition[]
}

export interface Edited {
  readonly edits: readonly Edit[]
  /** Additions for which no place was found: anchors, merge keys and the like have one text for several values. */
  readonly left: readonly { readonly document: Document; readonly addition: Addition }[]
}

/**
 * The edits of a text that make the additions and touch nothing else: comments and layout stay. What comes out is read again and compared with what
 * was meant, so that an edit that would do anything else is not made.
 */
export function editDocuments(wanted: readonly Wanted[]): Edited {
  const edits: Edit[] = []
  const left: { document: Document; addition: Addition }[] = []
  for (const group of Map.groupBy(wanted, ({ document }) => document.start).values()) {
    const all = group.flatMap(({ document, additions }) => additions.map((addition) => ({ document, addition })))
    const together = tryEdit(all)
    if (together !== undefined) {
      edits.push(...together)
      continue
    }
    // One that cannot be made does not keep the others from being made.
    const made: typeof all = []
    for (const one of all) {
      if (made.length < mostSingly && tryEdit([...made, one]) !== undefined) made.push(one)
      else left.push(one)
    }
    edits.push(...(tryEdit(made) ?? []))
  }
  return { edits, left }
}

/** Each is tried by reading the document again. */
const mostSingly = 200

type One = Edited['left'][number]

function tryEdit(additions: readonly One[]): readonly Edit[] | undefined {
  const [first] = additions
  if (first === undefined) return []
  const { source, start, end } = first.document
  const written = source.text.slice(start, end)
  const isJson = isJsonText(written)
  const edits = additions.flatMap(({ document, addition }) => editsOf({ document, isJson }, addition))
  const text = applyEdits(
    written,
    edits.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start })),
  )
  const before = first.document.base.length === 0 ? first.document.value : loadDocuments({ name: '', text: written }).documents[0]?.value
  const after = loadDocuments({ name: '', text })
  const [read, ...more] = after.documents
  if (before === undefined || read === undefined || more.length > 0 || after.diagnostics.length > 0) return undefined
  return jsonEqual(read.value, withValues(before, meantOf(additions))) ? edits : undefined
}

interface Placed {
  readonly path: JsonPath
  readonly value: Json
}

/** What each document is to be, and where it stands. */
const meantOf = (additions: readonly One[]): readonly Placed[] =>
  [...Map.groupBy(additions, ({ document }) => document)].map(([{ base, value }, all]) => ({
    path: base,
    value: all.reduce((root, { addition }) => withAdditionsAt(root, addition.path, addition.add), value),
  }))

/** The value with others at some places: all at once, because there may be as many as a List has items. */
function withValues(root: Json, placed: readonly Placed[]): Json {
  const whole = placed.find(({ path }) => path.length === 0)
  if (whole !== undefined) return whole.value
  const inner = new Map(
    [...Map.groupBy(placed, ({ path }) => path[0])].map(([step, all]) => [
      step,
      all.map(({ path, value }) => ({ path: path.slice(1), value })),
    ]),
  )
  const changed = (step: string | number, value: Json): Json => {
    const below = inner.get(step)
    return below === undefined ? value : withValues(value, below)
  }
  if (isJsonArray(root)) return root.map((item, index) => changed(index, item))
  if (!isJsonObject(root)) return root
  return Object.fromEntries(Object.entries(root).map(([key, value]) => [key, changed(key, value)]))
}

/** The text after edits that do not overlap. Of several at one place the first comes first. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const parts: string[] = []
  let at = 0
  for (const edit of inOrder(edits)) {
    parts.push(text.slice(at, edit.start), edit.text)
    at = Math.max(at, edit.end)
  }
  return [...parts, text.slice(at)].join('')
}

export const inOrder = (edits: readonly Edit[]): readonly Edit[] => [...edits].sort((a, b) => a.start - b.start)

/** Where edits are made. */
interface Target {
  readonly document: Document
  /** The whole document is JSON and stays JSON. */
  readonly isJson: boolean
}

function isJsonText(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Edits of one addition, what is deeper first: at the end of a block it is still inside. */
function editsOf(target: Target, { path, add }: Addition): readonly Edit[] {
  const map = valueAt(target.document.value, path)
  if (map === undefined || !isJsonObject(map)) return []
  const edits: Edit[] = []
  const fresh: { [key: string]: Json } = {}
  for (const [key, value] of Object.entries(add)) {
    const known = ownValue(map, key)
    const at = [...path, key]
    if (known === undefined) fresh[key] = value
    else if (known === null) edits.push(insteadOfNull(target, at, value))
    else if (isJsonObject(known) && isJsonObject(value)) edits.push(...editsOf(target, { path: at, add: value }))
    else if (isJsonArray(known) && isJsonArray(value)) edits.push(...value.map((item) => inList(target, at, known, item)))
  }
  if (Object.keys(fresh).length > 0) edits.push(inMap(target, path, map, fresh))
  return edits
}

const insert = (at: number, text: string): Edit => ({ start: at, end: at, text })

function insteadOfNull({ document, ...target }: Target, path: JsonPath, value: Json): Edit {
  const { text } = document.source
  const key = locate(document, path, 'key')
  const written = locate(document, path, 'value')
  const isJson = target.isJson || text.startsWith('"', key.start)
  if (/^(?:~|null|Null|NULL)$/.test(text.slice(written.start, written.end))) return { ...written, text: flowText(value, isJson) }
  return insert(text.indexOf(':', key.end) + 1, ` ${flowText(value, isJson)}`)
}

function inMap({ document, isJson }: Target, path: JsonPath, map: JsonObject, fresh: JsonObject): Edit {
  const { source } = document
  const start = contentStart(source.text, locate(document, path, 'value').start)
  if (source.text[start] === '{')
    return inFlow(source.text, start, Object.keys(map).length === 0, (quoted) => flowText(fresh, isJson || quoted).slice(1, -1))
  const indent = indentAt(source.text, start)
  return atEndOfBlock(
    document,
    start,
    indent,
    blockLines(fresh).map((line) => indent + line),
  )
}

function inList({ document, isJson }: Target, path: JsonPath, list: readonly Json[], item: Json): Edit {
  const { source } = document
  const start = contentStart(source.text, locate(document, path, 'value').start)
  if (source.text[start] === '[') return inFlow(source.text, start, list.length === 0, (quoted) => flowText(item, isJson || quoted))
  const last = locate(document, [...path, list.length - 1], 'value').start
  const dash = dashBefore(source.text, last)
  const indent = indentAt(source.text, dash)
  const lineEnd = source.text.indexOf('\n', last)
  return insert(lineEnd < 0 ? source.text.length : lineEnd, `${lineBreakAt(source.text, last)}${indent}- ${flowText(item, false)}`)
}

/** Where a value begins after its anchor or tag. */
function contentStart(text: string, start: number): number {
  const properties = /^(?:[&!][^\s,[\]{}]*(?:[ \t]*(?:#[^\n]*)?\r?\n?)*[ ]*)+/.exec(text.slice(start, start + 1024))
  return start + (properties?.[0].length ?? 0)
}

/** The line break that the lines at an offset end with. */
function lineBreakAt(text: string, offset: number): string {
  const after = text.indexOf('\n', offset)
  const newline = after < 0 ? text.lastIndexOf('\n') : after
  return newline > 0 && text[newline - 1] === '\r' ? '\r\n' : '\n'
}

function atEndOfBlock({ source, end }: Document, start: number, indent: string, lines: readonly string[]): Edit {
  const lineBreak = lineBreakAt(source.text, start)
  return insert(endOfBlock(source.text, start, indent.length, end), lines.map((line) => lineBreak + line).join(''))
}

/** Before the bracket that closes the collection at `start`, on a line of its own where the others are. */
function inFlow(text: string, start: number, isEmpty: boolean, print: (isJson: boolean) => string): Edit {
  const close = closingBracket(text, start)
  const inner = text.slice(start + 1, close)
  const isJson =
    /^\s*"[^"]*"\s*:/.test(inner) || (text[start] === '[' && text.startsWith('"', start + 1 + (inner.length - inner.trimStart().length)))
  if (isEmpty || inner.trim() === '') return insert(start + 1, print(isJson))
  const last = start + 1 + inner.trimEnd().length
  const ownLine = /\n([ \t]*)\S/.exec(inner)?.[1]
  const separator = ownLine === undefined ? ' ' : `${lineBreakAt(text, start)}${ownLine}`
  return insert(last, `${inner.trimEnd().endsWith(',') ? '' : ','}${separator}${print(isJson)}`)
}
