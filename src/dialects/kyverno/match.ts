import { listField, objectField, objectsField, stringField } from '../../core/fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonObject, ownValue, setOwn } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import { compileWildcard, hasWildcard, matchesWildcard } from '../../core/wildcard.ts'
import { compileKindPattern, parseKindPattern } from '../../kube/kind-pattern.ts'
import { compileLabelSelector } from '../../kube/label-selector.ts'
import type { KubeObject } from '../../kube/object.ts'
import { annotationsOf, generateNameOf, labelsOf, nameOf } from '../../kube/object.ts'
import type { Facts } from '../../policy/facts.ts'
import type { ResourceSelector } from '../../policy/policy.ts'
import type { Operation, PolicyRequest, Requester } from '../../policy/request.ts'
import { operations } from '../../policy/request.ts'
import { namespaceLabels } from './namespace-labels.ts'

/** Which requests a rule is about. */
export interface CompiledMatch {
  /** Never narrower than `whyNot`: for indexes and webhooks. */
  readonly selectors: readonly ResourceSelector[]
  /** Why the rule does not apply, or undefined where it does. */
  readonly whyNot: (request: PolicyRequest, facts: Facts) => string | undefined
}

/** Why a filter does not hold, or undefined where it does. */
type Test = (request: PolicyRequest, object: KubeObject, facts: Facts) => string | undefined

interface Filter {
  readonly resource: readonly Test[]
  readonly user: readonly UserTest[]
  readonly selectors: readonly ResourceSelector[]
}
type UserTest = (requester: Requester) => string | undefined

interface Filters {
  readonly mode: 'any' | 'all'
  readonly filters: readonly Filter[]
}

export interface MatchOptions {
  /** '' for cluster policies; others see only their own namespace. */
  readonly namespace: string
  /** An exception's namespaceSelector says nothing about Namespaces; a policy's never selects one. */
  readonly namespacesIgnoreSelector?: boolean
}

/** Compiles `match` and `exclude` of a rule or an exception, in all their forms. */
export function compileMatch(rule: JsonObject, options: MatchOptions): Result<CompiledMatch, string> {
  const match = compileFilters(objectField(rule, 'match') ?? {}, options)
  if (!match.ok) return err(`match: ${match.error}`)
  const exclude = compileFilters(objectField(rule, 'exclude') ?? {}, options)
  if (!exclude.ok) return err(`exclude: ${exclude.error}`)
  const whyNot = (request: PolicyRequest, facts: Facts): string | undefined => {
    const object = request.object ?? request.oldObject
    if (object === undefined) return 'there is no object'
    if (options.namespace !== '' && (isNamespace(request) || request.namespace !== options.namespace))
      return `the policy applies only in namespace ${options.namespace}`
    const why = whyUnmatched(match.value, request, object, facts)
    if (why !== undefined) return why
    return excludes(exclude.value, request, object, facts) ? 'resource excluded since one of the exclude criteria matched' : undefined
  }
  return ok({ selectors: match.value.filters.flatMap(({ selectors }) => selectors), whyNot })
}

/** A Namespace is in no namespace, though requests about one carry its name there. */
const isNamespace = ({ kind }: PolicyRequest): boolean => kind.kind === 'Namespace'

function whyUnmatched({ mode, filters }: Filters, request: PolicyRequest, object: KubeObject, facts: Facts): string | undefined {
  let last: string | undefined = 'match cannot be empty'
  for (const filter of filters) {
    last = whyFilterFails(filter, request, object, facts)
    if (mode === 'any' && last === undefined) return undefined
    if (mode === 'all' && last !== undefined) return last
  }
  return last
}

/** Without a user, as in a background scan, user conditions of a match are left out; a filter of nothing else then matches nothing. */
function whyFilterFails({ resource, user }: Filter, request: PolicyRequest, object: KubeObject, facts: Facts): string | undefined {
  const { requester } = request
  if (resource.length === 0 && (user.length === 0 || requester === undefined)) return 'match cannot be empty'
  for (const test of resource) {
    const why = test(request, object, facts)
    if (why !== undefined) return why
  }
  if (requester === undefined) return undefined
  for (const test of user) {
    const why = test(requester)
    if (why !== undefined) return why
  }
  return undefined
}

function excludes({ mode, filters }: Filters, request: PolicyRequest, object: KubeObject, facts: Facts): boolean {
  if (filters.length === 0) return false
  const excluded = (filter: Filter): boolean => excludedBy(filter, request, object, facts)
  return mode === 'any' ? filters.some(excluded) : filters.every(excluded)
}

