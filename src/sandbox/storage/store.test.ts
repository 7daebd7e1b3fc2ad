import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf } from '../../kube/object.ts'
import { openJournal } from './sqlite-journal.ts'
import type { Change, Journal, Store } from './store.ts'
import { createStore, noJournal } from './store.ts'

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0).toReversed()) cleanup()
})

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'kanon-store-'))
  cleanups.push(() => rmSync(path, { recursive: true, force: true }))
  return path
}
function open(journal: Journal): Store {
  const store = createStore(journal)
  cleanups.push(() => store.close())
  return store
}

const configMaps = { group: '', resource: 'configmaps' }
const secrets = { group: '', resource: 'secrets' }
const object = (namespace: string, name: string, value = 1): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data: { value: String(value) },
})
const versionOf = (one: KubeObject | undefined): unknown =>
  (one?.['metadata'] as { readonly resourceVersion?: string } | undefined)?.resourceVersion

describe.each<[string, () => Journal]>([
  ['in memory', () => noJournal],
  ['in SQLite', () => openJournal(folder())],
])('a store %s', (_, journal) => {
  test('is empty at first', () => {
    const store = open(journal())
    expect(store.list(configMaps)).toEqual([])
    expect(store.get(configMaps, 'default', 'a')).toBeUndefined()
    expect([store.revision, store.types(), store.since(0)]).toEqual([0, [], []])
  })

  test('gives every write the next revision, also a removal', () => {
    const store = open(journal())
    expect(versionOf(store.put(configMaps, object('default', 'a')))).toBe('1')
    expect(versionOf(store.put(secrets, object('default', 'a')))).toBe('2')
    expect(versionOf(store.put(configMaps, object('default', 'a', 2)))).toBe('3')
    expect(versionOf(store.remove(configMaps, 'default', 'a'))).toBe('4')
    expect(store.revision).toBe(4)
    expect(store.remove(configMaps, 'default', 'a')).toBeUndefined()
    expect(store.revision).toBe(4)
  })

  test('keeps types, namespaces and names apart', () => {
    const store = open(journal())
    store.put(configMaps, object('one', 'a', 1))
    store.put(configMaps, object('two', 'a', 2))
    store.put(secrets, object('one', 'a', 3))
    expect(store.get(configMaps, 'two', 'a')?.['data']).toEqual({ value: '2' })
    expect(store.list(configMaps, 'one')).toHaveLength(1)
    expect(store.list(configMaps)).toHaveLength(2)
    expect(store.types()).toEqual([configMaps, secrets])
    store.remove(configMaps, 'one', 'a')
    expect(store.get(configMaps, 'two', 'a')).toBeDefined()
  })

  test('a namespace is no prefix of another', () => {
    const store = open(journal())
    store.put(configMaps, object('one', 'a'))
    store.put(configMaps, object('one-more', 'b'))
    expect(store.list(configMaps, 'one').map(nameOf)).toEqual(['a'])
  })

  test('lists in the order of namespace and name, whatever the order of writing', () => {
    const store = open(journal())
    for (const [namespace, name] of ['bb', 'aa', 'ba', 'ab'].map((text) => [text.slice(0, 1), text.slice(1)] as const))
      store.put(configMaps, object(namespace, name))
    expect(store.list(configMaps).map((one) => `${(one['metadata'] as { namespace: string }).namespace}${nameOf(one)}`)).toEqual([
      'aa',
      'ab',
      'ba',
      'bb',
    ])
    store.put(configMaps, object('a', 'aa'))
    store.remove(configMaps, 'b', 'a')
    expect(store.list(configMaps).map(nameOf)).toEqual(['a', 'aa', 'b', 'b'])
  })

  test('tells listeners of every change with the state before, until they leave', () => {
    const store = open(journal())
    const seen: Change[] = []
    const leave = store.subscribe((change) => seen.push(change))
    store.put(configMaps, object('default', 'a', 1))
    store.put(configMaps, object('default', 'a', 2))
    store.remove(configMaps, 'default', 'a')
    leave()
    store.put(configMaps, object('default', 'b'))
    expect(seen.map(({ type, revision, before, object: after }) => [type, revision, versionOf(before), versionOf(after)])).toEqual([
      ['ADDED', 1, undefined, '1'],
      ['MODIFIED', 2, '1', '2'],
      ['DELETED', 3, '2', '3'],
    ])
  })

  test('knows what happened since a revision', () => {
    const store = open(journal())
    for (const name of ['a', 'b', 'c']) store.put(configMaps, object('default', name))
    expect(store.since(1)?.map(({ object: one }) => nameOf(one))).toEqual(['b', 'c'])
    expect(store.since(3)).toEqual([])
  })

  test('the object that is given stays as it was', () => {
    const store = open(journal())
    const mine = object('default', 'a', 1)
    store.put(configMaps, mine)
    expect(mine).toEqual(object('default', 'a', 1))
    expect(store.get(configMaps, 'default', 'a')).not.toEqual(mine)
  })
})

