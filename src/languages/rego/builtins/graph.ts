import type { AnyObject, RegoArray, RegoSet, RegoValue } from '../values/value.ts'
import { isArray, isObject, isSet, objectGet, SetBuilder, typeName, ValueMap } from '../values/value.ts'
import type { Builtin, BuiltinContext, BuiltinError } from './contract.ts'
import { builtin, cancelled, failure, type, wrongOperand } from './operands.ts'

/** Members of an array or set; a node with anything else as its value has no neighbours. */
function members(value: RegoValue | undefined): RegoArray {
  if (value === undefined || value === null) return []
  return isArray(value) ? value : isSet(value) ? value.sorted : []
}

type Search = (graph: AnyObject, initial: RegoArray, context: BuiltinContext) => RegoSet | BuiltinError

const search =
  (name: string, run: Search) =>
  ([graph = null, initial = null]: readonly RegoValue[], context: BuiltinContext): RegoSet | BuiltinError => {
    if (!isObject(graph)) return wrongOperand(name, 0, 'object', typeName(graph))
    if (!isArray(initial) && !isSet(initial)) return wrongOperand(name, 1, '{array, set}', typeName(initial))
    return run(graph, members(initial), context)
  }

/** The nodes of the graph that can be reached. */
function reachable(graph: AnyObject, initial: RegoArray, context: BuiltinContext): RegoSet | BuiltinError {
  const reached = new SetBuilder()
  const open = [...initial]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (reached.has(next)) continue
    const edges = objectGet(graph, next)
    if (edges === undefined) continue
    reached.add(next)
    if (!context.mayGoOn()) return cancelled()
    open.push(...members(edges))
  }
  return reached.build()
}

/** The paths from the initial nodes to where there is nothing new to go to. */
function reachablePaths(graph: AnyObject, initial: RegoArray, context: BuiltinContext): RegoSet | BuiltinError {
  const paths = new SetBuilder()
  const walk: Walk = { graph, context, paths, onPath: new ValueMap(), path: [] }
  for (const start of initial) {
    if (objectGet(graph, start) === undefined) continue
    const problem = follow(walk, start)
    if (problem !== undefined) return problem
  }
  return paths.build()
}

interface Walk {
  readonly graph: AnyObject
  readonly context: BuiltinContext
  readonly paths: SetBuilder
  readonly onPath: ValueMap<boolean>
  readonly path: RegoValue[]
}

function follow(walk: Walk, node: RegoValue): BuiltinError | undefined {
  const { graph, context, paths, onPath, path } = walk
  if (!context.mayGoOn()) return cancelled()
  if (path.length >= context.limits.depth * 4) return failure('graph.reachable_paths', 'path too long')
  if (paths.size >= context.limits.elements) return failure('graph.reachable_paths', 'too many paths')
  const wasOnPath = onPath.get(node) === true
  path.push(node)
  onPath.set(node, true)
  const neighbours = members(objectGet(graph, node))
  if (neighbours.length === 0) paths.add([...path])
  for (const next of neighbours) {
    // A node that is not in the graph, or that closes a cycle, ends the path before it. Only the first node may follow itself.
    const closes = path.length > 1 && onPath.get(next) === true
    if (closes || objectGet(graph, next) === undefined) paths.add([...path])
    else {
      const problem = follow(walk, next)
      if (problem !== undefined) return problem
    }
  }
  path.pop()
  onPath.set(node, wasOnPath)
  return undefined
}

const nodes = type.union(type.array(type.any), type.set(type.any))
const edges = type.object(type.any, nodes)

export const graphBuiltins: readonly Builtin[] = [
  builtin('graph.reachable', [edges, nodes], type.set(type.any), search('graph.reachable', reachable)),
  builtin('graph.reachable_paths', [edges, nodes], type.set(type.array(type.any)), search('graph.reachable_paths', reachablePaths)),
]
