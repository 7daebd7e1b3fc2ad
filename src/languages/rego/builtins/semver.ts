import { quoteGo } from '../../../core/go-quote.ts'
import { comparePrerelease } from '../../../kube/semver.ts'
import type { Builtin } from './contract.ts'
import { builtin, failure, ofStrings, type } from './operands.ts'

interface Version {
  readonly core: readonly bigint[]
  readonly prerelease: readonly string[]
}

const pattern = /^v?(\d+)\.(\d+)\.(\d+)(?:-((?:[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?))?(?:\+(?:[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)?$/
const mostInt64 = (1n << 63n) - 1n
const maximumLength = 4096

/** Laxer than the specification, as upstream: a `v`, leading zeros, and an empty pre-release or build are let through. */
function parseVersion(text: string): Version | undefined {
  const match = text.length > maximumLength ? null : pattern.exec(text)
  if (match === null) return undefined
  const core = match.slice(1, 4).map(BigInt)
  return core.some((part) => part > mostInt64)
    ? undefined
    : { core, prerelease: (match[4] ?? '') === '' ? [] : (match[4] ?? '').split('.') }
}

function compareVersions(a: Version, b: Version): number {
  for (const [at, part] of a.core.entries()) {
    const other = b.core[at] ?? 0n
    if (part !== other) return part < other ? -1 : 1
  }
  return Math.sign(comparePrerelease(a.prerelease, b.prerelease))
}

const invalid = (at: number, text: string): ReturnType<typeof failure> =>
  failure('semver.compare', `operand ${at}: string ${quoteGo(text)} is not a valid SemVer`)

export const semverBuiltins: readonly Builtin[] = [
  ofStrings('semver.compare', type.number, (first, second) => {
    const a = parseVersion(first)
    if (a === undefined) return invalid(1, first)
    const b = parseVersion(second)
    return b === undefined ? invalid(2, second) : compareVersions(a, b)
  }),
  builtin('semver.is_valid', [type.any], type.boolean, ([value]) => typeof value === 'string' && parseVersion(value) !== undefined),
]
