import type { JsonObject } from '../../src/core/json.ts'
import { ownValue } from '../../src/core/json.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import { differences } from './assertion.ts'
import { isNotFound } from './cluster.ts'
import type { Context } from './context.ts'
import { atMost, eventually, pause } from './context.ts'
import { objectAt, objectsAt, textAt } from './json.ts'
import { inNamespace, objectsToFind, referred } from './resources.ts'
import { titleOf } from './writes.ts'

/** Holds when, of what is there, something is as each object says. */
export const asserting = looking(async (expected, { cluster, bindings }) => {
  const found = await cluster.find(expected)
  if (!found.ok) return found.error.message ?? 'it cannot be read'
  if (found.value.length === 0) return 'there is none'
  const all = found.value.map((actual) => differences(expected, actual, bindings))
  return all.some((one) => one.length === 0) ? undefined : (all[0]?.join('\n') ?? '')
})

/** Holds when, of what is there, nothing is as an object says. */
export const denying = looking(async (expected, { cluster, bindings }) => {
  const found = await cluster.find(expected)
  if (!found.ok) return isNotFound(found.error) ? undefined : (found.error.message ?? 'it cannot be read')
  const match = found.value.find((actual) => differences(expected, actual, bindings).length === 0)
  return match === undefined ? undefined : `there is one that is so: ${titleOf(match)}`
})

function looking(look: (expected: KubeObject, context: Context) => Promise<string | undefined>) {
  return async (body: JsonObject, context: Context): Promise<string | undefined> => {
    const objects = await objectsToFind(body, context)
    if (!objects.ok) return objects.error
    for (const object of objects.value) {
      const problem = await eventually(atMost(body, 'timeout', context.patience.assert), async () =>
        look(await inNamespace(object, context), context),
      )
      if (problem !== undefined) return `${titleOf(object)}: ${problem}`
    }
    return undefined
  }
}

export async function sleeping(body: JsonObject, { patience }: Context): Promise<string | undefined> {
  await pause(atMost(body, 'duration', patience.sleep))
  return undefined
}

/** Waits as `kubectl wait` does: for a condition, or until objects are gone. */
export async function waiting(body: JsonObject, context: Context): Promise<string | undefined> {
  const target = await referred(body, context)
  if (!target.ok) return target.error
  const wanted = objectAt(body, 'for')
  return eventually(atMost(body, 'timeout', context.patience.assert), async () => {
    const found = await context.cluster.find(target.value)
    if (!found.ok && !isNotFound(found.error)) return found.error.message ?? 'it cannot be read'
    const objects = found.ok ? found.value : []
    if (Object.hasOwn(wanted, 'deletion')) return objects.length === 0 ? undefined : `${titleOf(target.value)} is still there`
    if (!Object.hasOwn(wanted, 'condition')) return 'only conditions and deletion can be waited for'
    const lacking = objects.find((object) => !hasCondition(object, objectAt(wanted, 'condition')))
    return objects.length > 0 && lacking === undefined ? undefined : `${titleOf(lacking ?? target.value)}: the condition is not met`
  })
}

function hasCondition(object: KubeObject, wanted: JsonObject): boolean {
  const status = String(ownValue(wanted, 'value') ?? 'True').toLowerCase()
  return objectsAt(objectAt(object, 'status'), 'conditions').some(
    (one) => textAt(one, 'type').toLowerCase() === textAt(wanted, 'name').toLowerCase() && textAt(one, 'status').toLowerCase() === status,
  )
}
