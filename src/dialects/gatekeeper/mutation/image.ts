import { quoteGo } from '../../../core/go-quote.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'

/** The three parts that AssignImage tells apart; '' for one that is not there. The tag has its separator: `:v1`, `@sha256:…`. */
export interface ImageParts {
  readonly domain: string
  readonly path: string
  readonly tag: string
}

/** Splits an image as AssignImage does, which is not how runtimes do: `repo:tag@digest` has the tag `:tag@digest`, and no part is defaulted. */
export function splitImage(image: string): ImageParts {
  const { domain, rest } = splitDomain(image)
  const separator = rest.search(/[:@]/)
  return separator < 0 ? { domain, path: rest, tag: '' } : { domain, path: rest.slice(0, separator), tag: rest.slice(separator) }
}

function splitDomain(image: string): { readonly domain: string; readonly rest: string } {
  const slash = image.indexOf('/')
  const first = image.slice(0, Math.max(slash, 0))
  return isDomainLike(first) ? { domain: first, rest: image.slice(slash + 1) } : { domain: '', rest: image }
}

const isDomainLike = (text: string): boolean => /[.:]/.test(text) || text === 'localhost'

export const joinImage = ({ domain, path, tag }: ImageParts): string => (domain === '' ? `${path}${tag}` : `${domain}/${path}${tag}`)

/** The parts that are not '' replace those of the image. */
export function replaceParts(image: string, parts: ImageParts): string {
  const old = splitImage(image)
  return joinImage({ domain: parts.domain || old.domain, path: parts.path || old.path, tag: parts.tag || old.tag })
}

const domain = /^(?:localhost|\w[\w-]*\.[\w.-]*\w)(?::[0-9]+)?$/
const path = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/
const tag = /^(?::\w[\w.-]{0,127}|@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})$/

/** What upstream refuses in `assignDomain`, `assignPath` and `assignTag`. */
export function checkParts(parts: ImageParts): Result<ImageParts, string> {
  if (parts.domain === '' && parts.path === '' && parts.tag === '')
    return err('at least one of [assignDomain, assignPath, assignTag] must be set')
  if (parts.domain !== '' && !domain.test(parts.domain))
    return err(`assignDomain ${quoteGo(parts.domain)} must be a fully-qualified domain name or localhost`)
  if (parts.path !== '' && !path.test(parts.path)) return err(`assignPath ${quoteGo(parts.path)} must be a valid docker image path`)
  if (parts.tag !== '' && !tag.test(parts.tag))
    return err(`assignTag ${quoteGo(parts.tag)} must be a valid docker image tag or digest starting with ':' or '@'`)
  if (parts.domain === '' && splitDomain(parts.path).domain !== '')
    return err(`assignDomain must be set if the first part of assignPath ${quoteGo(parts.path)} can be interpretted as part of a domain`)
  return ok(parts)
}
