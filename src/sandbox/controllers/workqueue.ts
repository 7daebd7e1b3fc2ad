import type { Result } from '../../core/result.ts'
import type { Status } from '../../kube/status.ts'
import type { Clock } from '../client.ts'

/** Done, or look again after so many milliseconds; or why it failed: it is tried again. */
export type Reconciled = Result<number | undefined, Status>

export interface WorkQueue {
  add(key: string): void
  addAfter(key: string, milliseconds: number): void
  stop(): void
}

export interface WorkQueueOptions {
  readonly name: string
  readonly clock: Clock
  readonly reconcile: (key: string) => Promise<Reconciled>
  /** Told +1 when there is work and -1 when it is done. */
  readonly busy: (delta: 1 | -1) => void
  readonly log: (line: string) => void
}

const firstDelay = 5
const longestDelay = 60_000
/** So often a conflict is tried again without waiting. */
const conflictsAtOnce = 8

/** Milliseconds before the next attempt: doubling, up to a minute. */
export const backoff = (attempts: number): number => Math.min(longestDelay, firstDelay * 2 ** Math.min(attempts, 20))

/** Lets the server answer others between two keys. */
const breathe = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/** Keys to reconcile, each once, one after the other. A key added while it is worked on is worked on again. */
export function createWorkQueue(options: WorkQueueOptions): WorkQueue {
  const pending = new Set<string>()
  const timers = new Map<string, { readonly due: number; readonly cancel: () => void }>()
  const attempts = new Map<string, number>()
  let running = false
  let stopped = false

  const addAfter = (key: string, milliseconds: number): void => {
    if (stopped) return
    const due = options.clock.now().getTime() + milliseconds
    const waiting = timers.get(key)
    if (waiting !== undefined && waiting.due <= due) return
    waiting?.cancel()
    const cancel = options.clock.after(milliseconds, () => {
      timers.delete(key)
      add(key)
    })
    timers.set(key, { due, cancel })
  }

  const retry = (key: string, error: Status): void => {
    const failed = attempts.get(key) ?? 0
    attempts.set(key, failed + 1)
    if (error.reason === 'Conflict' && failed < conflictsAtOnce) return add(key)
    options.log(`${options.name}: ${key}: ${error.message ?? error.reason ?? 'failed'}`)
    addAfter(key, backoff(failed))
  }

  const workOn = async (key: string): Promise<void> => {
    try {
      const result = await options.reconcile(key)
      if (!result.ok) return retry(key, result.error)
      attempts.delete(key)
      if (result.value !== undefined) addAfter(key, result.value)
    } catch (error) {
      // A defect of ours met on one object must not end the work on all others.
      options.log(`${options.name}: ${key}: ${String(error)}`)
      const failed = attempts.get(key) ?? 0
      attempts.set(key, failed + 1)
      addAfter(key, backoff(failed + 8))
    }
  }

  const run = async (): Promise<void> => {
    for (;;) {
      const [key] = pending
      if (key === undefined || stopped) break
      pending.delete(key)
      await workOn(key)
      await breathe()
    }
    running = false
    options.busy(-1)
  }

  const add = (key: string): void => {
    if (stopped) return
    pending.add(key)
    if (running) return
    running = true
    options.busy(1)
    // After the write that caused it has returned to its caller.
    void Promise.resolve().then(run)
  }

  return {
    add,
    addAfter,
    stop: () => {
      stopped = true
      pending.clear()
      for (const { cancel } of timers.values()) cancel()
      timers.clear()
    },
  }
}
