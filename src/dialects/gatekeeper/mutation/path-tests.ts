import type { JsonObject } from '../../../core/json.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import { goQuote } from '../../../kube/decode/leaves.ts'
import { stringField } from '../read.ts'
import type { Location, LocationNode } from './location.ts'
import { parseLocation, printLocation } from './location.ts'

/** What must hold at a node of the location, by the node's index: `MustExist` or `MustNotExist`; nothing fulfils another word. */
export type PathTests = ReadonlyMap<number, string>

/** Compiles `spec.parameters.pathTests`: every `subPath` is a beginning of `location`. `owner` is the mutator in messages: `Assign a`. */
export function compilePathTests(tests: readonly JsonObject[], location: Location, owner: string): Result<PathTests, string> {
  const compiled = new Map<number, string>()
  for (const test of tests) {
    const text = stringField(test, 'subPath') ?? ''
    const condition = stringField(test, 'condition') ?? ''
    const subPath = parseLocation(text)
    if (!subPath.ok) return err(`problem parsing sub path \`${text}\` for ${owner}: ${subPath.error.message}`)
    if (!isPrefix(subPath.value, location)) return err(notPrefix(subPath.value, location))
    const depth = subPath.value.length - 1
    const earlier = compiled.get(depth)
    if (earlier !== undefined && earlier !== condition)
      return err(
        `conflicting path test conditions: path ${goQuote(printLocation(subPath.value))} is marked both ${earlier} and ${condition}`,
      )
    compiled.set(depth, condition)
  }
  return ok(compiled)
}

const notPrefix = (subPath: Location, location: Location): string =>
  'all subpaths must be a prefix of the `location` value of the mutation: ' +
  `subpath ${goQuote(printLocation(subPath))} is not a prefix of location ${goQuote(printLocation(location))}`

const isPrefix = (prefix: Location, location: Location): boolean =>
  prefix.length <= location.length && prefix.every((node, depth) => isSameNode(node, location[depth]))

function isSameNode(a: LocationNode, b: LocationNode | undefined): boolean {
  if (b === undefined || a.type !== b.type) return false
  if (a.type === 'object') return b.type === 'object' && a.name === b.name
  return b.type === 'list' && a.key === b.key && a.value === b.value
}
