import { expect, test } from 'vitest'
import type { ServedResource } from '../../policy/admission.ts'
import type { Dialect, PolicyKind } from '../../policy/dialect.ts'
import { definedPaths, knownPaths } from './policy-paths.ts'

const kind = (name: string, plural: string, ...apiVersions: readonly string[]): PolicyKind => ({
  apiVersions,
  kind: name,
  plural,
  shortNames: [],
  namespaced: false,
  role: 'policy',
  check: () => [],
})
const dialect = (...kinds: readonly PolicyKind[]): Dialect => ({
  name: 'test',
  kinds,
  testSuites: [],
  compile: () => ({ policies: [], rejected: [] }),
})
const served = (group: string, version: string, resource: string): ServedResource => ({
  group,
  version,
  resource,
  kind: resource,
  namespaced: false,
  subresources: [],
})

test.each<[string, readonly PolicyKind[], readonly string[]]>([
  ['one version', [kind('Rule', 'rules', 'a/v1')], ['/apis/a/v1/rules']],
  ['of many versions the first', [kind('Rule', 'rules', 'a/v2', 'a/v1')], ['/apis/a/v2/rules']],
  ['each group', [kind('Rule', 'rules', 'a/v2', 'b/v1', 'a/v1', 'b/v1beta1')], ['/apis/a/v2/rules', '/apis/b/v1/rules']],
  ['kinds that manifests define are not known', [kind('*', '', 'c/v1'), kind('Rule', 'rules', 'a/v1')], ['/apis/a/v1/rules']],
])('known kinds: %s', (_, kinds, expected) => {
  expect(knownPaths([dialect(...kinds)])).toEqual(expected)
})

test.each<[string, readonly ServedResource[], readonly string[]]>([
  ['nothing', [], []],
  ['what is served in the version', [served('c', 'v1', 'xs'), served('c', 'v1', 'ys')], ['/apis/c/v1/xs', '/apis/c/v1/ys']],
  ['not in another version, or in another group', [served('c', 'v1beta1', 'xs'), served('a', 'v1', 'rules'), served('', 'v1', 'pods')], []],
])('defined kinds: %s', (_, resources, expected) => {
  const dialects = [dialect(kind('Rule', 'rules', 'a/v1')), dialect(kind('*', '', 'c/v1', 'c/v1beta1'))]
  expect([...definedPaths(dialects, resources)]).toEqual(expected)
})
