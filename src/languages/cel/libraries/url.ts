import type { Result } from '../../../core/result.ts'
import { ok } from '../../../core/result.ts'
import type { GoUrl } from '../../../kube/go-url.ts'
import { escapedPath, hostnameOf, parseGoUrl, parseRequestUri, portOf, queryOf } from '../../../kube/go-url.ts'
import type { CelLibrary } from '../function.ts'
import { globalFunction, memberFunction, traversal } from '../function.ts'
import { celType } from '../types.ts'
import type { CelOutcome } from '../values.ts'
import { CelError, celMapOf, opaqueKind } from '../values.ts'

interface Url extends GoUrl {
  /** As it was written. */
  readonly text: string
}

const urlKind = opaqueKind<Url>('kubernetes.URL', (a, b) => a.text === b.text)
const urlType = celType.opaque(urlKind.name)

/** An absolute URL or path; then it may have a fragment, too. */
function readUrl(text: string): Result<Url, string> {
  const strict = parseRequestUri(text, { anyInBrackets: true })
  const url = strict.ok ? parseGoUrl(text, { anyInBrackets: true }) : strict
  return url.ok ? ok({ ...url.value, text }) : url
}

function toUrl(text: string): CelOutcome {
  const url = readUrl(text)
  return url.ok ? urlKind.wrap(url.value) : new CelError(`URL parse error during conversion from string: ${url.error}`)
}

const part = (name: string, read: (url: Url) => string) =>
  memberFunction(name, [urlType], { returns: 'string', evaluate: (value) => read(urlKind.unwrap(value)) })

const cost = (text: string): number => traversal(text.length)

/** Kubernetes' URLs. */
export const urlLibrary: CelLibrary = {
  name: 'k8s.urls',
  types: { [urlKind.name]: urlType },
  functions: [
    globalFunction('url', ['string'], { returns: urlType, evaluate: toUrl, cost }),
    globalFunction('isURL', ['string'], { returns: 'bool', evaluate: (text) => readUrl(text).ok, cost }),
    part('getScheme', ({ scheme }) => scheme),
    part('getHost', ({ host }) => host),
    part('getHostname', hostnameOf),
    part('getPort', portOf),
    part('getEscapedPath', escapedPath),
    memberFunction('getQuery', [urlType], {
      returns: 'map(string, list(string))',
      evaluate: (value) => celMapOf(queryOf(urlKind.unwrap(value))),
    }),
  ],
}
