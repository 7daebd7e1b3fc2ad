import type { CelFunctions, CelLibrary } from './function.ts'
import { celFunctions } from './function.ts'
import { standardLibrary } from './libraries/standard.ts'

/** Libraries by the minor version of Kubernetes that brought them. */
const libraries: readonly (readonly [since: number, library: CelLibrary])[] = [[0, standardLibrary]]

/** Kubernetes 1.36. */
const newest = 36

/** The functions of Kubernetes' environment for expressions, as of a version such as `1.30` or `v1.36.2`; the newest where it is left out. */
export function kubernetesFunctions(version?: string): CelFunctions {
  const minor = version === undefined ? newest : Number(/^v?1\.(\d{1,4})/.exec(version)?.[1] ?? newest)
  return celFunctions(libraries.filter(([since]) => since <= minor).map(([, library]) => library))
}
