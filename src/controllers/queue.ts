import { gather } from './gathering.ts'

export interface Work {
  /** Asked when it is the work's turn; if it may not begin, what changed stays to be done, and the next change asks again. */
  readonly mayBegin: () => boolean
  /** Never rejects. */
  readonly run: () => Promise<void>
}

/** Changes are gathered for a moment, then worked off one after the other. */
export interface Queue {
  readonly soon: () => void
  /** What the work is. Changes of before are kept until the next one. */
  readonly start: (work: Work) => void
  /** Something changed for which no work has begun. */
  readonly isDirty: boolean
  /** Goes up with each change. */
  readonly generation: number
  /** Resolves when the work that has its turn now, or waits for it, has ended. */
  readonly idle: () => Promise<void>
  /** Forgets the turn that was to come; a later change gets one as ever. */
  readonly cancel: () => void
}

/** `milliseconds` is how long changes are gathered. */
export function createQueue(milliseconds: number): Queue {
  let [isDirty, generation] = [false, 0]
  let work: Work | undefined
  let done = Promise.resolve()
  const takeTurn = async (): Promise<void> => {
    if (work === undefined || !work.mayBegin()) return
    isDirty = false
    await work.run()
  }
  const gathering = gather(milliseconds, () => {
    done = done.then(takeTurn)
  })
  return {
    soon: () => {
      isDirty = true
      generation += 1
      gathering.soon()
    },
    start: (next) => {
      work = next
    },
    get isDirty() {
      return isDirty
    },
    get generation() {
      return generation
    },
    idle: () => done,
    cancel: gathering.cancel,
  }
}
