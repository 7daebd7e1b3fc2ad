import type { JsonObject } from '../../src/core/json.ts'
import { isJsonObject, ownValue } from '../../src/core/json.ts'
import type { Result } from '../../src/core/result.ts'
import { err, ok } from '../../src/core/result.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import { nameOf } from '../../src/kube/object.ts'
import type { Status } from '../../src/kube/status.ts'
import { differences } from './assertion.ts'
import { isNotFound, withMetadata } from './cluster.ts'
import type { Context } from './context.ts'
import { atMost, eventually, pause, pollPause } from './context.ts'
import { objectAt, objectsAt } from './json.ts'
import { inNamespace, objectsToWrite, referred } from './resources.ts'

/** What a write did; `unjudged` is a problem of the step itself, which no expectation is asked about. */
type Written = Result<KubeObject, Status> | { readonly unjudged: string }
type Write = (object: KubeObject, context: Context) => Promise<Written>

/** An operation that writes each of its objects until it goes as expected. */
export const writing =
  (write: Write) =>
  async (body: JsonObject, context: Context): Promise<string | undefined> => {
    const objects = await objectsToWrite(body, context)
    if (!objects.ok) return objects.error
    for (const object of objects.value) {
      await pause(pollPause)
      const problem = await eventually(atMost(body, 'timeout', context.patience.write), async () => {
        // Its kind may only be served since the last try.
        const written = await write(await inNamespace(object, context), context)
        return 'unjudged' in written ? `${titleOf(object)}: ${written.unjudged}` : judge(body, object, written, context)
      })
      if (problem !== undefined) return problem
    }
    return undefined
  }

/** Creates what is not there, and merges into what is. */
export const applying: Write = async (object, context) => {
  const actual = await context.cluster.get(object)
  if (actual.ok) return context.cluster.mergePatch(atVersionOf(object, actual.value))
  return isNotFound(actual.error) ? creating(object, context) : actual
}

const creating: Write = async (object, { cluster, created }) => {
  const done = await cluster.create(object)
  if (done.ok) created.push(withMetadata(object, { name: nameOf(done.value) }))
  return done
}

export const creatingNew: Write = async (object, context) => {
  const actual = nameOf(object) === '' ? undefined : await context.cluster.get(object)
  return actual?.ok === true ? { unjudged: 'the resource already exists in the cluster' } : creating(object, context)
}

/** Writes to what must be there. */
export const changing =
  (how: 'mergePatch' | 'replace'): Write =>
  async (object, { cluster }) => {
    const actual = await cluster.get(object)
    return actual.ok ? cluster[how](atVersionOf(object, actual.value)) : { unjudged: actual.error.message ?? 'it cannot be read' }
  }

function atVersionOf(object: KubeObject, actual: KubeObject): KubeObject {
  const version = ownValue(objectAt(actual, 'metadata'), 'resourceVersion')
  return version === undefined ? object : withMetadata(object, { resourceVersion: version })
}

/** Deletes what is referred to, or what a file has, and waits until it is gone. */
export async function deleting(body: JsonObject, context: Context): Promise<string | undefined> {
  const targets = await targetsOf(body, context)
  if (!targets.ok) return targets.error
  const { cluster, patience } = context
  for (const target of targets.value) {
    const found = await cluster.find(target)
    if (!found.ok && !isNotFound(found.error)) return `${titleOf(target)}: ${found.error.message}`
    for (const object of found.ok ? found.value : []) {
      const done = await cluster.delete(object)
      const outcome: Result<KubeObject, Status> = done.ok || isNotFound(done.error) ? ok(object) : done
      const problem = judge(body, object, outcome, context)
      if (problem !== undefined) return problem
      const late = outcome.ok && done.ok ? await gone(object, context, atMost(body, 'timeout', patience.delete)) : undefined
      if (late !== undefined) return late
    }
  }
  return undefined
}

async function targetsOf(body: JsonObject, context: Context): Promise<Result<readonly KubeObject[], string>> {
  const ref = ownValue(body, 'ref')
  if (!isJsonObject(ref)) return objectsToWrite(body, context)
  const target = await referred(ref, context)
  return target.ok ? ok([target.value]) : err(target.error)
}

/** Waits until an object is not there, or is another of the same name. */
export async function gone(object: KubeObject, { cluster }: Pick<Context, 'cluster'>, milliseconds: number): Promise<string | undefined> {
  await pause(pollPause)
  return eventually(milliseconds, async () => {
    const actual = await cluster.get(object)
    return actual.ok && isSame(actual.value, object) ? `${titleOf(object)} is still there` : undefined
  })
}

function isSame(actual: KubeObject, object: KubeObject): boolean {
  const uid = ownValue(objectAt(object, 'metadata'), 'uid')
  return uid === undefined || ownValue(objectAt(actual, 'metadata'), 'uid') === uid
}

/** Holds the outcome of a write against `expect`: of the expectations that are about the object, all must hold; without any, it must have gone well. */
function judge(body: JsonObject, object: KubeObject, outcome: Result<KubeObject, Status>, { bindings }: Context): string | undefined {
  const error = outcome.ok ? null : (outcome.error.message ?? 'unknown error')
  const known = new Map(bindings).set('error', error)
  const about = objectsAt(body, 'expect').filter((one) => {
    const match = ownValue(one, 'match')
    return !isJsonObject(match) || differences(match, object, bindings).length === 0
  })
  if (about.length === 0) return error === null ? undefined : `${titleOf(object)}: ${error}`
  const found = about.flatMap((one) => differences(objectAt(one, 'check'), outcome.ok ? outcome.value : object, known))
  return found.length === 0 ? undefined : `${titleOf(object)}: ${found.join('\n')}\nerror: ${error ?? 'none'}`
}

export const titleOf = (object: KubeObject): string => `${object.kind} ${nameOf(object)}`
