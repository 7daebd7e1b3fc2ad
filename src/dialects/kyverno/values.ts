import type { Diagnostic } from '../../core/diagnostic.ts'
import { objectField, objectsField, stringField } from '../../core/fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { Manifest } from '../../kube/manifest.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf } from '../../kube/object.ts'
import { locate } from '../../kube/yaml/yaml.ts'
import type { RequestInputs } from '../../policy/dialect.ts'
import type { GivenValues } from '../../policy/request.ts'

type Values = Readonly<Record<string, Json>>

interface PolicyValues {
  readonly rules: ReadonlyMap<string, { readonly values: Values; readonly foreachValues: Readonly<Record<string, readonly Json[]>> }>
  readonly resources: ReadonlyMap<string, Values>
}

const none: Values = {}

/**
 * A `Values` file of the Kyverno CLI: `globalValues`, values by policy and resource or rule, labels of namespaces. What is more particular wins: a rule's value over a
 * resource's over a global one. Files of older versions, which lack `apiVersion` and `kind`, look the same inside. `set` are the pairs of `--set`, as global values.
 */
export function parseValues(manifest: Manifest | undefined, set: Values): Result<RequestInputs, readonly Diagnostic[]> {
  const raw: JsonObject = manifest?.object ?? {}
  const wrong = manifest === undefined ? undefined : firstProblem(manifest)
  if (wrong !== undefined) return err([wrong])
  const global: Values = { ...objectField(raw, 'globalValues'), ...set }
  const policies = readPolicies(objectsField(raw, 'policies') ?? [])
  const labels = new Map(
    (objectsField(raw, 'namespaceSelector') ?? []).map((entry) => [
      stringField(entry, 'name') ?? '',
      stringsIn(objectField(entry, 'labels')),
    ]),
  )
  return ok({ given: (resource) => givenFor(resource, global, policies), namespaceLabels: (namespace) => labels.get(namespace) })
}

const lists = ['policies', 'namespaceSelector', 'subresources'] as const

function firstProblem({ object, document }: Manifest): Diagnostic | undefined {
  const field = lists.find((key) => Object.hasOwn(object, key) && object[key] !== null && !isJsonArray(object[key]))
  if (field === undefined) return undefined
  return {
    code: 'invalid-values',
    severity: 'error',
    message: `expected \`${field}\` of the values to be a list`,
    source: document.source,
    span: locate(document, [field], 'key'),
  }
}

/** A policy may be named several times; the entries add up. */
function readPolicies(raw: readonly JsonObject[]): ReadonlyMap<string, PolicyValues> {
  const policies = new Map<string, PolicyValues>()
  for (const entry of raw) {
    const name = stringField(entry, 'name') ?? ''
    const before = policies.get(name)
    const { rules, resources } = readPolicy(entry)
    policies.set(name, {
      rules: new Map([...(before?.rules ?? []), ...rules]),
      resources: new Map([...(before?.resources ?? []), ...resources]),
    })
  }
  return policies
}

function readPolicy(policy: JsonObject): PolicyValues {
  const rules = (objectsField(policy, 'rules') ?? []).map(
    (rule) =>
      [
        stringField(rule, 'name') ?? '',
        { values: objectField(rule, 'values') ?? none, foreachValues: listsIn(objectField(rule, 'foreachValues')) },
      ] as const,
  )
  const resources = (objectsField(policy, 'resources') ?? []).map(
    (resource) => [stringField(resource, 'name') ?? '', objectField(resource, 'values') ?? none] as const,
  )
  return { rules: new Map(rules), resources: new Map(resources) }
}

const listsIn = (map: JsonObject | undefined): Readonly<Record<string, readonly Json[]>> =>
  Object.fromEntries(Object.entries(map ?? {}).map(([key, value]) => [key, isJsonArray(value) ? value : [value]]))

const stringsIn = (map: JsonObject | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(map ?? {}).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]))

const noLists: Readonly<Record<string, readonly Json[]>> = {}

function givenFor(resource: KubeObject, global: Values, policies: ReadonlyMap<string, PolicyValues>): GivenValues {
  const name = nameOf(resource)
  return {
    variables: (policy, rule) => {
      const values = policies.get(policy)
      if (values === undefined) return global
      return { ...global, ...values.resources.get(name), ...ruleOf(values, rule)?.values }
    },
    foreachVariables: (policy, rule) => {
      const values = policies.get(policy)
      return (values === undefined ? undefined : ruleOf(values, rule)?.foreachValues) ?? noLists
    },
  }
}

/** Values are given for the rule as written; the rules that autogen makes of it use them too. */
function ruleOf({ rules }: PolicyValues, rule: string): ReturnType<PolicyValues['rules']['get']> {
  return rules.get(rule) ?? rules.get(rule.replace(/^autogen-(?:cronjob-)?/, ''))
}
