import type { Diagnostic } from '../../../core/diagnostic.ts'
import { objectField, objectsField, stringField } from '../../../core/fields.ts'
import type { Json, JsonObject } from '../../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../../core/json.ts'
import type { Document, Manifest } from '../../../kube/manifest.ts'
import { nameOf } from '../../../kube/object.ts'
import type { RuleResult } from '../../../policy/policy.ts'
import { results } from '../../../policy/policy.ts'
import type { Operation } from '../../../policy/request.ts'

/** Kyverno's CLI takes the second for the first: both have always been written in the wild. */
export const testApiVersions: readonly string[] = ['cli.kyverno.io/v1alpha1', 'kyverno.io/v1']

/** Which resource an expectation is about: the part of a `resourceSpecs` entry that is compared. */
export interface ResourceSpec {
  readonly apiVersion: string
  readonly namespace: string
  readonly name: string
}

/** One entry of `results`. */
export interface Expectation {
  /** Its place in the file. */
  readonly entry: number
  /** As written: `name` or `namespace/name`. */
  readonly policy: string
  /** The kind that the entry's flags (`isValidatingPolicy: true`) say its policy is of; '' where it has none. */
  readonly policyKind: string
  readonly rule: string
  /** Names, or `namespace/name`. */
  readonly resources: readonly string[]
  readonly resourceSpecs: readonly ResourceSpec[]
  readonly result: RuleResult
  /** Evaluated in a run of its own with this operation. */
  readonly operation: Operation | undefined
  readonly patchedResources: string
  readonly generatedResources: readonly string[]
  readonly cloneSourceResource: string
  readonly failOnMissingResources: boolean
}

/** A test file, with every path as it was written. */
export interface TestFile {
  readonly name: string
  readonly policies: readonly string[]
  readonly resources: readonly string[]
  readonly targetResources: readonly string[]
  readonly paramResources: readonly string[]
  readonly exceptions: readonly string[]
  readonly clusterResources: readonly string[]
  readonly userinfo: string
  readonly context: string
  /** `variables`: the file of the values. */
  readonly valuesFile: string
  /** `values`: the same, inline. */
  readonly values: JsonObject | undefined
  readonly apiCallResponses: readonly JsonObject[]
  readonly globalContextEntries: readonly JsonObject[]
  readonly expectations: readonly Expectation[]
  readonly diagnostics: readonly Diagnostic[]
}

/** Reads a test file. What cannot be understood is left out and reported: one bad entry does not hide the others. */
export function parseTestFile({ object, document }: Manifest): TestFile {
  const diagnostics: Diagnostic[] = []
  const expectations: Expectation[] = []
  for (const [entry, result] of objectsOrNone(object, 'results').entries()) {
    const problem = problemOf(result)
    if (problem === undefined) expectations.push(expectationOf(result, entry))
    else diagnostics.push(invalid(document, `\`results[${entry}]\`: ${problem}`))
  }
  return {
    name: nameOf(object),
    policies: paths(object, 'policies'),
    resources: paths(object, 'resources'),
    targetResources: paths(object, 'targetResources'),
    paramResources: paths(object, 'paramResources'),
    exceptions: paths(object, 'exceptions'),
    clusterResources: paths(object, 'clusterResources'),
    userinfo: stringField(object, 'userinfo') ?? '',
    context: stringField(object, 'context') ?? '',
    valuesFile: stringField(object, 'variables') ?? '',
    values: objectField(object, 'values'),
    apiCallResponses: objectsOrNone(object, 'apiCallResponses'),
    globalContextEntries: objectsOrNone(object, 'globalContextEntries'),
    expectations,
    diagnostics,
  }
}

function expectationOf(result: JsonObject, entry: number): Expectation {
  const generated = stringField(result, 'generatedResource')
  return {
    entry,
    policy: stringField(result, 'policy') ?? '',
    policyKind: flaggedKind(result),
    rule: stringField(result, 'rule') ?? '',
    resources: paths(result, 'resources'),
    resourceSpecs: objectsOrNone(result, 'resourceSpecs').map(resourceSpecOf),
    result: results.find((known) => known === ownValue(result, 'result')) ?? 'pass',
    operation: operationOf(ownValue(result, 'operation')),
    patchedResources: stringField(result, 'patchedResources') ?? '',
    generatedResources: [...(generated === undefined || generated === '' ? [] : [generated]), ...paths(result, 'generatedResources')],
    cloneSourceResource: stringField(result, 'cloneSourceResource') ?? '',
    failOnMissingResources: ownValue(result, 'failOnMissingResources') === true,
  }
}

const flags: Readonly<Record<string, string>> = {
  isvalidatingpolicy: 'ValidatingPolicy',
  ismutatingpolicy: 'MutatingPolicy',
  isgeneratingpolicy: 'GeneratingPolicy',
  isdeletingpolicy: 'DeletingPolicy',
  isimagevalidatingpolicy: 'ImageValidatingPolicy',
  isvalidatingadmissionpolicy: 'ValidatingAdmissionPolicy',
  ismutatingadmissionpolicy: 'MutatingAdmissionPolicy',
}

/** Flags are read whatever their case: upstream's own files have `isMUtatingPolicy`. */
function flaggedKind(result: JsonObject): string {
  const flag = Object.keys(result).find((key) => result[key] === true && Object.hasOwn(flags, key.toLowerCase()))
  return flag === undefined ? '' : (flags[flag.toLowerCase()] ?? '')
}

function problemOf(result: JsonObject): string | undefined {
  if ((stringField(result, 'policy') ?? '') === '') return 'expected `policy` to name a policy'
  const expected = ownValue(result, 'result')
  if (!results.some((known) => known === expected))
    return `expected \`result\` to be one of ${results.join(', ')}, found ${JSON.stringify(expected ?? null)}`
  const operation = ownValue(result, 'operation') ?? null
  if (operation !== null && operation !== '' && operationOf(operation) === undefined) {
    return `expected \`operation\` to be CREATE, UPDATE or DELETE, found ${JSON.stringify(operation)}`
  }
  return undefined
}

function operationOf(value: Json | undefined): Operation | undefined {
  return value === 'CREATE' || value === 'UPDATE' || value === 'DELETE' ? value : undefined
}

function resourceSpecOf(spec: JsonObject): ResourceSpec {
  const group = stringField(spec, 'group') ?? ''
  const version = stringField(spec, 'version') ?? ''
  return {
    apiVersion: group === '' ? version : `${group}/${version}`,
    namespace: stringField(spec, 'namespace') ?? '',
    name: stringField(spec, 'name') ?? '',
  }
}

function objectsOrNone(object: JsonObject, key: string): readonly JsonObject[] {
  return objectsField(object, key) ?? []
}

function paths(object: JsonObject, key: string): readonly string[] {
  const value = ownValue(object, key)
  if (value === undefined || !isJsonArray(value)) return []
  return value.flatMap((item) =>
    typeof item === 'string' && item !== '' ? [item] : isJsonObject(item) || item === null ? [] : [String(item)],
  )
}

function invalid(document: Document, message: string): Diagnostic {
  return { code: 'invalid-test', severity: 'error', message, source: document.source, span: { start: document.start, end: document.end } }
}
