import { err, ok } from '../core/result.ts'
import type { Result } from '../core/result.ts'

/** A container image, taken apart. Absent parts are ''. */
export interface ImageReference {
  readonly registry: string
  /** The last part of `path`. */
  readonly name: string
  readonly path: string
  /** `latest` where the text has neither tag nor digest; '' where it has only a digest. */
  readonly tag: string
  readonly digest: string
  /** The canonical text: by digest where there is one (the tag is dropped), else by tag. */
  readonly reference: string
  readonly referenceWithTag: string
}

export interface ImageDefaults {
  readonly defaultRegistry: string
  /** False leaves the registry of a short name empty. */
  readonly enableDefaultRegistryMutation: boolean
}

export const imageDefaults: ImageDefaults = { defaultRegistry: 'docker.io', enableDefaultRegistryMutation: true }

// The grammar of image references that container tools share. Each repetition is followed by a character it cannot hold, so that
// matching is linear.
const domainPart = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])'
const host = `(?:${domainPart}(?:\\.${domainPart})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`
const pathPart = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*'
const path = `${pathPart}(?:/${pathPart})*`
const tag = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}'
const digest = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}'
const wholeReference = new RegExp(`^(?:(${host})/)?(${path})(?::(${tag}))?(?:@(${digest}))?$`)

const maxPathLength = 255

/**
 * Reads an image as Kyverno does: a missing registry becomes the default one, a missing tag `latest`, and nothing else is made up
 * (no `library/`).
 */
export function parseImageReference(text: string, options: ImageDefaults = imageDefaults): Result<ImageReference, string> {
  const { defaultRegistry, enableDefaultRegistryMutation } = options
  const full = startsWithRegistry(text) ? text : `${defaultRegistry}/${text}`
  const parts = splitReference(full)
  if (!parts.ok) {
    return err(
      `bad image: ${full}, defaultRegistry: ${defaultRegistry}, enableDefaultRegistryMutation: ${enableDefaultRegistryMutation}: ${parts.error}`,
    )
  }
  const given = parts.value
  const registry = full !== text && !enableDefaultRegistryMutation ? '' : given.registry
  const repository = registry === '' ? given.path : `${registry}/${given.path}`
  const withTag = given.digest === '' && given.tag === '' ? 'latest' : given.tag
  const referenceWithTag = `${repository}:${withTag}`
  return ok({
    registry,
    name: given.path.slice(given.path.lastIndexOf('/') + 1),
    path: given.path,
    tag: withTag,
    digest: given.digest,
    reference: given.digest === '' ? referenceWithTag : `${repository}@${given.digest}`,
    referenceWithTag,
  })
}

/** The part before the first slash is a registry if it has `.` or `:`, is `localhost`, or holds an upper-case letter. */
function startsWithRegistry(text: string): boolean {
  const slash = text.indexOf('/')
  if (slash < 0) return false
  const first = text.slice(0, slash)
  return first === 'localhost' || /[.:]/.test(first) || first !== first.toLowerCase()
}

interface ReferenceParts {
  readonly registry: string
  readonly path: string
  readonly tag: string
  readonly digest: string
}

function splitReference(text: string): Result<ReferenceParts, string> {
  const match = wholeReference.exec(text)
  if (match === null) {
    return err(wholeReference.test(text.toLowerCase()) ? 'repository name must be lowercase' : 'invalid reference format')
  }
  const [, matchedRegistry = '', matchedPath = '', matchedTag = '', matchedDigest = ''] = match
  if (matchedPath.length > maxPathLength) return err(`repository name must not be more than ${maxPathLength} characters`)
  const wrong = matchedDigest === '' ? undefined : whyInvalidDigest(matchedDigest)
  if (wrong !== undefined) return err(wrong)
  return ok({ registry: matchedRegistry, path: matchedPath, tag: matchedTag, digest: matchedDigest })
}

function hexDigits(algorithm: string): number | undefined {
  switch (algorithm) {
    case 'sha256':
      return 64
    case 'sha384':
      return 96
    case 'sha512':
      return 128
    default:
      return undefined
  }
}

function whyInvalidDigest(text: string): string | undefined {
  const colon = text.indexOf(':')
  const algorithm = text.slice(0, colon)
  const hex = text.slice(colon + 1)
  const digits = hexDigits(algorithm)
  if (digits === undefined) return algorithm === algorithm.toLowerCase() ? 'unsupported digest algorithm' : 'invalid checksum digest format'
  if (hex.length !== digits) return 'invalid checksum digest length'
  return hex === hex.toLowerCase() ? undefined : 'invalid checksum digest format'
}
