import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { JsonObject } from '../../src/core/json.ts'
import { isJsonObject, ownValue } from '../../src/core/json.ts'
import type { Result } from '../../src/core/result.ts'
import { err, ok } from '../../src/core/result.ts'
import type { Document } from '../../src/kube/manifest.ts'
import { loadDocuments, toManifests } from '../../src/kube/yaml/yaml.ts'
import { objectAt, objectsAt, textAt } from './json.ts'
import { bindingsAt } from './template.ts'

const operationNames = ['apply', 'create', 'patch', 'update', 'delete', 'assert', 'error', 'sleep', 'wait', 'script', 'command'] as const
/** They collect what a person looks at after a failure; here nobody does. */
const collectors = ['get', 'describe', 'events', 'podLogs', 'proxy'] as const

export type OperationName = (typeof operationNames)[number] | (typeof collectors)[number]

export interface Operation {
  readonly name: OperationName
  readonly body: JsonObject
  readonly continueOnError: boolean
}

export interface Step {
  readonly name: string
  readonly template: boolean | undefined
  readonly bindings: readonly JsonObject[]
  readonly try: readonly Operation[]
  readonly catch: readonly Operation[]
  readonly finally: readonly Operation[]
  readonly cleanup: readonly Operation[]
  readonly skipDelete: boolean | undefined
}

export interface ChainsawTest {
  readonly file: string
  /** What relative paths are relative to. */
  readonly folder: string
  readonly metadata: JsonObject
  readonly skip: boolean
  /** Undefined where each run makes its own. */
  readonly namespace: string | undefined
  readonly template: boolean
  readonly skipDelete: boolean
  readonly bindings: readonly JsonObject[]
  readonly catch: readonly Operation[]
  readonly steps: readonly Step[]
}

/** The objects in a YAML file, in order. */
export function readObjects(file: string): Result<readonly JsonObject[], string> {
  const { documents, diagnostics } = loadDocuments({ name: file, text: readFileSync(file, 'utf8') })
  const problem = diagnostics.find(({ severity }) => severity === 'error')
  return problem === undefined ? ok(documents.flatMap(objectsIn)) : err(`${file}: ${problem.message}`)
}

function objectsIn(document: Document): readonly JsonObject[] {
  const { manifests, others } = toManifests([document])
  return [...manifests.map(({ object }) => object), ...others.map(({ value }) => value).filter(isJsonObject)]
}

/** The tests of a file: usually one. */
export function readTests(file: string): Result<readonly ChainsawTest[], string> {
  const documents = readObjects(file)
  if (!documents.ok) return documents
  const tests: ChainsawTest[] = []
  for (const document of documents.value) {
    if (textAt(document, 'kind') !== 'Test') continue
    const test = readTest(document, file)
    if (!test.ok) return err(`${file}: ${test.error}`)
    tests.push(test.value)
  }
  return tests.length === 0 ? err(`${file}: there is no Test in it`) : ok(tests)
}

function readTest(document: JsonObject, file: string): Result<ChainsawTest, string> {
  const spec = objectAt(document, 'spec')
  const folder = dirname(file)
  const steps: Step[] = []
  for (const [index, body] of objectsAt(spec, 'steps').entries()) {
    const step = readStep({ name: `step ${index + 1}`, ...body }, folder)
    if (!step.ok) return step
    steps.push(step.value)
  }
  const caught = readOperations(spec, 'catch')
  if (!caught.ok) return caught
  const namespace = textAt(spec, 'namespace')
  return ok({
    file,
    folder,
    metadata: objectAt(document, 'metadata'),
    skip: spec['skip'] === true,
    namespace: namespace === '' ? undefined : namespace,
    template: spec['template'] !== false,
    skipDelete: spec['skipDelete'] === true,
    bindings: bindingsAt(spec),
    catch: caught.value,
    steps,
  })
}

/** A step; one that uses a template is the template's, with the bindings that are given to it. */
function readStep(body: JsonObject, folder: string): Result<Step, string> {
  const use = ownValue(body, 'use')
  if (!isJsonObject(use)) return stepOf(body, textAt(body, 'name'), bindingsAt(body))
  const path = join(folder, textAt(use, 'template'))
  if (!existsSync(path)) return err(`there is no ${textAt(use, 'template')}`)
  const templates = readObjects(path)
  if (!templates.ok) return templates
  const spec = objectAt(templates.value[0] ?? {}, 'spec')
  return stepOf(spec, textAt(body, 'name'), [...bindingsAt(spec), ...bindingsAt(objectAt(use, 'with'))])
}

function stepOf(body: JsonObject, name: string, bindings: readonly JsonObject[]): Result<Step, string> {
  const [tried, caught, last, cleanup] = [
    readOperations(body, 'try'),
    readOperations(body, 'catch'),
    readOperations(body, 'finally'),
    readOperations(body, 'cleanup'),
  ]
  if (!tried.ok) return tried
  if (!caught.ok) return caught
  if (!last.ok) return last
  if (!cleanup.ok) return cleanup
  return ok({
    name,
    template: flagAt(body, 'template'),
    bindings,
    try: tried.value,
    catch: caught.value,
    finally: last.value,
    cleanup: cleanup.value,
    skipDelete: flagAt(body, 'skipDelete'),
  })
}

function flagAt(object: JsonObject, key: string): boolean | undefined {
  const value = ownValue(object, key)
  return typeof value === 'boolean' ? value : undefined
}

function readOperations(body: JsonObject, key: string): Result<readonly Operation[], string> {
  const operations: Operation[] = []
  for (const entry of objectsAt(body, key)) {
    const name = [...operationNames, ...collectors].find((one) => Object.hasOwn(entry, one))
    if (name === undefined) return err(`${key}: nothing is known of ${Object.keys(entry).join(', ')}`)
    operations.push({ name, body: objectAt(entry, name), continueOnError: entry['continueOnError'] === true })
  }
  return ok(operations)
}