describe('a store that is opened again', () => {
  test('has what it had, goes on counting, and does not know what was before', () => {
    const path = folder()
    const first = createStore(openJournal(path))
    first.put(configMaps, object('default', 'a', 1))
    first.put(configMaps, object('default', 'b', 1))
    first.put(configMaps, object('default', 'a', 2))
    first.put({ group: 'example.com', resource: 'widgets' }, object('', 'w'))
    first.remove(configMaps, 'default', 'b')
    const before = first.list(configMaps)
    first.close()
    const second = open(openJournal(path))
    expect(second.list(configMaps)).toEqual(before)
    expect(second.types()).toHaveLength(2)
    expect([second.revision, second.oldest]).toEqual([5, 5])
    expect(second.since(4)).toBeUndefined()
    expect(second.since(5)).toEqual([])
    expect(versionOf(second.put(configMaps, object('default', 'c')))).toBe('6')
    expect(second.since(5)).toHaveLength(1)
  })

  test('any history of writes leaves the same state as in memory', () => {
    const step = fc.record({
      remove: fc.boolean(),
      of: fc.constantFrom(configMaps, secrets),
      namespace: fc.constantFrom('', 'x', 'y'),
      name: fc.constantFrom('a', 'b', "it's", '__proto__', 'ü/"'),
      value: fc.integer(),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const path = mkdtempSync(join(tmpdir(), 'kanon-store-'))
        const [memory, disk] = [createStore(), createStore(openJournal(path))]
        for (const store of [memory, disk]) {
          for (const { remove, of, namespace, name, value } of steps) {
            if (remove) store.remove(of, namespace, name)
            else store.put(of, object(namespace, name, value))
          }
        }
        disk.close()
        const again = createStore(openJournal(path))
        for (const of of [configMaps, secrets]) expect(again.list(of)).toEqual(memory.list(of))
        expect(again.revision).toBe(memory.revision)
        again.close()
        rmSync(path, { recursive: true, force: true })
      }),
      { numRuns: 20 },
    )
  })
})

test('a write that cannot be kept has not happened', () => {
  const store = open({
    ...noJournal,
    write: ({ object: one }) => {
      if (nameOf(one) === 'too-much') throw new Error('disk full')
    },
  })
  store.put(configMaps, object('default', 'a'))
  expect(() => store.put(configMaps, object('default', 'too-much'))).toThrow('disk full')
  expect(store.list(configMaps).map(nameOf)).toEqual(['a'])
  expect([store.revision, store.since(0)?.length]).toEqual([1, 1])
})

test('history is bounded: what is too old is no longer known', () => {
  const store = open(noJournal)
  for (let i = 0; i < 30_001; i += 1) store.put(configMaps, object('default', 'a', i))
  expect(store.oldest).toBe(10_001)
  expect(store.since(10_000)).toBeUndefined()
  expect(store.since(store.oldest)).toHaveLength(20_000)
})
