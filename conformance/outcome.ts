/** What became of one expectation of upstream's data. */
export type Verdict =
  | { readonly verdict: 'passed' }
  | { readonly verdict: 'failed'; readonly reason: string }
  /** It needs something that has not been built: neither passed nor failed, however it went. */
  | { readonly verdict: 'not yet'; readonly reason: string }

/** `id` is `suite:file#what`, the same in every run and unlike every other. */
export type Outcome = { readonly id: string } & Verdict

export interface Suite {
  readonly name: string
  /** Runs the data under ROOT; of slow suites only what has GREP in its id. Undefined where there is no such data. */
  readonly run: (root: string, grep: string) => Promise<readonly Outcome[] | undefined>
}

/** Makes ids unique in the order of the data: the second `a` is `a~2`. */
export function uniqueIds(): (id: string) => string {
  const seen = new Map<string, number>()
  return (id) => {
    const count = (seen.get(id) ?? 0) + 1
    seen.set(id, count)
    return count === 1 ? id : `${id}~${count}`
  }
}
