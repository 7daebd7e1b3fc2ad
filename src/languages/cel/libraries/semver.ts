import { quoteGo } from '../../../core/go-quote.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { Version } from '../../../kube/semver.ts'
import { compareVersions, parseVersion } from '../../../kube/semver.ts'
import type { CelLibrary } from '../function.ts'
import { globalFunction, memberFunction, traversal } from '../function.ts'
import { celType } from '../types.ts'
import type { CelOutcome } from '../values.ts'
import { CelError, opaqueKind } from '../values.ts'

const semverKind = opaqueKind<Version>('kubernetes.Semver', (a, b) => compareVersions(a, b) === 0)
const semverType = celType.opaque(semverKind.name)
const { unwrap, wrap } = semverKind

/** strings.SplitN(text, '.', 3) */
function threeParts(text: string): readonly string[] {
  const [major = '', minor, ...rest] = text.split('.')
  return [major, ...(minor === undefined ? [] : [minor]), ...(rest.length === 0 ? [] : [rest.join('.')])]
}

function numberMistake(text: string, name: string): string | undefined {
  if (!/^\d+$/.test(text)) return `Invalid character(s) found in ${name} number ${quoteGo(text)}`
  if (text.length > 1 && text.startsWith('0'))
    return `${name.charAt(0).toUpperCase()}${name.slice(1)} number must not contain leading zeroes ${quoteGo(text)}`
  return text.length > 19 ? `strconv.ParseUint: parsing ${quoteGo(text)}: value out of range` : undefined
}

function wordMistake(word: string, isBuild: boolean): string | undefined {
  if (word === '') return isBuild ? 'Build meta data is empty' : 'Prerelease is empty'
  if (!/^[0-9A-Za-z-]+$/.test(word)) return `Invalid character(s) found in ${isBuild ? 'build meta data' : 'prerelease'} ${quoteGo(word)}`
  return !isBuild && /^0\d+$/.test(word) ? `Numeric PreRelease version must not contain leading zeroes ${quoteGo(word)}` : undefined
}

function mistakeOf(text: string): string | undefined {
  if (text === '') return 'Version string empty'
  const parts = threeParts(text)
  const [major = '', minor = '', rest] = parts
  if (rest === undefined) return 'No Major.Minor.Patch elements found'
  const [beforeBuild = '', ...build] = rest.split(/\+(.*)/s, 2)
  const [patch = '', ...prerelease] = beforeBuild.split(/-(.*)/s, 2)
  const words = [
    ...prerelease.flatMap((found) => found.split('.')).map((word) => wordMistake(word, false)),
    ...build.flatMap((found) => found.split('.')).map((word) => wordMistake(word, true)),
  ]
  return [numberMistake(major, 'major'), numberMistake(minor, 'minor'), numberMistake(patch, 'patch'), ...words].find(
    (found) => found !== undefined,
  )
}

/** Kubernetes' lenient reading: a leading v, missing parts and leading zeros are mended. */
function normalized(text: string): Result<string, string> {
  const parts = threeParts(text.replace(/^v/, ''))
  if (parts.length < 3 && /[+-]/.test(parts.at(-1) ?? '')) return err('short version cannot contain PreRelease/Build meta data')
  const three = [parts[0] ?? '', parts[1] ?? '0', parts[2] ?? '0'].map((part) => {
    if (part.length <= 1) return part
    const stripped = part.replace(/^0+/, '')
    return /^\d/.test(stripped) ? stripped : `0${stripped}`
  })
  return ok(three.join('.'))
}

/** Longer texts are no versions. */
const longest = 4096

function read(text: string, normalize: boolean): Result<Version, string> {
  if (text.length > longest) return err('version is too long')
  const written = normalize ? normalized(text) : ok(text)
  if (!written.ok) return written
  const mistake = mistakeOf(written.value)
  const version = mistake === undefined ? parseVersion(written.value) : undefined
  return version === undefined ? err(mistake ?? 'Version string empty') : ok(version)
}

function toSemver(text: string, normalize = false): CelOutcome {
  const version = read(text, normalize)
  return version.ok ? wrap(version.value) : new CelError(version.error)
}

const cost = (text: string): number => traversal(text.length)

/** Kubernetes' semantic versions. */
export const semverLibrary: CelLibrary = {
  name: 'k8s.semver',
  types: { [semverKind.name]: semverType },
  functions: [
    globalFunction('semver', ['string'], { returns: semverType, evaluate: (text) => toSemver(text), cost }),
    globalFunction('semver', ['string', 'bool'], { returns: semverType, evaluate: toSemver, cost }),
    globalFunction('isSemver', ['string'], { returns: 'bool', evaluate: (text) => read(text, false).ok, cost }),
    globalFunction('isSemver', ['string', 'bool'], { returns: 'bool', evaluate: (text, normalize) => read(text, normalize).ok, cost }),
    memberFunction('major', [semverType], { returns: 'int', evaluate: (version) => unwrap(version).core[0] }),
    memberFunction('minor', [semverType], { returns: 'int', evaluate: (version) => unwrap(version).core[1] }),
    memberFunction('patch', [semverType], { returns: 'int', evaluate: (version) => unwrap(version).core[2] }),
    memberFunction('isLessThan', [semverType, semverType], {
      returns: 'bool',
      evaluate: (a, b) => compareVersions(unwrap(a), unwrap(b)) < 0,
    }),
    memberFunction('isGreaterThan', [semverType, semverType], {
      returns: 'bool',
      evaluate: (a, b) => compareVersions(unwrap(a), unwrap(b)) > 0,
    }),
    memberFunction('compareTo', [semverType, semverType], {
      returns: 'int',
      evaluate: (a, b) => Math.sign(compareVersions(unwrap(a), unwrap(b))),
    }),
  ],
}
