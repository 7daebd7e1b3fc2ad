import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, setOwn } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'

/**
 * `$(./../key)` refers to another place of the same document, by a path relative to where it stands or absolute from the root. An operator before the path
 * stays before the value: `$(<=./../../requests/memory)`. Anchors do not count in paths. References are resolved before variables.
 */
type Steps = readonly string[]

export function resolveReferences(document: Json): Result<Json, string> {
  return mentionsReference(document) ? resolveAt(document, [], document) : ok(document)
}

function mentionsReference(value: Json): boolean {
  if (typeof value === 'string') return value.includes('$(')
  if (typeof value !== 'object' || value === null) return false
  return isJsonArray(value) ? value.some(mentionsReference) : Object.values(value).some(mentionsReference)
}

function resolveAt(value: Json, path: Steps, document: Json): Result<Json, string> {
  if (typeof value === 'string') return value.includes('$(') ? resolveText(value, path, document) : ok(value)
  if (typeof value !== 'object' || value === null) return ok(value)
  if (isJsonArray(value)) {
    const items: Json[] = []
    for (const [index, item] of value.entries()) {
      const result = resolveAt(item, [...path, String(index)], document)
      if (!result.ok) return result
      items.push(result.value)
    }
    return ok(items)
  }
  const copy: { [key: string]: Json } = {}
  for (const [key, item] of Object.entries(value)) {
    const result = resolveAt(item, [...path, withoutAnchor(key)], document)
    if (!result.ok) return result
    setOwn(copy, key, result.value)
  }
  return ok(copy)
}

const withoutAnchor = (key: string): string => /^[+<=X^]?\((.+)\)$/.exec(key)?.[1] ?? key

function resolveText(text: string, path: Steps, document: Json): Result<string, string> {
  let out = ''
  let at = 0
  for (let start = text.indexOf('$('); start >= 0; start = text.indexOf('$(', at)) {
    const end = endOfReference(text, start)
    if (end < 0) break
    const escaped = text[start - 1] === '\\'
    const value = escaped ? ok(text.slice(start, end)) : referenced(text.slice(start + 2, end - 1), path, document)
    if (!value.ok) return value
    out += text.slice(at, escaped ? start - 1 : start) + value.value
    at = end
  }
  return ok(out + text.slice(at))
}

/** A reference holds no spaces and runs to the last `)` before one. */
function endOfReference(text: string, start: number): number {
  const space = text.indexOf(' ', start)
  const close = text.lastIndexOf(')', space < 0 ? text.length : space)
  return close > start + 2 ? close + 1 : -1
}

function referenced(written: string, path: Steps, document: Json): Result<string, string> {
  const operator = /^(>=|<=|>|<|!)/.exec(written)?.[0] ?? ''
  const steps = join(path, written.slice(operator.length))
  const value = find(document, steps)
  const unresolved = err(`NotResolvedReferenceErr,reference $(${written}) not resolved at path /${path.join('/')}`)
  if (typeof value === 'string') return ok(operator + value)
  if (typeof value !== 'number' || operator === '') return unresolved
  return ok(operator + (Number.isInteger(value) ? String(value) : value.toFixed(6)))
}

function join(path: Steps, relative: string): Steps {
  const steps = relative.startsWith('/') ? [] : [...path]
  for (const step of relative.split('/')) {
    if (step === '..') steps.pop()
    else if (step !== '' && step !== '.') steps.push(withoutAnchor(step))
  }
  return steps
}

function find(document: Json, steps: Steps): Json | undefined {
  let value: Json | undefined = document
  for (const step of steps) {
    if (value === undefined) return undefined
    value = isJsonArray(value) ? value[Number(step)] : isJsonObject(value) ? fieldByPlainName(value, step) : undefined
  }
  return value
}

function fieldByPlainName(object: JsonObject, name: string): Json | undefined {
  for (const [key, value] of Object.entries(object)) if (withoutAnchor(key) === name) return value
  return undefined
}
