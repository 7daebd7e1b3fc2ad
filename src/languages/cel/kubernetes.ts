import type { CelFunctions, CelLibrary } from './function.ts'
import { celFunctions } from './function.ts'
import { authorizerLibrary } from './libraries/authorizer.ts'
import { twoVariableLibrary } from './libraries/comprehensions.ts'
import { formatLibrary } from './libraries/format.ts'
import { cidrLibrary, ipLibrary } from './libraries/ip.ts'
import { mutationLibrary } from './libraries/json-patch.ts'
import { listExtension, listLibrary } from './libraries/lists.ts'
import { optionalLibrary } from './libraries/optional.ts'
import { quantityLibrary } from './libraries/quantity.ts'
import { regexLibrary } from './libraries/regex-functions.ts'
import { semverLibrary } from './libraries/semver.ts'
import { setLibrary } from './libraries/sets.ts'
import { standardLibrary } from './libraries/standard.ts'
import { stringLibrary } from './libraries/strings.ts'
import { urlLibrary } from './libraries/url.ts'

/** Libraries by the minor version of Kubernetes that brought them. */
const libraries: readonly (readonly [since: number, library: CelLibrary])[] = [
  [0, standardLibrary],
  [0, stringLibrary],
  [0, listLibrary],
  [0, regexLibrary],
  [0, urlLibrary],
  [27, authorizerLibrary],
  [28, quantityLibrary],
  [29, optionalLibrary],
  [29, setLibrary],
  [30, ipLibrary],
  [30, cidrLibrary],
  [31, formatLibrary],
  [32, twoVariableLibrary],
  [33, semverLibrary],
  [34, listExtension],
]

/** Kubernetes 1.36. */
const newest = 36

export interface KubernetesFunctionOptions {
  /** Whether there are the types that mutating policies build patches with: `Object{}`, `JSONPatch{}`. */
  readonly mutation?: boolean
}

/** The functions of Kubernetes' environment for expressions, as of a version such as `1.30` or `v1.36.2`; the newest where it is left out. */
export function kubernetesFunctions(version?: string, { mutation = false }: KubernetesFunctionOptions = {}): CelFunctions {
  const minor = version === undefined ? newest : Number(/^v?1\.(\d{1,4})/.exec(version)?.[1] ?? newest)
  const chosen = libraries.filter(([since]) => since <= minor).map(([, library]) => library)
  return celFunctions(mutation ? [...chosen, mutationLibrary] : chosen)
}
