import type { RegoValue } from '../../languages/rego/rego.ts'

/** An object of base documents. */
export type DataRecord = { [key: string]: RegoValue }

const isRecord = (value: RegoValue | undefined): value is DataRecord =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype

function set(record: DataRecord, key: string, value: RegoValue): void {
  Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true })
}

/** Adds a document at a path of others. False where two say something about the same place. */
export function mergeAt(into: DataRecord, path: readonly string[], document: DataRecord): boolean {
  let record = into
  for (const key of path) {
    const known = Object.hasOwn(record, key) ? record[key] : undefined
    if (known !== undefined && !isRecord(known)) return false
    const next: DataRecord = known ?? {}
    if (known === undefined) set(record, key, next)
    record = next
  }
  return merge(record, document)
}

function merge(into: DataRecord, from: DataRecord): boolean {
  for (const key of Object.keys(from)) {
    const value = from[key] ?? null
    const known = Object.hasOwn(into, key) ? into[key] : undefined
    if (known === undefined) set(into, key, isRecord(value) ? copy(value) : value)
    else if (!isRecord(known) || !isRecord(value) || !merge(known, value)) return false
  }
  return true
}

/** What is merged into is changed, so that it must belong to nobody else. */
function copy(record: DataRecord): DataRecord {
  const copied: DataRecord = {}
  for (const key of Object.keys(record)) {
    const value = record[key] ?? null
    set(copied, key, isRecord(value) ? copy(value) : value)
  }
  return copied
}