function excludedBy({ resource, user }: Filter, request: PolicyRequest, object: KubeObject, facts: Facts): boolean {
  if (resource.length === 0 && user.length === 0) return false
  if (resource.some((test) => test(request, object, facts) !== undefined)) return false
  const { requester } = request
  return user.length === 0 || (requester !== undefined && user.every((test) => test(requester) === undefined))
}

/** `any`, `all`, or the older form whose one filter stands directly in `match`. */
function compileFilters(raw: JsonObject, options: MatchOptions): Result<Filters, string> {
  const any = objectsField(raw, 'any')
  if (any !== undefined && any.length > 0) return compileList('any', any, options)
  const all = objectsField(raw, 'all')
  if (all !== undefined && all.length > 0) return compileList('all', all, options)
  const isDirect = ['resources', 'subjects', 'roles', 'clusterRoles'].some((key) => ownValue(raw, key) !== undefined)
  return isDirect ? compileList('all', [raw], options) : ok({ mode: 'all', filters: [] })
}

function compileList(mode: Filters['mode'], raw: readonly JsonObject[], options: MatchOptions): Result<Filters, string> {
  const filters: Filter[] = []
  for (const item of raw) {
    const filter = compileFilter(item, options)
    if (!filter.ok) return filter
    filters.push(filter.value)
  }
  return ok({ mode, filters })
}

const strings = (value: readonly Json[] | undefined): readonly string[] =>
  (value ?? []).filter((item): item is string => typeof item === 'string')

function compileFilter(raw: JsonObject, options: MatchOptions): Result<Filter, string> {
  const resources = objectField(raw, 'resources')
  const kinds = strings(listField(resources, 'kinds'))
  const wanted = strings(listField(resources, 'operations')).filter((name): name is Operation =>
    operations.some((operation) => operation === name),
  )
  const resource: Test[] = []
  if (wanted.length > 0) resource.push(({ operation }) => (wanted.includes(operation) ? undefined : 'operation does not match'))
  if (kinds.length > 0) resource.push(kindTest(kinds))
  resource.push(...nameTests(resources), ...namespaceTests(resources), ...annotationTests(resources))
  for (const test of [labelTest(resources), namespaceSelectorTest(resources, options)]) {
    if (!test.ok) return test
    if (test.value !== undefined) resource.push(test.value)
  }
  return ok({ resource, user: userTests(raw), selectors: selectorsOf(kinds, wanted) })
}

function selectorsOf(kinds: readonly string[], wanted: readonly Operation[]): readonly ResourceSelector[] {
  const asked = wanted.length > 0 ? wanted : operations
  if (kinds.length === 0) return [{ group: '*', version: '*', kind: '*', subresource: '*', operations: asked }]
  return kinds.flatMap((text) => {
    const pattern = parseKindPattern(text)
    return pattern === undefined ? [] : [{ ...pattern, operations: asked }]
  })
}

function kindTest(kinds: readonly string[]): Test {
  const tests = kinds
    .map(parseKindPattern)
    .filter((pattern) => pattern !== undefined)
    .map(compileKindPattern)
  const why = `kind does not match [${kinds.join(' ')}]`
  return ({ kind, subresource }) => {
    for (const test of tests) if (test(kind, subresource)) return undefined
    return why
  }
}

const nameOrGenerateName = (object: KubeObject): string => nameOf(object) || generateNameOf(object)

function nameTests(resources: JsonObject | undefined): readonly Test[] {
  const tests: Test[] = []
  const name = stringField(resources, 'name')
  if (name !== undefined && name !== '') {
    const matches = compileWildcard(name)
    tests.push((_, object) => (matches(nameOrGenerateName(object)) ? undefined : 'name does not match'))
  }
  const names = strings(listField(resources, 'names')).map(compileWildcard)
  if (names.length > 0)
    tests.push((_, object) => (names.some((matches) => matches(nameOrGenerateName(object))) ? undefined : 'none of the names match'))
  return tests
}

function namespaceTests(resources: JsonObject | undefined): readonly Test[] {
  const namespaces = strings(listField(resources, 'namespaces')).map(compileWildcard)
  if (namespaces.length === 0) return []
  return [
    (request, object) => {
      const namespace = isNamespace(request) ? nameOf(object) : request.namespace
      return namespaces.some((matches) => matches(namespace)) ? undefined : 'namespace does not match'
    },
  ]
}

function annotationTests(resources: JsonObject | undefined): readonly Test[] {
  const expected = Object.entries(objectField(resources, 'annotations') ?? {})
  if (expected.length === 0) return []
  return [
    (_, object) => {
      const actual = Object.entries(annotationsOf(object))
      const holds = expected.every(([key, value]) =>
        actual.some(([name, text]) => matchesWildcard(key, name) && matchesWildcard(typeof value === 'string' ? value : '', text)),
      )
      return holds ? undefined : 'annotations do not match'
    },
  ]
}

