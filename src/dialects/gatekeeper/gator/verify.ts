import type { JsonObject } from '../../../core/json.ts'
import { isJsonObject } from '../../../core/json.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { Document, Manifest } from '../../../kube/manifest.ts'
import { isKubeObject } from '../../../kube/object.ts'
import type { GatorCaseResult, GatorFile, GatorSuite, GatorSuiteHost, GatorTestResult } from '../../../policy/gator.ts'
import { booleanField } from '../../../core/fields.ts'
import { parseSuite } from '../test-suite/suite-file.ts'
import type { Case, Test } from '../test-suite/suite-file.ts'
import { isExpansionTemplate } from '../expansion/kind.ts'
import { complete, notAnObject, objectsIn, runCase } from './case.ts'
import { openConstraint, readTemplate } from './client.ts'
import { expansionsIn } from './expand.ts'
import type { Expansions } from './expand.ts'
import { templateProblem } from './decode.ts'
import { decodingProblem } from './go-shape.ts'
import { suiteShape } from './go-shapes.ts'
import { isConstraintObject, isTemplateObject, kindIn } from './objects.ts'
import type { Reviewer } from './review.ts'

/** A Suite of test.gatekeeper.sh; undefined for everything else. */
export function suiteIn(document: Document): Result<GatorSuite, string> | undefined {
  const { value } = document
  if (!isJsonObject(value)) return undefined
  const { group, kind } = kindIn(value)
  if (kind !== 'Suite' || group !== 'test.gatekeeper.sh' || !isKubeObject(value)) return undefined
  const problem = decodingProblem(value, suiteShape)
  if (problem !== undefined) return err(problem)
  const suite = parseSuite({ object: value, document })
  const skipped = booleanField(value, 'skip') === true
  return ok({ skipped, run: (host) => (skipped ? [] : suite.tests.map((test) => runTest(test, host))) })
}

/** What all cases of a test are judged with. */
export interface Prepared {
  readonly reviewer: Reviewer
  readonly expansions: Expansions
  /** Takes what templates print from now on. */
  readonly prints: string[]
}

const notRun = { nanoseconds: 0, error: undefined, printed: '', skipped: true, cases: [] } as const

function runTest(test: Test, host: GatorSuiteHost): GatorTestResult {
  const { name } = test
  const { clock, filter } = host
  const isWanted =
    filter === undefined ||
    filter.test(
      name,
      test.cases.map((one) => one.name),
    )
  if (test.skip || !isWanted) return { ...notRun, name }
  const begun = clock()
  const prepared = prepare(test, host)
  const { error, cases } = test.invalid
    ? { error: invalidError(prepared), cases: [] }
    : prepared.ok
      ? { error: undefined, cases: test.cases.map((one) => timedCase(test, one, { prepared: prepared.value, host })) }
      : { error: prepared.error, cases: [] }
  return { name, skipped: false, nanoseconds: clock() - begun, error, printed: '', cases }
}

const notValid = 'schema validation failed'

/** How Go prints that there is no error where one is wanted. */
const noError = '%!w(<nil>)'

function invalidError(prepared: Result<Prepared, string>): string | undefined {
  if (!prepared.ok && prepared.error.includes(notValid)) return undefined
  return `constraint should have failed schema validation: got error ${prepared.ok ? noError : prepared.error} but want ${notValid}`
}

function timedCase(
  test: Test,
  one: Case,
  { prepared, host }: { readonly prepared: Prepared; readonly host: GatorSuiteHost },
): GatorCaseResult {
  const { name } = one
  const isWanted = host.filter === undefined || host.filter.case(test.name, name)
  if (one.skip || !isWanted) return { name, skipped: true, nanoseconds: 0, error: undefined, printed: '' }
  const begun = host.clock()
  prepared.prints.length = 0
  const judged = runCase(one, prepared, host)
  const printed = prepared.prints.map((text) => `${text}\n`).join('')
  return { name, skipped: false, nanoseconds: host.clock() - begun, error: judged.ok ? undefined : judged.error, printed }
}

/** The template and the constraint of a test; the error is upstream's. */
function prepare(test: Test, host: GatorSuiteHost): Result<Prepared, string> {
  const template = templateOf(test, host)
  if (!template.ok) return template
  const constraint = constraintOf(test, host)
  if (!constraint.ok) return constraint
  const prints: string[] = []
  const opened = openConstraint(constraint.value, new Map([[template.value.kind, template.value]]), {
    purpose: 'verify',
    print: (text) => void prints.push(text),
  })
  if (!opened.ok) return opened
  const expansions = expansionsOf(test, host)
  return expansions.ok ? ok({ reviewer: opened.value.reviewer, expansions: expansions.value, prints }) : expansions
}

function templateOf(test: Test, host: GatorSuiteHost): ReturnType<typeof readTemplate> {
  if (test.template === '') return err('invalid Suite: missing template')
  const file = host.read(test.template)
  const manifest = firstOf(file, 'ConstraintTemplate', 'adding template: parsing ConstraintTemplate YAML')
  if (!manifest.ok) return manifest
  if (!isTemplateObject(manifest.value.object)) return err(`path "${file.name}": not a ConstraintTemplate`)
  const problem = templateProblem(manifest.value.object)
  if (problem !== undefined) return err(`path "${file.name}": ${problem}`)
  const template = readTemplate(manifest.value, { engines: host.engines, print: true })
  return template.ok ? template : err(`adding template: ${template.error}`)
}

function constraintOf(test: Test, host: GatorSuiteHost): Result<Manifest, string> {
  if (test.constraint === '') return err('invalid Suite: missing constraint')
  const manifest = firstOf(host.read(test.constraint), 'Constraint', 'adding constraint: parsing Constraint')
  return !manifest.ok || isConstraintObject(manifest.value.object) ? manifest : err('not a Constraint')
}

function expansionsOf(test: Test, host: GatorSuiteHost): Result<Expansions, string> {
  if (test.expansion === '') return expansionsIn([])
  const file = host.read(test.expansion)
  if (file.content.kind === 'unreadable') return err(`reading ExpansionTemplate from "${file.name}": ${file.content.message}`)
  const documents = objectsIn(file)
  if (!documents.ok) return documents
  const manifests = documents.value.map((document) => ({ object: complete(document), document }))
  return manifests.length > 0 && manifests.every(isExpansionTemplate)
    ? expansionsIn(manifests)
    : err(`not an Expansion Template: "${file.name}"`)
}

/** The first object of a file. What is no object is none of those that are wanted. */
function firstOf({ name, content }: GatorFile, what: string, parsing: string): Result<Manifest, string> {
  if (content.kind === 'unreadable') return err(`reading ${what} from "${name}": ${content.message}`)
  if (content.kind === 'malformed') return err(`${parsing} from "${name}": ${content.message}`)
  const [document] = content.documents
  const why = notAnObject(document?.value ?? {})
  if (why !== undefined) return err(`${parsing} from "${name}": ${why}`)
  const value: JsonObject = document !== undefined && isJsonObject(document.value) ? document.value : {}
  const object = isKubeObject(value) ? value : { ...value, apiVersion: '', kind: '' }
  return ok({ object, document: document ?? { source: { name, text: '' }, start: 0, end: 0, base: [], value } })
}
