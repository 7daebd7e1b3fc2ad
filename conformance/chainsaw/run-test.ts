import { randomBytes } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Json, JsonObject } from '../../src/core/json.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import { asserting, denying, sleeping, waiting } from './checks.ts'
import type { TestCluster } from './cluster.ts'
import { isNotFound } from './cluster.ts'
import type { Context, Patience } from './context.ts'
import { defaultPatience, eventually } from './context.ts'
import type { Bindings } from './expression.ts'
import { commanding, scripting } from './scripts.ts'
import { bind, bindingsAt } from './template.ts'
import type { ChainsawTest, Operation, OperationName, Step } from './test-file.ts'
import { applying, changing, creatingNew, deleting, gone, titleOf, writing } from './writes.ts'

type Handler = (body: JsonObject, context: Context) => Promise<string | undefined>

const nothing: Handler = () => Promise.resolve(undefined)

const handlers: Readonly<Record<OperationName, Handler>> = {
  apply: writing(applying),
  create: writing(creatingNew),
  patch: writing(changing('mergePatch')),
  update: writing(changing('replace')),
  delete: deleting,
  assert: asserting,
  error: denying,
  sleep: sleeping,
  wait: waiting,
  script: scripting,
  command: commanding,
  get: nothing,
  describe: nothing,
  events: nothing,
  podLogs: nothing,
  proxy: nothing,
}

/** What a step leaves to be cleaned up. */
interface Done {
  readonly step: Step
  readonly context: Context
}

/** Runs a test; the text says which steps went wrong and how. What the test made is gone when this resolves. */
export async function runTest(test: ChainsawTest, cluster: TestCluster, patience: Patience = defaultPatience): Promise<string | undefined> {
  const namespace = test.namespace ?? `chainsaw-${randomBytes(5).toString('hex')}`
  const home: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
  const isOurs = !(await cluster.get(home)).ok
  const unmade = isOurs ? await eventually(patience.write, () => makeNamespace(home, cluster)) : undefined
  if (unmade !== undefined) return `namespace ${namespace}: ${unmade}`
  const work = mkdtempSync(join(tmpdir(), 'chainsaw-'))
  const done: Done[] = []
  try {
    copyFolder(test.folder, work)
    const problem = await runSteps(
      test,
      { cluster, patience, folder: test.folder, work, namespace, template: test.template, bindings: startOf(test, namespace), created: [] },
      done,
    )
    const late = await cleanUp(test, done)
    return problem ?? late
  } finally {
    // Namespaces of tests have names of their own: nothing waits until they are gone, unless a later test has the same.
    if (isOurs && !test.skipDelete) {
      await cluster.delete(home)
      if (test.namespace !== undefined) await gone(home, { cluster }, patience.delete)
    }
    rmSync(work, { recursive: true, force: true })
  }
}

async function makeNamespace(home: KubeObject, cluster: TestCluster): Promise<string | undefined> {
  const created = await cluster.create(home)
  return created.ok ? undefined : (created.error.message ?? 'it cannot be made')
}

function copyFolder(folder: string, work: string): void {
  if (existsSync(folder)) cpSync(folder, work, { recursive: true })
}

const startOf = ({ metadata }: ChainsawTest, namespace: string): Bindings =>
  new Map<string, Json>([
    ['namespace', namespace],
    ['test', { metadata }],
  ])

async function runSteps(test: ChainsawTest, base: Context, done: Done[]): Promise<string | undefined> {
  const bindings = bind(base.bindings, test.bindings)
  if (!bindings.ok) return bindings.error
  for (const step of test.steps) {
    const known = bind(bindings.value, step.bindings)
    if (!known.ok) return `${step.name}: ${known.error}`
    const context: Context = { ...base, template: step.template ?? base.template, bindings: known.value, created: [] }
    done.push({ step, context })
    const problem = await runStep(step, context, test.catch)
    if (problem !== undefined) return `${step.name}: ${problem}`
  }
  return undefined
}

async function runStep(step: Step, context: Context, caught: readonly Operation[]): Promise<string | undefined> {
  const problem = await runOperations(step.try, context)
  // What is looked at after a failure changes nothing about it.
  if (problem !== undefined) await runOperations([...step.catch, ...caught], context)
  const last = await runOperations(step.finally, context)
  return problem ?? last
}

async function runOperations(operations: readonly Operation[], context: Context): Promise<string | undefined> {
  let failed: string | undefined
  for (const { name, body, continueOnError } of operations) {
    const bindings = bind(context.bindings, bindingsAt(body))
    const problem = bindings.ok ? await handlers[name](body, { ...context, bindings: bindings.value }) : bindings.error
    if (problem === undefined) continue
    failed ??= `${name}: ${problem}`
    if (!continueOnError) break
  }
  return failed
}

/** The last step first: what it made, in reverse, then its own operations. */
async function cleanUp(test: ChainsawTest, done: readonly Done[]): Promise<string | undefined> {
  let failed: string | undefined
  for (const { step, context } of done.toReversed()) {
    const problem = (step.skipDelete ?? test.skipDelete) ? undefined : await deleteCreated(context)
    const last = await runOperations(step.cleanup, context)
    failed ??= problem ?? last
  }
  return failed === undefined ? undefined : `cleanup: ${failed}`
}

async function deleteCreated({ cluster, created, patience }: Context): Promise<string | undefined> {
  let failed: string | undefined
  for (const object of created.toReversed()) {
    const done = await cluster.delete(object)
    if (!done.ok && !isNotFound(done.error)) failed ??= `${titleOf(object)}: ${done.error.message}`
    if (done.ok) failed ??= await gone(object, { cluster }, patience.delete)
  }
  return failed
}
