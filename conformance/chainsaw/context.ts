import type { JsonObject } from '../../src/core/json.ts'
import { parseDuration } from '../../src/kube/duration.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import type { TestCluster } from './cluster.ts'
import type { Bindings } from './expression.ts'
import { textAt } from './json.ts'

/** How long to wait at most, in milliseconds. What tests say themselves only shortens it: they speak of slower clusters. */
export interface Patience {
  /** Until an assertion holds. */
  readonly assert: number
  /** Until a write goes as expected. */
  readonly write: number
  /** Until what is deleted is gone. */
  readonly delete: number
  readonly script: number
  readonly sleep: number
}

export const defaultPatience: Patience = { assert: 5_000, write: 2_000, delete: 10_000, script: 30_000, sleep: 3_000 }

/** What an operation knows. */
export interface Context {
  readonly cluster: TestCluster
  readonly patience: Patience
  /** The folder of the test, and a copy of it in which scripts may write. */
  readonly folder: string
  readonly work: string
  readonly namespace: string
  /** Whether expressions in manifests are evaluated. */
  readonly template: boolean
  readonly bindings: Bindings
  /** What the step made, which is deleted at the end. */
  readonly created: KubeObject[]
}

/** Upstream waits as long before each write and between looks; tests rely on what settles meanwhile. */
export const pollPause = 50

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })

/** Asks again until there is no problem or no time; the last problem. */
export async function eventually(milliseconds: number, check: () => Promise<string | undefined>): Promise<string | undefined> {
  const until = Date.now() + milliseconds
  for (;;) {
    const problem = await check()
    if (problem === undefined || Date.now() >= until) return problem
    await pause(pollPause)
  }
}

/** The milliseconds of a duration such as `1m30s`, but not more than these. */
export function atMost(body: JsonObject, key: string, limit: number): number {
  const duration = parseDuration(textAt(body, key))
  return duration === undefined ? limit : Math.min(limit, Number(duration / 1_000_000n))
}
