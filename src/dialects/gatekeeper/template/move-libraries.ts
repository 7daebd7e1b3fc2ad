import type { RegoModule } from '../../../languages/rego/rego.ts'
import { mentionsData } from './references.ts'

type Node = Readonly<Record<string, unknown>>

/** Where upstream keeps the libraries of a template, which its texts show. */
const home = 'libs'

/** A module with the libraries it names, and itself if it is one, below `data.libs`. */
export function moveLibraries(module: RegoModule): RegoModule {
  const { path } = module.package
  const own = path[0] === 'lib' ? { ...module.package, path: [home, ...path] } : module.package
  const imports = module.imports.map((one) =>
    isLibrary(one.path) ? { ...one, path: ['data', home, ...one.path.slice(1)], ref: moved(one.ref) as typeof one.ref } : one,
  )
  return { ...module, package: own, imports, rules: mentionsData(module) ? (moved(module.rules) as RegoModule['rules']) : module.rules }
}

const isLibrary = ([root, first]: readonly string[]): boolean => root === 'data' && first === 'lib'

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null

/** The parser bounds how deep modules nest, so recursion is bounded. */
function moved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(moved)
  if (!isNode(value)) return value
  const copy = Object.fromEntries(Object.entries(value).map(([key, child]) => [key, key === 'span' ? child : moved(child)]))
  const path = copy['path']
  if (copy['kind'] !== 'ref' || !Array.isArray(path) || !isVar(copy['head'], 'data') || !isString(path[0], 'lib')) return copy
  const [first] = path as readonly Node[]
  return { ...copy, path: [{ ...first, value: home }, ...(path as readonly unknown[])] }
}

const isVar = (value: unknown, name: string): boolean => isNode(value) && value['kind'] === 'var' && value['name'] === name
const isString = (value: unknown, text: string): boolean => isNode(value) && value['kind'] === 'string' && value['value'] === text
