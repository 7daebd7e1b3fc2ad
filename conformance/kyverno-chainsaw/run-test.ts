import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { existsSync, globSync, readFileSync } from 'node:fs'
import type { Json, JsonObject } from '../../src/core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../src/core/json.ts'
import type { Result } from '../../src/core/result.ts'
import { err, ok } from '../../src/core/result.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import { isKubeObject, nameOf, namespaceOf } from '../../src/kube/object.ts'
import { parseDuration } from '../../src/kube/duration.ts'
import { loadDocuments, toManifests } from '../../src/kube/yaml/yaml.ts'
import type { Bindings } from './assertion.ts'
import { mismatch, substitute } from './assertion.ts'
import type { TestCluster } from './cluster.ts'

/** Milliseconds. What settles in a real cluster within half a minute settles in the sandbox within a second. */
const patience = 6_000
const cleanupPatience = 10_000
const longestSleep = 3_000
const pollPause = 50

interface Context {
  readonly cluster: TestCluster
  /** The folder that relative paths are relative to. */
  readonly folder: string
  readonly namespace: string
  readonly bindings: Bindings
  readonly created: KubeObject[]
}

const objectAt = (object: JsonObject, key: string): JsonObject => {
  const value = ownValue(object, key)
  return isJsonObject(value) ? value : {}
}
const objectsAt = (object: JsonObject, key: string): readonly JsonObject[] => {
  const value = ownValue(object, key)
  return isJsonArray(value) ? value.filter(isJsonObject) : []
}
const textAt = (object: JsonObject, key: string): string => {
  const value = ownValue(object, key)
  return typeof value === 'string' ? value : ''
}

