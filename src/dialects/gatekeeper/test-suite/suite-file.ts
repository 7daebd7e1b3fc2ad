import type { Diagnostic } from '../../../core/diagnostic.ts'
import { booleanField, stringField, stringsField } from '../../../core/fields.ts'
import type { Json, JsonObject, JsonPath } from '../../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../../core/json.ts'
import type { Manifest } from '../../../kube/manifest.ts'
import { nameOf } from '../../../kube/object.ts'
import { problemAt } from '../read.ts'

/** How many violations an assertion wants: at least one, none, or so many. */
export type Wanted = 'yes' | 'no' | number

export interface Assertion {
  /** Undefined is a value that means nothing. */
  readonly violations: Wanted | undefined
  /** A pattern: only violations with such a message count. */
  readonly message: string | undefined
}

export interface Case {
  readonly name: string
  readonly object: string
  readonly inventory: readonly string[]
  readonly assertions: readonly Assertion[]
  readonly skip: boolean
}

export interface Test {
  readonly name: string
  readonly template: string
  readonly constraint: string
  readonly expansion: string
  /** The constraint must not fit the schema of its template. */
  readonly invalid: boolean
  readonly cases: readonly Case[]
  readonly skip: boolean
}

export interface SuiteFile {
  readonly name: string
  readonly tests: readonly Test[]
  readonly diagnostics: readonly Diagnostic[]
}

/** A Suite of test.gatekeeper.sh. Everything in it may be missing; what has the wrong type is as if it were, and is told. */
export function parseSuite(manifest: Manifest): SuiteFile {
  const problems: Diagnostic[] = []
  const objectsAt = (object: JsonObject, key: string, path: JsonPath): readonly (readonly [JsonObject, JsonPath])[] => {
    const value: Json = ownValue(object, key) ?? null
    if (value === null) return []
    const at = [...path, key]
    if (!isJsonArray(value)) {
      problems.push(problemAt(manifest, at, { code: 'invalid-suite', message: `expected a list in \`${key}\`` }))
      return []
    }
    return value.flatMap((item, index) =>
      item === null ? [[{}, [...at, index]] as const] : isJsonObject(item) ? [[item, [...at, index]] as const] : [],
    )
  }
  const caseIn = ([object, path]: readonly [JsonObject, JsonPath]): Case => ({
    name: textOf(object, 'name'),
    object: textOf(object, 'object'),
    inventory: stringsField(object, 'inventory') ?? [],
    assertions: objectsAt(object, 'assertions', path).map(([assertion]) => assertionIn(assertion)),
    skip: booleanField(object, 'skip') ?? false,
  })
  const tests = objectsAt(manifest.object, 'tests', []).map(([object, path]) => ({
    name: textOf(object, 'name'),
    template: textOf(object, 'template'),
    constraint: textOf(object, 'constraint'),
    expansion: textOf(object, 'expansion'),
    invalid: booleanField(object, 'invalid') ?? false,
    cases: objectsAt(object, 'cases', path).map(caseIn),
    skip: (booleanField(object, 'skip') ?? false) || booleanField(manifest.object, 'skip') === true,
  }))
  return { name: nameOf(manifest.object) || manifest.document.source.name, tests, diagnostics: problems }
}

/** YAML may have read a name as something else. */
function textOf(object: JsonObject, key: string): string {
  const value = stringField(object, key) ?? ownValue(object, key)
  return value === undefined || value === null || typeof value === 'object' ? '' : String(value)
}

function assertionIn(assertion: JsonObject): Assertion {
  const violations = ownValue(assertion, 'violations') ?? 'yes'
  return { violations: wantedOf(violations), message: stringField(assertion, 'message') }
}

/** `yes` and `no` may have been read as truth values. */
function wantedOf(value: Json): Wanted | undefined {
  if (value === 'yes' || value === true) return 'yes'
  if (value === 'no' || value === false) return 'no'
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined
}
