import type { DocumentNode } from '../ir/ir.ts'
import type { RegoValue } from '../values/value.ts'
import { equalValues, isArray, isObject, isSet, ObjectBuilder, objectEntries, objectKeys, sortValues } from '../values/value.ts'
import type { Linker } from './linker.ts'
import { lookUpBase, lookUpPath } from './lookup.ts'
import type { Machine } from './machine.ts'

/** Whether `with` has put a value at the path or above it. */
export function isShadowed(shadows: readonly (readonly RegoValue[])[], path: readonly RegoValue[]): boolean {
  return shadows.some((target) => target.length <= path.length && target.every((part, at) => equalValues(part, path[at] ?? null)))
}

/** What is at a path of `data`, base and virtual documents together. */
export function documentAt(linker: Linker, machine: Machine, path: readonly RegoValue[]): RegoValue | undefined {
  let node = linker.root
  for (const [at, key] of path.entries()) {
    const child = typeof key === 'string' ? node.children.get(key) : undefined
    if (child === undefined) return lookUpBase(machine.base, path)
    if (child.group !== undefined) return entryOfNode(linker, machine, child, path.slice(at + 1))
    node = child
  }
  return valueOfNode(linker, machine, node)
}

function entryOfNode(linker: Linker, machine: Machine, node: DocumentNode, keys: readonly RegoValue[]): RegoValue | undefined {
  if (node.group?.kind === 'object') return linker.linked(node.group).entry(machine, keys)
  return lookUpPath(valueOfNode(linker, machine, node), keys)
}

function valueOfNode(linker: Linker, machine: Machine, node: DocumentNode): RegoValue | undefined {
  if (machine.shadows !== undefined && isShadowed(machine.shadows, node.path)) return lookUpBase(machine.base, node.path)
  const { group } = node
  if (group !== undefined) return group.kind === 'function' ? undefined : linker.linked(group).value(machine)
  const builder = new ObjectBuilder()
  const base = lookUpBase(machine.base, node.path)
  if (base !== undefined) {
    if (node.children.size === 0) return base
    if (isObject(base)) for (const [key, value] of objectEntries(base)) builder.set(key, value)
  }
  for (const [key, child] of node.children) {
    const value = valueOfNode(linker, machine, child)
    if (value !== undefined) builder.set(key, value)
  }
  return builder.build()
}

/** The keys of what is at a path of `data`, in order. Some may turn out to be undefined. */
export function documentKeys(linker: Linker, machine: Machine, path: readonly RegoValue[]): readonly RegoValue[] {
  let node: DocumentNode | undefined = linker.root
  for (const key of path) {
    node = typeof key === 'string' ? node.children.get(key) : undefined
    if (node === undefined || node.group !== undefined) return keysOf(documentAt(linker, machine, path))
  }
  if (machine.shadows !== undefined && isShadowed(machine.shadows, path)) return keysOf(lookUpBase(machine.base, path))
  const keys = new Map<RegoValue, RegoValue>()
  for (const key of keysOf(lookUpBase(machine.base, path))) keys.set(key, key)
  for (const key of node.children.keys()) keys.set(key, key)
  return sortValues([...keys.values()])
}

function keysOf(value: RegoValue | undefined): readonly RegoValue[] {
  if (value === undefined) return []
  if (isArray(value)) return value.map((_, at) => at)
  if (isSet(value)) return value.sorted
  return isObject(value) ? objectKeys(value) : []
}
