import { objectsField, stringField, stringsField } from '../../../core/fields.ts'
import type { JsonObject } from '../../../core/json.ts'
import { isJsonObject, ownValue } from '../../../core/json.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { LabelPredicate, Labels } from '../../../kube/label-selector.ts'
import { compileLabelSelector } from '../../../kube/label-selector.ts'
import type { GroupVersionKind, KubeObject } from '../../../kube/object.ts'
import { generateNameOf, groupVersionKind, labelsOf, nameOf, namespaceOf } from '../../../kube/object.ts'
import { compileGenerateNameGlob, compileGlob } from './glob.ts'

/** Whether an object was written by somebody or made from a template of a workload by expansion. */
export type ObjectSource = 'Original' | 'Generated'

/** What match criteria look at. */
export interface MatchTarget {
  readonly object: KubeObject
  /** The namespace of the object; '' for objects of the cluster. */
  readonly namespace: string
  /** Labels of that namespace; asked only by selectors. Undefined where it is not known. */
  readonly namespaceLabels: () => Labels | undefined
  readonly source: ObjectSource
  /** What is in no namespace counts as in one without name and labels, as gator has it: even objects of the cluster. */
  readonly hasUnnamedNamespace?: boolean
}

/** The error says why it cannot be told. */
export type MatchResult = Result<boolean, string>
export type Match = (target: MatchTarget) => MatchResult

type Criterion = (target: MatchTarget) => MatchResult

const yes: MatchResult = ok(true)
const no: MatchResult = ok(false)

/** Compiles `spec.match` of constraints and mutators: all criteria must hold, and what is not written holds. The error is why it cannot be used. */
export function compileMatch(match: JsonObject | undefined): Result<Match, string> {
  if (match === undefined) return ok(() => yes)
  const criteria: Criterion[] = []
  for (const compile of [kinds, scope, namespaces, excludedNamespaces, labelSelector, namespaceSelector, names, sources]) {
    const criterion = compile(match)
    if (criterion === undefined) continue
    if (!criterion.ok) return criterion
    criteria.push(criterion.value)
  }
  return ok((target) => {
    for (const criterion of criteria) {
      const matched = criterion(target)
      if (!matched.ok || !matched.value) return matched
    }
    return yes
  })
}

type Compiled = Result<Criterion, string> | undefined

const when =
  (test: (target: MatchTarget) => boolean): Criterion =>
  (target) =>
    test(target) ? yes : no

/** Namespaces are matched as if they were in themselves. */
const isNamespace = ({ object }: MatchTarget): boolean => object.kind === 'Namespace' && object.apiVersion === 'v1'
const namespaceFor = (target: MatchTarget): string =>
  isNamespace(target) ? nameOf(target.object) : target.namespace || namespaceOf(target.object)

const isOfCluster = (target: MatchTarget): boolean => target.hasUnnamedNamespace !== true && namespaceFor(target) === ''

/** One entry of `kinds`. An empty list and `*` are all. */
export interface KindEntry {
  readonly groups: readonly string[]
  readonly kinds: readonly string[]
}

export function kindEntries(match: JsonObject | undefined): readonly KindEntry[] {
  return (objectsField(match, 'kinds') ?? []).map((entry) => ({
    groups: stringsField(entry, 'apiGroups') ?? [],
    kinds: stringsField(entry, 'kinds') ?? [],
  }))
}

const isAny = (words: readonly string[]): boolean => words.length === 0 || words.includes('*')

export function matchesKinds(entries: readonly KindEntry[], { group, kind }: Pick<GroupVersionKind, 'group' | 'kind'>): boolean {
  return (
    entries.length === 0 ||
    entries.some((entry) => (isAny(entry.groups) || entry.groups.includes(group)) && (isAny(entry.kinds) || entry.kinds.includes(kind)))
  )
}

function kinds(match: JsonObject): Compiled {
  const entries = kindEntries(match)
  return entries.length === 0 ? undefined : ok(when(({ object }) => matchesKinds(entries, groupVersionKind(object))))
}

/** Words other than these two are as if nothing had been written. */
function scope(match: JsonObject): Compiled {
  const wanted = stringField(match, 'scope')
  if (wanted === 'Cluster') return ok(when((target) => isNamespace(target) || isOfCluster(target)))
  return wanted === 'Namespaced' ? ok(when((target) => !isNamespace(target) && !isOfCluster(target))) : undefined
}

function namespaces(match: JsonObject): Compiled {
  const globs = stringsField(match, 'namespaces')?.map(compileGlob) ?? []
  if (globs.length === 0) return undefined
  return ok(
    when((target) => {
      const namespace = namespaceFor(target)
      return isOfCluster(target) || globs.some((glob) => glob(namespace))
    }),
  )
}

function excludedNamespaces(match: JsonObject): Compiled {
  const globs = stringsField(match, 'excludedNamespaces')?.map(compileGlob) ?? []
  if (globs.length === 0) return undefined
  return ok(
    when((target) => {
      const namespace = namespaceFor(target)
      return isOfCluster(target) || !globs.some((glob) => glob(namespace))
    }),
  )
}

function selectorOf(match: JsonObject, key: string): Result<LabelPredicate, string> | undefined {
  const selector = ownValue(match, key)
  return selector === undefined || !isJsonObject(selector) ? undefined : compileLabelSelector(selector)
}

function labelSelector(match: JsonObject): Compiled {
  const selector = selectorOf(match, 'labelSelector')
  if (selector === undefined || !selector.ok) return selector
  return ok(when(({ object }) => selector.value(labelsOf(object))))
}

function namespaceSelector(match: JsonObject): Compiled {
  const selector = selectorOf(match, 'namespaceSelector')
  if (selector === undefined || !selector.ok) return selector
  return ok((target) => {
    if (isNamespace(target)) return ok(selector.value(labelsOf(target.object)))
    if (isOfCluster(target)) return yes
    const labels = namespaceFor(target) === '' ? {} : target.namespaceLabels()
    return labels === undefined ? err('namespace selector for namespace-scoped object but missing Namespace') : ok(selector.value(labels))
  })
}

function names(match: JsonObject): Compiled {
  const pattern = stringField(match, 'name') ?? ''
  if (pattern === '') return undefined
  const [glob, generated] = [compileGlob(pattern), compileGenerateNameGlob(pattern)]
  return ok(when(({ object }) => glob(nameOf(object)) || (generateNameOf(object) !== '' && generated(generateNameOf(object)))))
}

function sources(match: JsonObject): Compiled {
  const wanted = stringField(match, 'source') ?? ''
  if (wanted === '' || wanted === 'All') return undefined
  if (wanted !== 'Original' && wanted !== 'Generated') return err(`invalid source field "${wanted}"`)
  return ok(when(({ source }) => source === wanted))
}
