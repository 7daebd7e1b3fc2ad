import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** One run of a program. */
export interface Measured {
  readonly seconds: number
  /** At its peak; 0 where /usr/bin/time is not installed. */
  readonly mebibytes: number
}

/** Runs a program to its end; undefined where it cannot be started. */
export function measure(command: string, args: readonly string[]): Measured | undefined {
  const timed = existsSync('/usr/bin/time')
  const start = performance.now()
  const { stderr, error } = timed
    ? spawnSync('/usr/bin/time', ['-f', 'peak=%M', command, ...args], { encoding: 'utf8', maxBuffer: 1 << 30 })
    : spawnSync(command, [...args], { encoding: 'utf8', maxBuffer: 1 << 30 })
  if (error !== undefined) return undefined
  return { seconds: (performance.now() - start) / 1000, mebibytes: Number(/peak=(\d+)/.exec(stderr)?.[1] ?? '0') / 1024 }
}

export const shown = (measured: Measured | undefined): string =>
  measured === undefined ? '–' : `${measured.seconds.toFixed(2)} s, ${measured.mebibytes.toFixed(0)} MiB`

/** Upstream beside Kanon; '' where one of them was not measured. */
export const compared = (name: string, upstream: Measured | undefined, kanon: Measured | undefined): string =>
  upstream === undefined || kanon === undefined
    ? ''
    : `; ${name} ${shown(upstream)}, ${(upstream.seconds / kanon.seconds).toFixed(1)} times as long`
