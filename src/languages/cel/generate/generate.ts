import { constant, fresh, quoted } from '../../../core/code-writer.ts'
import { adapterOf } from '../adapt.ts'
import type { Node } from '../ast.ts'
import { planCall } from '../call.ts'
import type { Compilation } from '../compile.ts'
import type { Evaluate, Frame } from '../frame.ts'
import { CelLazyMap } from '../values.ts'
import { writeNode } from './node.ts'
import { runtime } from './runtime.ts'
import { repeatedPaths } from './paths.ts'
import type { Loaded, Writer } from './writer.ts'
import { emit, flush } from './writer.ts'

/**
 * A JavaScript function that evaluates an expression, made for bindings such as an example has: any others are as good, but may take longer. Undefined
 * where code cannot be made: where `new Function` is forbidden, or the expression is nested too deeply for the engine's parser, or very long.
 */
export function generate(root: Node, compilation: Compilation, example: Frame): Evaluate | undefined {
  try {
    const writer = newWriter(root, compilation, example)
    const { text } = writer.write(root)
    flush(writer)
    emit(writer, 'frame.cost = c', `return ${text}`)
    return assemble(writer, headOf(writer, example))
  } catch (error) {
    if (error instanceof EvalError || error instanceof RangeError || error instanceof SyntaxError) return undefined
    throw error
  }
}

/** In characters. Engines do not optimise very long functions. */
const longestCode = 200_000

function newWriter(root: Node, compilation: Compilation, example: Frame): Writer {
  const repeated = repeatedPaths(root, compilation.checked)
  const names = new Map<string, string>()
  const writer: Writer = {
    compilation,
    write: (node) => writeNode(writer, node),
    plan: (node) => planCall(node, compilation),
    constants: [],
    lines: [],
    locals: new Map(),
    loaded: new Map(),
    load: (slot) => {
      const known = writer.loaded.get(slot) ?? loadedFrom(writer, slot, example)
      writer.loaded.set(slot, known)
      return known
    },
    remembered: (slot, path) => {
      if (!repeated.has(path)) return undefined
      const known = names.get(path)
      if (known !== undefined) return known
      const name = fresh(writer, 'm')
      names.set(path, name)
      writer.memories.set(slot, [...(writer.memories.get(slot) ?? []), name])
      return name
    },
    memories: new Map(),
    attempted: [],
    count: 0,
    pending: 0,
    failure: { jump: (error) => `frame.cost = c; return ${error}`, isUsed: false },
  }
  return writer
}

function loadedFrom(writer: Writer, slot: number, { bindings }: Frame): Loaded {
  const variable = writer.compilation.checked.variables.find((candidate) => candidate.slot === slot)
  const adapt = variable === undefined ? undefined : adapterOf(variable.type)
  const ask = `h_load(frame, ${constant(writer, variable)}, ${constant(writer, adapt)})`
  const bound = variable !== undefined && Object.hasOwn(bindings, variable.name) ? bindings[variable.name] : undefined
  return { name: `g${slot}`, ask, lazy: bound instanceof CelLazyMap ? { name: `y${slot}`, layout: bound.layout } : undefined }
}

/** The variables: those whose values are there as they are needed are read at once, which nobody notices. */
function headOf(writer: Writer, { bindings }: Frame): readonly string[] {
  const remembered = [...writer.loaded.keys()].flatMap((slot) => writer.memories.get(slot) ?? [])
  const variables = [...writer.loaded].flatMap(([slot, { name, lazy }]) => {
    const variable = writer.compilation.checked.variables.find((candidate) => candidate.slot === slot)
    if (variable === undefined) return []
    const isSimple =
      adapterOf(variable.type) === undefined && !(variable.name in Object.prototype) && typeof bindings[variable.name] !== 'function'
    if (!isSimple) return [`let ${name}`, ...(lazy === undefined ? [] : [`let ${lazy.name}`])]
    const held = `let ${name} = frame.bindings[${quoted(variable.name)}]`
    const care = `if (typeof ${name} === 'function' || typeof ${name} === 'number' || ${name} instanceof h_CelError) ${name} = undefined`
    if (lazy === undefined) return [held, care]
    const isKnown = `${name} instanceof h_CelLazyMap && ${name}.layout === ${constant(writer, lazy.layout)}`
    return [held, `let ${lazy.name}`, `if (${isKnown}) ${lazy.name} = ${name}.known`, `else ${care}`]
  })
  return remembered.length === 0 ? variables : [...variables, `let ${remembered.join(', ')}`]
}

/** User text is in the code only as string literals; everything else comes in as a constant. */
function assemble({ lines, constants }: Writer, head: readonly string[]): Evaluate | undefined {
  const body = lines.join('\n')
  if (body.length > longestCode) return undefined
  const start = ['let c = frame.cost', 'const limit = frame.limit', ...head].join('\n')
  const used = new Set(Array.from(`${start}\n${body}`.matchAll(/\bh_(\w+)/g), ([, name = '']) => name))
  const helpers = Object.keys(runtime).flatMap((name) => (used.has(name) ? [`h_${name} = h.${name}`] : []))
  const values = constants.map((_, at) => `k${at} = K[${at}]`)
  const names = [...helpers, ...values].join(', ')
  // What stands in parentheses is parsed once.
  const text = `'use strict'\n${names === '' ? '' : `const ${names}\n`}return (function expression(frame) {\n${start}\n${body}\n})`
  // oxlint-disable-next-line typescript/no-implied-eval
  const factory = new Function('h', 'K', text) as (helpers: unknown, constants: readonly unknown[]) => Evaluate
  return factory(runtime, constants)
}
