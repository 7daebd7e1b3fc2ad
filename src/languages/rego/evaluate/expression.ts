import { unreachable } from '../../../core/unreachable.ts'
import type { Comprehension, Expression } from '../ir/ir.ts'
import type { ObjectBuilder as Objects, RegoValue, SetBuilder as Sets } from '../values/value.ts'
import { ObjectBuilder, SetBuilder } from '../values/value.ts'
import { compileCall } from './call.ts'
import { documentAt } from './documents.ts'
import { compileKept } from './kept.ts'
import type { Scope } from './linker.ts'
import { compileAll, takeSlot, withOrder } from './linker.ts'
import { lookUp, lookUpName, lookUpBase } from './lookup.ts'
import type { Get } from './machine.ts'
import { halt } from './machine.ts'

/** A closure that gives the value of an expression. */
export function compileExpression(scope: Scope, expression: Expression): Get {
  switch (expression.kind) {
    case 'constant': {
      const { value } = expression
      return () => value
    }
    case 'slot': {
      const { slot } = expression
      return (_, frame) => frame[slot]
    }
    case 'input':
      return (machine) => machine.input
    case 'base': {
      const { path } = expression
      return (machine) => lookUpBase(machine.base, path)
    }
    case 'rules': {
      const linked = scope.linker.linked(expression.group)
      return (machine) => linked.value(machine)
    }
    case 'entry': {
      const linked = scope.linker.linked(expression.group)
      const getKeys = compileAll(scope, expression.keys)
      return (machine, frame) => {
        const keys = getKeys(machine, frame)
        return keys === undefined ? undefined : linked.entry(machine, keys)
      }
    }
    case 'document':
      return compileDocument(scope, expression.path)
    case 'index':
      return compileIndex(scope, expression)
    case 'array':
      return compileArray(expression.items.map((item) => compileExpression(scope, item)))
    case 'set':
      return compileSet(expression.items.map((item) => compileExpression(scope, item)))
    case 'object':
      return compileObject(scope, expression.entries)
    case 'comprehension':
      return compileComprehension(scope, expression)
    case 'builtin':
    case 'function':
      return compileCall(scope, expression)
    case 'kept':
      return compileKept(scope.linker, expression)
    default:
      return unreachable(expression)
  }
}

function compileDocument(scope: Scope, path: readonly Expression[]): Get {
  const { linker } = scope
  const paths = compileAll(scope, path)
  return (machine, frame) => {
    const parts = paths(machine, frame)
    return parts === undefined ? undefined : documentAt(linker, machine, parts)
  }
}

function compileIndex(scope: Scope, expression: Extract<Expression, { kind: 'index' }>): Get {
  const { of, key } = expression
  if (key.kind === 'constant' && typeof key.value === 'string') return compileNames(scope, expression)
  const getOf = compileExpression(scope, of)
  const getKey = compileExpression(scope, key)
  return (machine, frame) => {
    const value = getOf(machine, frame)
    if (value === undefined) return undefined
    const at = getKey(machine, frame)
    return at === undefined ? undefined : lookUp(value, at)
  }
}

/** `of.a.b.c`: constant keys in a row are looked up in one go. */
function compileNames(scope: Scope, expression: Expression): Get {
  const names: string[] = []
  let of: Expression = expression
  while (of.kind === 'index' && of.key.kind === 'constant' && typeof of.key.value === 'string') {
    names.unshift(of.key.value)
    of = of.of
  }
  const get = compileExpression(scope, of)
  const [first = '', second = ''] = names
  if (names.length === 1) return (machine, frame) => lookUpName(get(machine, frame), first)
  if (names.length === 2) return (machine, frame) => lookUpName(lookUpName(get(machine, frame), first), second)
  return (machine, frame) => {
    let value = get(machine, frame)
    for (const name of names) {
      if (value === undefined) return undefined
      value = lookUpName(value, name)
    }
    return value
  }
}

function compileArray(items: readonly Get[]): Get {
  return (machine, frame) => {
    const values: RegoValue[] = []
    for (const get of items) {
      const value = get(machine, frame)
      if (value === undefined) return undefined
      values.push(value)
    }
    return values
  }
}

function compileSet(items: readonly Get[]): Get {
  return (machine, frame) => {
    const values = new SetBuilder()
    for (const get of items) {
      const value = get(machine, frame)
      if (value === undefined) return undefined
      values.add(value)
    }
    return values.build()
  }
}

function compileObject(scope: Scope, entries: readonly (readonly [Expression, Expression])[]): Get {
  const gets = entries.map(([key, value]) => [compileExpression(scope, key), compileExpression(scope, value)] as const)
  return (machine, frame) => {
    const values = new ObjectBuilder()
    for (const [getKey, getValue] of gets) {
      const key = getKey(machine, frame)
      const value = getValue(machine, frame)
      if (key === undefined || value === undefined) return undefined
      values.set(key, value)
    }
    return values.build()
  }
}

function compileComprehension(scope: Scope, comprehension: Comprehension): Get {
  switch (comprehension.makes) {
    case 'array':
      return compileArrayComprehension(scope, comprehension)
    case 'set':
      return compileSetComprehension(scope, comprehension)
    case 'object':
      return compileObjectComprehension(scope, comprehension)
  }
}

function compileArrayComprehension(scope: Scope, { body, value }: Comprehension): Get {
  const slot = takeSlot(scope)
  const run = withOrder(scope, true, () => {
    const get = compileExpression(scope, value)
    return scope.linker.steps(scope, body, (machine, frame) => {
      const item = get(machine, frame)
      if (item !== undefined) (frame[slot] as RegoValue[]).push(item)
      return false
    })
  })
  return (machine, frame) => {
    const items: RegoValue[] = []
    frame[slot] = items
    run(machine, frame)
    return items
  }
}

// Builders lie in slots of their own, which nothing else reads; hence the casts.
const asSets = (value: RegoValue | undefined): Sets => value as unknown as Sets
const asObjects = (value: RegoValue | undefined): Objects => value as unknown as Objects

function compileSetComprehension(scope: Scope, { body, value }: Comprehension): Get {
  const slot = takeSlot(scope)
  const run = withOrder(scope, false, () => {
    const get = compileExpression(scope, value)
    return scope.linker.steps(scope, body, (machine, frame) => {
      const item = get(machine, frame)
      if (item !== undefined) asSets(frame[slot]).add(item)
      return false
    })
  })
  return (machine, frame) => {
    const builder = new SetBuilder()
    frame[slot] = builder as unknown as RegoValue
    run(machine, frame)
    return builder.build()
  }
}

function compileObjectComprehension(scope: Scope, { body, key, value, place }: Comprehension): Get {
  const slot = takeSlot(scope)
  const run = withOrder(scope, false, () => {
    const getKey = compileExpression(scope, key ?? value)
    const getValue = compileExpression(scope, value)
    return scope.linker.steps(scope, body, (machine, frame) => {
      const name = getKey(machine, frame)
      const item = getValue(machine, frame)
      if (name === undefined || item === undefined) return false
      if (!asObjects(frame[slot]).add(name, item)) halt('eval_conflict_error', 'object keys must be unique', place)
      return false
    })
  })
  return (machine, frame) => {
    const builder = new ObjectBuilder()
    frame[slot] = builder as unknown as RegoValue
    run(machine, frame)
    return builder.build()
  }
}
