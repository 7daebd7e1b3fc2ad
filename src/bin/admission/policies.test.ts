import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { LogEntry } from '../../admission/server.ts'
import type { WatchSet } from '../../cluster/watch-set.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf, namespaceOf } from '../../kube/object.ts'
import type { ServedResource } from '../../policy/admission.ts'
import type { Dialect, PolicyKind } from '../../policy/dialect.ts'
import type { Policies } from './policies.ts'
import { startPolicies } from './policies.ts'
import { sayTo } from './say.ts'

interface Collections {
  readonly watches: WatchSet
  readonly paths: () => readonly string[]
  readonly put: (path: string, ...objects: readonly KubeObject[]) => void
}

/** Collections in memory, as watches would show them. One is synced when something was put there. */
function collections(): Collections {
  const watched = new Map<string, { readonly onChange: () => void; objects: readonly KubeObject[] | undefined }>()
  const paths = new WeakMap<object, string>()
  const watches: WatchSet = {
    start: (path, onChange) => {
      const entry: { readonly onChange: () => void; objects: readonly KubeObject[] | undefined } = { onChange, objects: undefined }
      watched.set(path, entry)
      const cache = {
        list: () => entry.objects ?? [],
        get: (namespace: string, name: string) => entry.objects?.find((one) => namespaceOf(one) === namespace && nameOf(one) === name),
        get synced() {
          return entry.objects !== undefined
        },
        connected: true,
        stop: () => undefined,
      }
      paths.set(cache, path)
      return cache
    },
    end: (cache) => void watched.delete(paths.get(cache) ?? ''),
    synced: true,
    connected: true,
    stop: () => undefined,
  }
  const put = (path: string, ...objects: readonly KubeObject[]): void => {
    const entry = watched.get(path)
    if (entry === undefined) throw new Error(`${path} is not watched`)
    entry.objects = objects
    entry.onChange()
  }
  return { watches, paths: () => [...watched.keys()], put }
}

const kind = (name: string, plural: string, apiVersion: string): PolicyKind => ({
  apiVersions: [apiVersion],
  kind: name,
  plural,
  shortNames: [],
  namespaced: false,
  role: 'policy',
  check: () => [],
})
/** Rejects everything, which shows in the log how much it was given. */
const dialect: Dialect = {
  name: 'test',
  kinds: [kind('Rule', 'rules', 'a/v1'), kind('*', '', 'c/v1')],
  testSuites: [],
  compile: (manifests) => ({ policies: [], rejected: manifests.map((manifest) => ({ manifest, diagnostics: [] })) }),
  admission: {
    policyRoutes: [],
    manifestRoutes: [],
    ignores: () => false,
    webhookConfigurations: () => [],
    settingsAt: { namespace: 'kanon', name: 'settings' },
  },
}
const [rules, defined, settingsPath] = ['/apis/a/v1/rules', '/apis/c/v1/xs', '/api/v1/namespaces/kanon/configmaps']
const xs: ServedResource = { group: 'c', version: 'v1', resource: 'xs', kind: 'X', namespaced: false, subresources: [] }

const object = (name: string, more: Partial<KubeObject> = {}): KubeObject => ({
  apiVersion: 'a/v1',
  kind: 'Rule',
  metadata: { name },
  ...more,
})
const settings = (data: { readonly [key: string]: string }): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace: 'kanon' },
  data,
})

interface Started extends Collections {
  readonly policies: Policies
  /** How many manifests each load was given. */
  readonly loads: () => readonly unknown[]
  readonly changes: () => number
  readonly gathered: () => Promise<void>
}

function start(): Started {
  const cluster = collections()
  const entries: LogEntry[] = []
  let changes = 0
  const policies = startPolicies({
    watches: cluster.watches,
    dialects: [dialect],
    say: sayTo((entry) => entries.push(entry)),
    onChange: () => (changes += 1),
  })
  return {
    ...cluster,
    policies,
    loads: () => entries.map(({ fields }) => fields['rejected']),
    changes: () => changes,
    gathered: () => pause(60),
  }
}

test('policies are loaded once all their kinds have been listed, even if there are none', async () => {
  const { policies, put, loads, changes, gathered } = start()
  policies.follow([xs])
  put(rules)
  expect(policies.isPending).toBe(true)
  await gathered()
  expect([policies.isPending, policies.synced, policies.isLoaded, changes()]).toEqual([false, false, false, 1])
  put(defined)
  await gathered()
  expect([policies.synced, policies.isLoaded, loads(), changes()]).toEqual([true, true, [0], 2])
})

test('changes of a moment are compiled together, and what means the same is not compiled again', async () => {
  const { policies, put, loads, changes, gathered } = start()
  put(rules, object('a'))
  put(rules, object('a'), object('b'))
  await gathered()
  expect([loads(), changes()]).toEqual([[2], 1])
  const table = policies.table()
  put(rules, object('b', { status: { ready: true } }), object('a'))
  await gathered()
  expect([loads(), changes()]).toEqual([[2], 2])
  expect(policies.table()).toBe(table)
})

test('settings make a new table when their data change', async () => {
  const { policies, put, loads, gathered } = start()
  put(rules, object('a'))
  await gathered()
  put(settingsPath, settings({ x: '1' }))
  await gathered()
  expect(policies.table().settings).toEqual({ test: settings({ x: '1' }) })
  put(settingsPath, { ...settings({ x: '1' }), immutable: true })
  await gathered()
  expect(loads()).toEqual([1, 1])
})

test('kinds that manifests define are watched while they are served', async () => {
  const { policies, put, paths, loads, gathered } = start()
  expect(paths()).toEqual([rules, settingsPath])
  policies.follow([xs])
  policies.follow([xs])
  expect(paths()).toEqual([rules, settingsPath, defined])
  put(rules, object('a'))
  put(defined, object('b', { apiVersion: 'c/v1', kind: 'X' }))
  await gathered()
  policies.follow([])
  expect(paths()).toEqual([rules, settingsPath])
  await gathered()
  expect(loads()).toEqual([2, 1])
})

test('a manifest’s object is found as it is now, among those of its own kind', async () => {
  const { policies, put, gathered } = start()
  policies.follow([xs])
  put(rules, object('a'))
  put(defined, object('a', { apiVersion: 'c/v1', kind: 'X' }))
  await gathered()
  const [rule, x] = policies.manifests()
  if (rule === undefined || x === undefined) throw new Error('two manifests are expected')
  expect([policies.current(rule)?.kind, policies.current(x)?.kind]).toEqual(['Rule', 'X'])
  put(rules, object('a', { status: { ready: true } }))
  expect(policies.current(rule)).toEqual(object('a', { status: { ready: true } }))
  put(rules)
  expect(policies.current(rule)).toBeUndefined()
})

test('what was gathered is forgotten when it is cancelled', async () => {
  const { policies, put, changes, gathered } = start()
  put(rules)
  policies.cancel()
  await gathered()
  expect([changes(), policies.isLoaded]).toEqual([0, false])
})
