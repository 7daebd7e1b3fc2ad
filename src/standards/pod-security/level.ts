import { parseGoInt } from '../../core/go-format.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'

/** From the least to the most strict. */
export const levels = ['privileged', 'baseline', 'restricted'] as const
export type Level = (typeof levels)[number]

/** The version of the standards: a minor of Kubernetes 1, or the newest there is. */
export interface Version {
  /** As it is written: `latest`, `v1.24`. */
  readonly text: string
  /** Infinity of `latest`. */
  readonly minor: number
}

/** Printed `restricted:v1.24`. */
export interface LevelVersion {
  readonly level: Level
  readonly version: Version
}

export const latest: Version = { text: 'latest', minor: Infinity }

/** The version of one minor of Kubernetes 1. */
export const minorVersion = (minor: number): Version => ({ text: `v1.${minor}`, minor })

export function parseLevel(text: string): Result<Level, string> {
  const level = levels.find((one) => one === text)
  return level === undefined ? err(`must be one of ${levels.join(', ')}`) : ok(level)
}

/** `latest`, or `v1.` and a number without leading zeros. A version that does not exist yet is a good one. */
export function parseVersion(text: string): Result<Version, string> {
  if (text === latest.text) return ok(latest)
  const minor = /^v1\.(?:[0-9]|[1-9][0-9]*)$/.test(text) ? parseGoInt(text.slice(3)) : undefined
  return minor === undefined ? err('must be "latest" or "v1.x"') : ok({ text, minor })
}

/** What `version` means to a server that knows the standards up to `newest`. Only for evaluation: messages show what was asked for. */
export const cappedVersion = (version: Version, newest: number): Version => (version.minor > newest ? minorVersion(newest) : version)

export const printLevelVersion = ({ level, version }: LevelVersion): string => `${level}:${version.text}`

/** Negative where `a` is less strict than `b`. */
export const compareLevels = (a: Level, b: Level): number => levels.indexOf(a) - levels.indexOf(b)

export const sameLevelVersion = (a: LevelVersion, b: LevelVersion): boolean => a.level === b.level && a.version.text === b.version.text

/** Whether both demand the same: of privileged no version demands anything. */
export const equivalentLevelVersion = (a: LevelVersion, b: LevelVersion): boolean =>
  (a.level === 'privileged' && b.level === 'privileged') || sameLevelVersion(a, b)
