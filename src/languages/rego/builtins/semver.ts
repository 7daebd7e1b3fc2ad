import type { Builtin } from './contract.ts'
import { builtin, failure, ofStrings, type } from './operands.ts'

interface Version {
  readonly core: readonly bigint[]
  readonly prerelease: string
}

const pattern = /^v?(\d+)\.(\d+)\.(\d+)(?:-((?:[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?))?(?:\+(?:[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)?$/
const mostInt64 = (1n << 63n) - 1n
const maximumLength = 4096

/** Laxer than the specification, as upstream: a `v`, leading zeros, and an empty pre-release or build are let through. */
function parseVersion(text: string): Version | undefined {
  const match = text.length > maximumLength ? null : pattern.exec(text)
  if (match === null) return undefined
  const core = match.slice(1, 4).map(BigInt)
  return core.some((part) => part > mostInt64) ? undefined : { core, prerelease: match[4] ?? '' }
}

function compareVersions(a: Version, b: Version): number {
  for (const [at, part] of a.core.entries()) {
    const other = b.core[at] ?? 0n
    if (part !== other) return part < other ? -1 : 1
  }
  if (a.prerelease === b.prerelease) return 0
  if (a.prerelease === '' || b.prerelease === '') return a.prerelease === '' ? 1 : -1
  return comparePrerelease(a.prerelease.split('.'), b.prerelease.split('.'))
}

/** Numbers come before words, and fewer parts before more. */
function comparePrerelease(a: readonly string[], b: readonly string[]): number {
  for (const [at, part] of a.entries()) {
    const other = b[at]
    if (other === undefined) return 1
    if (part === other) continue
    const isNumber = /^\d+$/.test(part)
    if (isNumber !== /^\d+$/.test(other)) return isNumber ? -1 : 1
    if (!isNumber) return part < other ? -1 : 1
    if (BigInt(part) !== BigInt(other)) return BigInt(part) < BigInt(other) ? -1 : 1
  }
  return a.length === b.length ? 0 : -1
}

const invalid = (at: number, text: string): ReturnType<typeof failure> =>
  failure('semver.compare', `operand ${at}: string "${text}" is not a valid SemVer`)

export const semverBuiltins: readonly Builtin[] = [
  ofStrings('semver.compare', type.number, (first, second) => {
    const a = parseVersion(first)
    if (a === undefined) return invalid(1, first)
    const b = parseVersion(second)
    return b === undefined ? invalid(2, second) : compareVersions(a, b)
  }),
  builtin('semver.is_valid', [type.any], type.boolean, ([value]) => typeof value === 'string' && parseVersion(value) !== undefined),
]