export function readDocuments(file: string): readonly JsonObject[] {
  const loaded = loadDocuments({ name: file, text: readFileSync(file, 'utf8') })
  const { manifests, others } = toManifests(loaded.documents)
  return [...manifests.map(({ object }) => object), ...others.map(({ value }) => value).filter(isJsonObject)]
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Runs one test; the text says which step failed and why. */
export async function runTest(file: string, cluster: TestCluster): Promise<string | undefined> {
  const [test] = readDocuments(file)
  if (test === undefined) return 'the file holds no test'
  const spec = objectAt(test, 'spec')
  const own = textAt(spec, 'namespace')
  const namespace = own === '' ? `chainsaw-${Math.random().toString(36).slice(2, 10)}` : own
  const bindings: Bindings = bound(
    { namespace, test: { metadata: objectAt(test, 'metadata') } as Json, error: null, stdout: '', stderr: '' },
    objectsAt(spec, 'bindings'),
  )
  const context: Context = { cluster, folder: dirname(file), namespace, bindings, created: [] }
  const home: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
  const made = own === '' ? await cluster.create(home) : undefined
  if (made !== undefined && !made.ok) return `namespace: ${made.error}`
  try {
    for (const [index, step] of objectsAt(spec, 'steps').entries()) {
      const why = await runStep(step, context)
      if (why !== undefined) return `step ${textAt(step, 'name') || index + 1}: ${why}`
    }
    return undefined
  } finally {
    await cleanUp(context, own === '' ? home : undefined)
  }
}

function bound(bindings: Bindings, more: readonly JsonObject[]): Bindings {
  return more.reduce<Bindings>(
    (all, binding) => ({ ...all, [textAt(binding, 'name')]: substitute(binding['value'] ?? null, all) }),
    bindings,
  )
}

async function cleanUp({ created, cluster }: Context, home: KubeObject | undefined): Promise<void> {
  const all = [...(home === undefined ? [] : [home]), ...created].toReversed()
  for (const object of all) await cluster.delete(object)
  const until = Date.now() + cleanupPatience
  for (const object of all) {
    while (object !== home && Date.now() < until && (await cluster.find(object)).length > 0) await pause(pollPause)
  }
}

async function runStep(step: JsonObject, context: Context): Promise<string | undefined> {
  const use = ownValue(step, 'use')
  if (isJsonObject(use)) {
    const file = join(context.folder, textAt(use, 'template'))
    if (!existsSync(file)) return `${file} ${notInTheData}`
    const [template] = readDocuments(file)
    const given = objectsAt(objectAt(use, 'with'), 'bindings')
    const values = bound(context.bindings, given)
    return template === undefined
      ? `${file} holds no template`
      : runOperations(objectsAt(objectAt(template, 'spec'), 'try'), { ...context, bindings: values })
  }
  const inner = { ...context, bindings: bound(context.bindings, objectsAt(step, 'bindings')) }
  const why = await runOperations(objectsAt(step, 'try'), inner)
  await runOperations(objectsAt(step, 'finally'), inner)
  return why
}

async function runOperations(operations: readonly JsonObject[], start: Context): Promise<string | undefined> {
  let context = start
  for (const operation of operations) {
    const [name = ''] = Object.keys(operation).filter((key) => key !== 'description' && key !== 'continueOnError')
    const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined
    if (handler === undefined) return `the operation ${name} is not known`
    const body = objectAt(operation, name)
    context = { ...context, bindings: bound(context.bindings, objectsAt(body, 'bindings')) }
    const why = await handler(body, context)
    if (why !== undefined) return `${name}: ${why}`
  }
  return undefined
}

/** The objects of an operation: of its file or written in it, in the namespace of the test where they name none. */
async function objectsOf(
  body: JsonObject,
  { folder, bindings, namespace, cluster }: Context,
): Promise<Result<readonly KubeObject[], string>> {
  const file = substitute(body['file'] ?? '', bindings)
  const written = ownValue(body, 'resource')
  const missing = typeof file === 'string' && file !== '' ? filesOf(folder, file).find((path) => !existsSync(path)) : undefined
  if (missing !== undefined) return err(`${missing} ${notInTheData}`)
  const documents = isJsonObject(written)
    ? [written]
    : typeof file === 'string' && file !== ''
      ? filesOf(folder, file).flatMap(readDocuments)
      : []
  if (documents.length === 0) return err(`${String(file)}: there is nothing in it`)
  const objects = documents.map((document) => substitute(document, bindings)).filter((one): one is KubeObject => isKubeObject(one))
  return ok(
    await Promise.all(
      objects.map(async (object) => {
        if (namespaceOf(object) !== '' || !(await cluster.isNamespaced(object))) return object
        return { ...object, metadata: { ...(isJsonObject(object['metadata']) ? object['metadata'] : {}), namespace } }
      }),
    ),
  )
}

const filesOf = (folder: string, file: string): readonly string[] => {
  const path = join(folder, file)
  return /[*?[]/.test(file) ? globSync(path).toSorted() : [path]
}

/** How a failure begins that says nothing of Kanon: the public data is a part of the whole. */
export const notInTheData = 'is not in the data'

type Handler = (body: JsonObject, context: Context) => Promise<string | undefined>

/** Judges the outcome of a write by `expect`, or by whether it went well. */
function judge(body: JsonObject, context: Context, object: KubeObject, done: Result<unknown, string>): string | undefined {
  const expectations = objectsAt(body, 'expect').filter((one) => {
    const match = ownValue(one, 'match')
    return !isJsonObject(match) || mismatch(match, object, context.bindings) === undefined
  })
  const error = done.ok ? null : done.error
  if (expectations.length === 0) return done.ok ? undefined : `${object.kind} ${nameOf(object)}: ${done.error}`
  for (const { check } of expectations) {
    const actual = done.ok && isJsonObject(done.value as Json) ? (done.value as JsonObject) : null
    const why = isJsonObject(check) ? mismatch(check, actual, { ...context.bindings, error }) : undefined
    if (why !== undefined) return `${object.kind} ${nameOf(object)}: ${why} (error: ${String(error)})`
  }
  return undefined
}

const writes =
  (write: (cluster: TestCluster, object: KubeObject) => Promise<Result<KubeObject, string>>): Handler =>
  async (body, context) => {
    const objects = await objectsOf(body, context)
    if (!objects.ok) return objects.error
    for (const object of objects.value) {
      const existed = nameOf(object) !== '' && (await context.cluster.find(object)).length > 0
      const done = await write(context.cluster, object)
      if (done.ok && !existed) context.created.push({ ...object, metadata: done.value['metadata'] ?? object['metadata'] ?? {} })
      const why = judge(body, context, object, done)
      if (why !== undefined) return why
    }
    return undefined
  }

async function eventually(check: () => Promise<string | undefined>, limit = patience): Promise<string | undefined> {
  const until = Date.now() + limit
  for (;;) {
    const why = await check()
    if (why === undefined || Date.now() > until) return why
    await pause(pollPause)
  }
}

const assert: Handler = async (body, context) => {
  const objects = await objectsOf(body, context)
  if (!objects.ok) return objects.error
  for (const expected of objects.value) {
    const why = await eventually(async () => {
      const found = await context.cluster.find(expected)
      if (found.length === 0) return `${expected.kind} ${nameOf(expected)} is not there`
      const reasons = found.map((actual) => mismatch(expected, actual, context.bindings))
      return reasons.includes(undefined) ? undefined : `${expected.kind} ${nameOf(expected)}${reasons[0] ?? ''}`
    })
    if (why !== undefined) return why
  }
  return undefined
}

const error: Handler = async (body, context) => {
  const objects = await objectsOf(body, context)
  if (!objects.ok) return objects.error
  for (const expected of objects.value) {
    const why = await eventually(async () => {
      const found = await context.cluster.find(expected)
      return found.some((actual) => mismatch(expected, actual, context.bindings) === undefined)
        ? `${expected.kind} ${nameOf(expected)} is there, and should not be`
        : undefined
    })
    if (why !== undefined) return why
  }
  return undefined
}

const remove: Handler = async (body, context) => {
  const { cluster, bindings, namespace } = context
  const ref = ownValue(body, 'ref')
  const named = isJsonObject(ref) ? referenceOf(substitute(ref, bindings) as JsonObject, namespace) : undefined
  const objects = named === undefined ? await objectsOf(body, context) : ok(nameOf(named) === '' ? await cluster.find(named) : [named])
  if (!objects.ok) return objects.error
  for (const object of objects.value) {
    const done = await cluster.delete(object)
    const gone = !done.ok && done.error.includes('not found')
    const why = judge(body, context, object, gone ? ok(undefined) : done)
    if (why !== undefined) return why
    if (done.ok) {
      const late = await eventually(
        async () => ((await cluster.find(object)).length > 0 ? `${object.kind} ${nameOf(object)} does not go` : undefined),
        cleanupPatience,
      )
      if (late !== undefined) return late
    }
  }
  return undefined
}

const referenceOf = (ref: JsonObject, namespace: string): KubeObject => ({
  apiVersion: textAt(ref, 'apiVersion'),
  kind: textAt(ref, 'kind'),
  metadata: {
    name: textAt(ref, 'name'),
    namespace: textAt(ref, 'namespace') || namespace,
    ...(isJsonObject(ref['labels']) ? { labels: ref['labels'] } : {}),
  },
})

const sleep: Handler = async (body) => {
  const duration = parseDuration(textAt(body, 'duration'))
  await pause(Math.min(longestSleep, duration === undefined ? 0 : Number(duration / 1_000_000n)))
  return undefined
}

interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function execute(
  file: string,
  args: readonly string[],
  { folder, cluster, namespace }: Context,
  extra: Readonly<Record<string, string>>,
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(file, [...args], {
      cwd: folder,
      env: { ...process.env, ...extra, KUBECONFIG: cluster.kubeconfig, NAMESPACE: namespace },
      timeout: 30_000,
    })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.on('error', (problem) => resolve({ code: 127, stdout, stderr: problem.message }))
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

function judgeRun(body: JsonObject, { bindings }: Context, { code, stdout, stderr }: Ran): string | undefined {
  const lost = /bash: line \d+: (\.\/\S+): No such file/.exec(stderr)?.[1]
  if (lost !== undefined) return `${lost} ${notInTheData}`
  const problem = code === 0 ? null : `exit status ${code}`
  const check = ownValue(body, 'check')
  if (!isJsonObject(check)) return problem === null ? undefined : `${problem}: ${stderr || stdout}`
  return mismatch(check, null, { ...bindings, error: problem, stdout: stdout.replace(/\n$/, ''), stderr: stderr.replace(/\n$/, '') })
}

const variablesOf = (body: JsonObject, { bindings }: Context): Readonly<Record<string, string>> =>
  Object.fromEntries(objectsAt(body, 'env').map((entry) => [textAt(entry, 'name'), String(substitute(entry['value'] ?? '', bindings))]))

const script: Handler = async (body, context) =>
  judgeRun(body, context, await execute('bash', ['-c', textAt(body, 'content')], context, variablesOf(body, context)))

const command: Handler = async (body, context) => {
  const args = ownValue(body, 'args')
  const values = isJsonArray(args) ? args.map((arg) => String(substitute(arg, context.bindings))) : []
  return judgeRun(body, context, await execute(textAt(body, 'entrypoint'), values, context, variablesOf(body, context)))
}

const wait: Handler = async (body, context) => {
  const expected = referenceOf(substitute(body, context.bindings) as JsonObject, context.namespace)
  const wanted = objectAt(body, 'for')
  const condition = objectAt(wanted, 'condition')
  return eventually(async () => {
    const found = await context.cluster.find(expected)
    if (Object.hasOwn(wanted, 'deletion')) return found.length === 0 ? undefined : `${expected.kind} is still there`
    const met = found.some((object) =>
      objectsAt(objectAt(object, 'status'), 'conditions').some(
        (one) => one['type'] === condition['name'] && String(one['status']) === String(condition['value'] ?? 'True').replaceAll("'", ''),
      ),
    )
    return met ? undefined : `${expected.kind} ${nameOf(expected)} has not the condition ${String(condition['name'])}`
  })
}

const handlers: Readonly<Record<string, Handler>> = {
  apply: writes((cluster, object) => cluster.apply(object)),
  create: writes((cluster, object) => cluster.create(object)),
  patch: writes((cluster, object) => cluster.patch(object)),
  update: writes((cluster, object) => cluster.update(object)),
  assert,
  error,
  delete: remove,
  sleep,
  script,
  command,
  wait,
  get: () => Promise.resolve(undefined),
  describe: () => Promise.resolve(undefined),
  events: () => Promise.resolve(undefined),
}
