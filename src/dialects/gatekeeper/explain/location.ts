import type { Json } from '../../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../../core/json.ts'
import type { ExplainedStep } from '../../../policy/explain.ts'
import { goType } from '../mutation/walk.ts'
import type { ListNode, Location, LocationNode } from '../mutation/location.ts'
import { printLocation, printNode } from '../mutation/location.ts'
import type { PathTests } from '../mutation/path-tests.ts'

/** Elements of a list that are shown. */
const mostElements = 8

/** Where a mutator writes, and where on the way its tests keep it from writing. */
export interface LocationWalk {
  readonly location: Location
  readonly tests: PathTests
  /** Where a test is written, by the depth it is for. */
  readonly placeOfTest: (depth: number) => ExplainedStep['place']
}

/** The way from the root of an object to each place that the location means. */
export function explainLocation(walk: LocationWalk, root: Json): readonly ExplainedStep[] {
  return stepsFrom(walk, root, 0)
}

/** Locations are bounded in depth where they are parsed. */
function stepsFrom(walk: LocationWalk, value: Json | undefined, depth: number): readonly ExplainedStep[] {
  const node = walk.location[depth]
  if (node === undefined) return []
  if (node.type === 'object') return keySteps(walk, value, node.name, depth)
  return listSteps(walk, value, node, depth)
}

function keySteps(walk: LocationWalk, value: Json | undefined, name: string, depth: number): readonly ExplainedStep[] {
  const node = walk.location[depth]
  if (node === undefined) return []
  if (value !== undefined && !isJsonObject(value)) return [mismatchStep(walk, node, value, depth)]
  const found = value === undefined ? undefined : ownValue(value, name)
  const tested = testStep(walk, depth, found !== undefined)
  if (tested?.outcome === 'fails') return [tested]
  const isLast = depth === walk.location.length - 1
  const here: ExplainedStep[] = tested === undefined ? [] : [tested]
  if (isLast) return [...here, { text: pathText(walk, depth), outcome: 'note', values: [{ name: 'found', value: found }], children: [] }]
  return [...here, ...stepsFrom(walk, found, depth + 1)]
}

function listSteps(walk: LocationWalk, value: Json | undefined, node: ListNode, depth: number): readonly ExplainedStep[] {
  const list = value ?? []
  if (!isJsonArray(list)) return [mismatchStep(walk, node, list, depth)]
  const chosen = list
    .map((element, index) => ({ element, index }))
    .filter(({ element }) => node.value === undefined || (isJsonObject(element) && ownValue(element, node.key) === node.value))
  const tested = testStep(walk, depth, node.value === undefined || chosen.length > 0)
  const text = pathText(walk, depth)
  const base = { text, values: [] } as const
  if (tested?.outcome === 'fails') return [tested]
  const before = tested === undefined ? [] : [tested]
  if (chosen.length === 0) {
    if (node.value === undefined) return [...before, { ...base, outcome: 'fails', detail: 'the list has no elements', children: [] }]
    const added: Json = { [node.key]: node.value }
    return [
      ...before,
      { ...base, outcome: 'note', detail: 'no element is the one: it is added', children: stepsFrom(walk, added, depth + 1) },
    ]
  }
  const children = chosen.slice(0, mostElements).map(({ element, index }): ExplainedStep => {
    const inner = stepsFrom(walk, element, depth + 1)
    const fails = inner.some(({ outcome }) => outcome === 'fails' || outcome === 'error')
    return { text: `element ${index}${nameOf(element, node)}`, outcome: fails ? 'fails' : 'holds', values: [], children: inner }
  })
  const more = chosen.length - children.length
  const count = `${chosen.length} ${chosen.length === 1 ? 'element' : 'elements'}`
  return [
    ...before,
    {
      ...base,
      outcome: 'holds',
      detail: count,
      children: more === 0 ? children : [...children, { text: `${more} more`, outcome: 'note', values: [], children: [] }],
    },
  ]
}

function nameOf(element: Json, { key }: ListNode): string {
  const name = isJsonObject(element) ? ownValue(element, key) : undefined
  return name === undefined || typeof name === 'object' ? '' : ` (${key}: ${String(name)})`
}

const pathText = ({ location }: LocationWalk, depth: number): string => printLocation(location.slice(0, depth + 1))

function testStep(walk: LocationWalk, depth: number, exists: boolean): ExplainedStep | undefined {
  const test = walk.tests.get(depth)
  if (test === undefined) return undefined
  const holds = test === (exists ? 'MustExist' : 'MustNotExist')
  const place = walk.placeOfTest(depth)
  return {
    text: `pathTest ${pathText(walk, depth)} ${test}`,
    outcome: holds ? 'holds' : 'fails',
    detail: exists ? 'it exists' : 'it does not exist',
    ...(place === undefined ? {} : { place }),
    values: [],
    children: [],
  }
}

function mismatchStep(walk: LocationWalk, node: LocationNode, value: Json, depth: number): ExplainedStep {
  const wanted = node.type === 'object' ? 'an object' : 'a list'
  const above = depth === 0 ? 'the object' : pathText(walk, depth - 1)
  return {
    text: printNode(node),
    outcome: 'error',
    detail: `${above} should be ${wanted}, and is ${goType(value)}`,
    values: [{ name: above, value }],
    children: [],
  }
}
