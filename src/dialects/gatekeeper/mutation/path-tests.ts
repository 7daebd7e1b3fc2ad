import { stringField } from '../../../core/fields.ts'
import { quoteGo } from '../../../core/go-quote.ts'
import type { JsonObject } from '../../../core/json.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { Location, LocationNode } from './location.ts'
import { parseLocation, printLocation } from './location.ts'

/** What must hold at a node of the location, by the node's index: `MustExist` or `MustNotExist`; nothing fulfils another word. */
export type PathTests = ReadonlyMap<number, string>

/** Compiles `spec.parameters.pathTests`: every `subPath` is a beginning of `location`. `owner` is the mutator in messages: `Assign a`. */
export function compilePathTests(tests: readonly JsonObject[], location: Location, owner: string): Result<PathTests, string> {
  const compiled = new Map<number, string>()
  const paths = new Map<number, string>()
  for (const test of tests) {
    const text = stringField(test, 'subPath') ?? ''
    const condition = conditionOf(test)
    const subPath = parseLocation(text)
    if (!subPath.ok) return err(`problem parsing sub path \`${text}\` for ${owner}: ${subPath.error.message}`)
    if (!isPrefix(subPath.value, location)) return err(notPrefix(subPath.value, location))
    const depth = subPath.value.length - 1
    const path = printLocation(subPath.value)
    const earlier = compiled.get(depth)
    if (earlier !== undefined && earlier !== condition)
      return err(`conflicting path test conditions: path ${quoteGo(path)} is marked both MustExist and MustNotExist`)
    compiled.set(depth, condition)
    paths.set(depth, path)
  }
  const disorder = findDisorder(tests.map(conditionOf), paths)
  return disorder === undefined ? ok(compiled) : err(disorder)
}

const conditionOf = (test: JsonObject): string => stringField(test, 'condition') ?? ''

/**
 * Below what must not exist nothing can be that must exist. Upstream takes the tests as they are listed for the way from the root to
 * the node, and so refuses every list with MustNotExist before MustExist and names the nodes at those depths.
 */
function findDisorder(listed: readonly string[], paths: ReadonlyMap<number, string>): string | undefined {
  const absent = listed.indexOf('MustNotExist')
  const present = listed.lastIndexOf('MustExist')
  if (absent < 0 || present < absent) return undefined
  const show = (depth: number): string => {
    const path = paths.get(depth)
    return path === undefined ? '<nil>' : quoteGo(path)
  }
  return `conflicting path test conditions: path ${show(present)} is marked MustExist but parent ${show(absent)} MustNotExist`
}

const notPrefix = (subPath: Location, location: Location): string =>
  'all subpaths must be a prefix of the `location` value of the mutation: ' +
  `subpath ${quoteGo(printLocation(subPath))} is not a prefix of location ${quoteGo(printLocation(location))}`

const isPrefix = (prefix: Location, location: Location): boolean =>
  prefix.length <= location.length && prefix.every((node, depth) => isSameNode(node, location[depth]))

function isSameNode(a: LocationNode, b: LocationNode | undefined): boolean {
  if (b === undefined || a.type !== b.type) return false
  if (a.type === 'object') return b.type === 'object' && a.name === b.name
  return b.type === 'list' && a.key === b.key && a.value === b.value
}
