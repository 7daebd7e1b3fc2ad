import { printJsonPointer } from '../../core/json-pointer.ts'
import { isJsonArray, isJsonObject, jsonEqual, ownValue } from '../../core/json.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { JsonPatchOperation } from './json-patch.ts'

/** Above this product of lengths two lists are compared index by index. */
const maxAlignedCells = 40_000

/** The operations that make `a` into `b`. Deterministic; in lists the elements that stayed are recognised, so that inserting one is one operation. */
export function diffJson(a: Json, b: Json): readonly JsonPatchOperation[] {
  const operations: JsonPatchOperation[] = []
  diffValue(a, b, [], operations)
  return operations
}

type Path = readonly (string | number)[]

function diffValue(a: Json, b: Json, path: Path, operations: JsonPatchOperation[]): void {
  if (a === b) return
  if (isJsonObject(a) && isJsonObject(b)) diffMaps(a, b, path, operations)
  else if (isJsonArray(a) && isJsonArray(b)) diffLists(a, b, path, operations)
  else if (!jsonEqual(a, b)) operations.push({ op: 'replace', path: printJsonPointer(path), value: b })
}

function diffMaps(a: JsonObject, b: JsonObject, path: Path, operations: JsonPatchOperation[]): void {
  for (const [key, before] of Object.entries(a)) {
    const after = ownValue(b, key)
    if (after === undefined) operations.push({ op: 'remove', path: printJsonPointer([...path, key]) })
    else diffValue(before, after, [...path, key], operations)
  }
  for (const [key, value] of Object.entries(b)) {
    if (!Object.hasOwn(a, key)) operations.push({ op: 'add', path: printJsonPointer([...path, key]), value })
  }
}

function diffLists(a: readonly Json[], b: readonly Json[], path: Path, operations: JsonPatchOperation[]): void {
  const shorter = Math.min(a.length, b.length)
  let start = 0
  while (start < shorter && jsonEqual(a[start] ?? null, b[start] ?? null)) start += 1
  let same = 0
  while (same < shorter - start && jsonEqual(a[a.length - 1 - same] ?? null, b[b.length - 1 - same] ?? null)) same += 1
  const before = a.slice(start, a.length - same)
  const after = b.slice(start, b.length - same)
  const at = { path, index: start }
  let [i, j] = [0, 0]
  for (const [nextI, nextJ] of [...align(before, after), [before.length, after.length] as const]) {
    diffGap(before.slice(i, nextI), after.slice(j, nextJ), at, operations)
    if (nextI < before.length) diffValue(before[nextI] ?? null, after[nextJ] ?? null, [...path, at.index], operations)
    at.index += 1
    ;[i, j] = [nextI + 1, nextJ + 1]
  }
}

/** Between two recognised elements: elements become others in place, the surplus is removed or added. */
function diffGap(
  before: readonly Json[],
  after: readonly Json[],
  at: { readonly path: Path; index: number },
  operations: JsonPatchOperation[],
): void {
  const paired = Math.min(before.length, after.length)
  for (const [k, value] of after.entries()) {
    const path = [...at.path, at.index]
    if (k < paired) diffValue(before[k] ?? null, value, path, operations)
    else operations.push({ op: 'add', path: printJsonPointer(path), value })
    at.index += 1
  }
  for (let k = paired; k < before.length; k += 1) operations.push({ op: 'remove', path: printJsonPointer([...at.path, at.index]) })
}

/** Equal, or objects of one `name`: the same thing, perhaps changed. */
function alike(a: Json, b: Json): boolean {
  if (isJsonObject(a) && isJsonObject(b)) {
    const name = ownValue(a, 'name')
    if (typeof name === 'string') return name === ownValue(b, 'name')
  }
  return jsonEqual(a, b)
}

/** Index pairs of a longest common subsequence of alike elements. */
function align(a: readonly Json[], b: readonly Json[]): readonly (readonly [number, number])[] {
  if (a.length === 0 || b.length === 0 || a.length * b.length > maxAlignedCells) return []
  const width = b.length + 1
  const matches = a.map((x) => b.map((y) => alike(x, y)))
  // `longest[i * width + j]` is the length for the rests of both lists from i and j on.
  const longest = new Uint16Array((a.length + 1) * width)
  const lengthAt = (i: number, j: number): number => longest[i * width + j] ?? 0
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      longest[i * width + j] = matches[i]?.[j] === true ? lengthAt(i + 1, j + 1) + 1 : Math.max(lengthAt(i + 1, j), lengthAt(i, j + 1))
    }
  }
  const pairs: [number, number][] = []
  let [i, j] = [0, 0]
  while (i < a.length && j < b.length) {
    if (matches[i]?.[j] === true) pairs.push([i++, j++])
    else if (lengthAt(i + 1, j) >= lengthAt(i, j + 1)) i += 1
    else j += 1
  }
  return pairs
}