type Labels = Readonly<Record<string, string>>

/** A label selector in whose matchLabels wildcards stand for the first actual label, in sorted order, that they match. */
function compileSelector(selector: Json): Result<(labels: Labels) => boolean, string> {
  const matchLabels = isJsonObject(selector) ? ownValue(selector, 'matchLabels') : undefined
  const isWild =
    matchLabels !== undefined &&
    isJsonObject(matchLabels) &&
    Object.entries(matchLabels).some(([key, value]) => hasWildcard(key) || (typeof value === 'string' && hasWildcard(value)))
  if (!isWild || !isJsonObject(selector) || !isJsonObject(matchLabels)) return compileLabelSelector(selector)
  return ok((labels) => {
    const compiled = compileLabelSelector({ ...selector, matchLabels: replaceWildcards(matchLabels, labels) })
    return compiled.ok && compiled.value(labels)
  })
}

function replaceWildcards(matchLabels: JsonObject, labels: Labels): JsonObject {
  const actual = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))
  const replaced: { [key: string]: Json } = {}
  for (const [key, value] of Object.entries(matchLabels)) {
    const text = typeof value === 'string' ? value : ''
    const isWild = hasWildcard(key) || hasWildcard(text)
    const found = isWild ? actual.find(([name, label]) => matchesWildcard(key, name) && matchesWildcard(text, label)) : undefined
    if (!isWild) setOwn(replaced, key, value)
    else if (found !== undefined) setOwn(replaced, found[0], found[1])
    else setOwn(replaced, key.replaceAll(/[*?]/g, '0'), text.replaceAll(/[*?]/g, '0'))
  }
  return replaced
}

function labelTest(resources: JsonObject | undefined): Result<Test | undefined, string> {
  const selector = objectField(resources, 'selector')
  if (selector === undefined) return ok(undefined)
  const compiled = compileSelector(selector)
  if (!compiled.ok) return err(`failed to parse selector: ${compiled.error}`)
  return ok((_, object) => (compiled.value(labelsOf(object)) ? undefined : 'selector does not match'))
}

function namespaceSelectorTest(resources: JsonObject | undefined, options: MatchOptions): Result<Test | undefined, string> {
  const selector = objectField(resources, 'namespaceSelector')
  if (selector === undefined) return ok(undefined)
  const compiled = compileSelector(selector)
  if (!compiled.ok) return err(`failed to parse namespace selector: ${compiled.error}`)
  return ok((request, _, facts) => {
    const { namespace } = request
    if (isNamespace(request))
      return options.namespacesIgnoreSelector === true ? undefined : 'namespace selector is not applicable for namespace kind'
    const labels = namespace === '' ? {} : namespaceLabels(namespace, facts)
    return labels !== undefined && compiled.value(labels) ? undefined : 'namespace selector does not match labels'
  })
}

/** Roles, cluster roles and subjects must all hold where they are given. */
function userTests(raw: JsonObject): readonly UserTest[] {
  const tests: UserTest[] = []
  const roles = strings(listField(raw, 'roles'))
  if (roles.length > 0)
    tests.push((requester) => (roles.some((role) => requester.roles.includes(role)) ? undefined : 'user info does not match roles'))
  const clusterRoles = strings(listField(raw, 'clusterRoles'))
  if (clusterRoles.length > 0) {
    tests.push((requester) =>
      clusterRoles.some((role) => requester.clusterRoles.includes(role)) ? undefined : 'user info does not match clusterRoles',
    )
  }
  const subjects = objectsField(raw, 'subjects')?.map(compileSubject)
  if (subjects !== undefined && subjects.length > 0) {
    tests.push(({ userInfo }) =>
      subjects.some((subject) => subject(userInfo.username, userInfo.groups)) ? undefined : 'user info does not match subject',
    )
  }
  return tests
}

function compileSubject(subject: JsonObject): (username: string, groups: readonly string[]) => boolean {
  const name = stringField(subject, 'name') ?? ''
  switch (stringField(subject, 'kind')) {
    case 'ServiceAccount': {
      const matches = compileWildcard(`system:serviceaccount:${stringField(subject, 'namespace') ?? ''}:${name}`)
      return matches
    }
    case 'User':
      return compileWildcard(name)
    case 'Group': {
      const matches = compileWildcard(name)
      return (_, groups) => groups.some(matches)
    }
    default:
      return () => false
  }
}
