/** Many changes in a moment, worked off once. */
export interface Gathering {
  readonly soon: () => void
  /** A change was gathered and is not worked off yet. */
  readonly isPending: boolean
  /** Forgets what was gathered; a later change is gathered as ever. */
  readonly cancel: () => void
}

/** Calls `work` once, so many milliseconds after the first of the changes since it was called last. */
export function gather(milliseconds: number, work: () => void): Gathering {
  let timer: NodeJS.Timeout | undefined
  return {
    soon: () => {
      timer ??= setTimeout(() => {
        timer = undefined
        work()
      }, milliseconds)
    },
    get isPending() {
      return timer !== undefined
    },
    cancel: () => {
      clearTimeout(timer)
      timer = undefined
    },
  }
}
