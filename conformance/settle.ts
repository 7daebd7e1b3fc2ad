import type { Outcome } from './outcome.ts'

export interface Settled {
  readonly passed: number
  readonly failed: readonly { readonly id: string; readonly reason: string }[]
  readonly gaps: number
  /** How many, by reason. */
  readonly notYet: ReadonlyMap<string, number>
}

/** Sorts outcomes. A known gap that fails is expected; one that passes is a failure, so that the list stays true. */
export function settle(outcomes: readonly Outcome[], knownGaps: Readonly<Record<string, string>>): Settled {
  const failed: { readonly id: string; readonly reason: string }[] = []
  const notYet = new Map<string, number>()
  let passed = 0
  let gaps = 0
  for (const outcome of outcomes) {
    const isGap = Object.hasOwn(knownGaps, outcome.id)
    if (outcome.verdict === 'not yet') notYet.set(outcome.reason, (notYet.get(outcome.reason) ?? 0) + 1)
    else if (outcome.verdict === 'failed' && isGap) gaps += 1
    else if (outcome.verdict === 'failed') failed.push({ id: outcome.id, reason: outcome.reason })
    else if (isGap) failed.push({ id: outcome.id, reason: 'fixed gap: remove it' })
    else passed += 1
  }
  return { passed, failed, gaps, notYet }
}

/** The line of a suite, what is not built yet by reason, and under `verbose` every failure. */
export function summary(name: string, { passed, failed, gaps, notYet }: Settled, verbose: boolean): readonly string[] {
  const unbuilt = [...notYet].sort(([a], [b]) => (a < b ? -1 : 1))
  const total = unbuilt.reduce((sum, [, count]) => sum + count, 0)
  const line = `${name}: ${passed} passed, ${failed.length} failed, ${gaps} known gaps, ${total} not yet`
  const reasons = unbuilt.map(([reason, count]) => `  not yet: ${count} ${reason}`)
  const failures = verbose ? failed.map(({ id, reason }) => `  ${id}\n    ${reason.replaceAll('\n', '\n    ')}`) : []
  return [line, ...reasons, ...failures]
}
