/** Versions and ranges as the Go library blang/semver reads them: strict `major.minor.patch`, ranges of comparisons joined by space (and) and `||` (or). */
export interface Version {
  readonly core: readonly [number, number, number]
  readonly prerelease: readonly string[]
}

const strict = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?$/

export function parseVersion(text: string): Version | undefined {
  const match = strict.exec(text)
  if (match === null) return undefined
  const prerelease = match[4] === undefined ? [] : match[4].split('.')
  const wrong = prerelease.some((part) => part === '' || /^0\d+$/.test(part)) || (match[5] ?? 'x').split('.').includes('')
  return wrong ? undefined : { core: [Number(match[1]), Number(match[2]), Number(match[3])], prerelease }
}

export function compareVersions(a: Version, b: Version): number {
  for (const index of [0, 1, 2] as const) if (a.core[index] !== b.core[index]) return a.core[index] - b.core[index]
  return comparePrerelease(a.prerelease, b.prerelease)
}

/** A version without pre-release comes after one with; numbers come before words, and fewer parts before more. */
export function comparePrerelease(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const left = a[index]
    const right = b[index]
    if (left === undefined) return -1
    if (right === undefined) return 1
    const order = left === right ? 0 : comparePart(left, right)
    if (order !== 0) return order
  }
  return 0
}

function comparePart(left: string, right: string): number {
  const leftIsNumber = /^\d+$/.test(left)
  const rightIsNumber = /^\d+$/.test(right)
  if (leftIsNumber !== rightIsNumber) return leftIsNumber ? -1 : 1
  if (!leftIsNumber) return left < right ? -1 : 1
  // Numbers of any size: without leading zeros the longer is the greater.
  const [one, other] = [left, right].map((digits) => digits.replace(/^0+/, ''))
  if (one === undefined || other === undefined || one === other) return 0
  return one.length < other.length || (one.length === other.length && one < other) ? -1 : 1
}

export type VersionRange = (version: Version) => boolean

/** A range such as `>=1.0.0 <2.0.0 || 3.x`, or undefined where the text is none. */
export function parseVersionRange(text: string): VersionRange | undefined {
  const alternatives: VersionRange[][] = [[]]
  for (const part of partsOf(text)) {
    if (part === '||') {
      if (alternatives.at(-1)?.length === 0) return undefined
      alternatives.push([])
      continue
    }
    const comparison = parseComparison(part)
    if (comparison === undefined) return undefined
    alternatives.at(-1)?.push(comparison)
  }
  if (alternatives.at(-1)?.length === 0) return undefined
  return (version) => alternatives.some((comparisons) => comparisons.every((includes) => includes(version)))
}

/** Spaces part comparisons, but not after `<`, `>` or `=`. A part of one character is passed over, as upstream does. */
function partsOf(text: string): readonly string[] {
  const parts = text.replaceAll(/([<>=]) +/g, '$1').split(' ')
  return parts.filter((part) => part.length > 1)
}

function parseComparison(text: string): VersionRange | undefined {
  const match = /^(>=|<=|==|!=|>|<|=|!|)(\d.*)$/.exec(text)
  if (match === null) return undefined
  const [, operator = '', written = ''] = match
  const wildcard = /^(0|[1-9]\d*)\.(?:x|(x|0|[1-9]\d*)\.x)$/.exec(written)
  // Of `1.x.x` upstream takes only the last for a wildcard: it is 1.0.x.
  if (wildcard !== null)
    return wildcardComparison(
      operator,
      Number(wildcard[1]),
      wildcard[2] === undefined ? undefined : wildcard[2] === 'x' ? 0 : Number(wildcard[2]),
    )
  const version = parseVersion(written)
  return version === undefined ? undefined : (candidate) => holds(operator, compareVersions(candidate, version))
}

function holds(operator: string, order: number): boolean {
  switch (operator) {
    case '>':
      return order > 0
    case '>=':
      return order >= 0
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '!':
    case '!=':
      return order !== 0
    default:
      return order === 0
  }
}

/** `1.x` stands for everything from 1.0.0 up to, not including, 2.0.0. */
function wildcardComparison(operator: string, major: number, minor: number | undefined): VersionRange {
  const from: Version = { core: [major, minor ?? 0, 0], prerelease: [] }
  const to: Version = { core: minor === undefined ? [major + 1, 0, 0] : [major, minor + 1, 0], prerelease: [] }
  const below = (version: Version): boolean => compareVersions(version, from) < 0
  const above = (version: Version): boolean => compareVersions(version, to) >= 0
  switch (operator) {
    case '>':
      return above
    case '>=':
      return (version) => !below(version)
    case '<':
      return below
    case '<=':
      return (version) => !above(version)
    case '!':
    case '!=':
      return (version) => below(version) || above(version)
    default:
      return (version) => !below(version) && !above(version)
  }
}
