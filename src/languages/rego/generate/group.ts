import { constant, fresh } from '../../../core/code-writer.ts'
import { isIndexed } from '../evaluate/clause-index.ts'
import type { Linker } from '../evaluate/linker.ts'
import { conflictOf, haveOneConstant, isRepeated, pathConflictOf } from '../ir/clauses.ts'
import type { Clause, Fused, Group } from '../ir/ir.ts'
import { writeExpression } from './expression.ts'
import { runtime } from './runtime.ts'
import type { Generated } from './runtime.ts'
import { writeSteps } from './step.ts'
import type { Then, Writer } from './writer.ts'
import { block, tick, writeAll, writeOrdered } from './writer.ts'

/**
 * A JavaScript function that evaluates a group: its value, or for a function its value for arguments. Undefined where code cannot be
 * made: where `new Function` is forbidden, or the rules are nested too deeply for the engine's parser.
 */
export function generateGroup(linker: Linker, group: Group): GeneratedGroup | undefined {
  // An index beats trying each clause, however quickly; and engines do not optimise very long functions.
  if (group.clauses.length > mostClauses || isIndexed(group)) return undefined
  try {
    const value = generate(linker, group, writeKind)
    if (group.kind !== 'set') return { value, items: undefined }
    // Most sets are asked for one of the two only.
    let items: Generated | undefined
    return { value, items: (machine) => (items ??= generate(linker, group, writeItems))(machine) }
  } catch (error) {
    if (error instanceof EvalError || error instanceof RangeError || error instanceof SyntaxError) return undefined
    throw error
  }
}

const mostClauses = 64

export interface GeneratedGroup {
  readonly value: Generated
  /** Of sets: an array of the elements, in which one may come twice. */
  readonly items: Generated | undefined
}

function generate(linker: Linker, group: Group, write: (writer: Writer, group: Group) => string): Generated {
  const writer: Writer = { linker, constants: [], count: 0, ordered: linker.ordered, expression: writeExpression, steps: writeSteps }
  return assemble(writeGroup(group, write(writer, group)), writer.constants)
}

/** User text is in the code only as string literals; everything else comes in as a constant. */
function assemble(code: string, constants: readonly unknown[]): Generated {
  const helpers = Object.keys(runtime).map((name) => `h_${name} = h.${name}`)
  const values = constants.map((_, at) => `k${at} = K[${at}]`)

  const text = `'use strict'\nconst ${[...helpers, ...values].join(', ')}\nreturn ${code}`
  // oxlint-disable-next-line typescript/no-implied-eval
  const factory = new Function('h', 'K', text) as (helpers: unknown, constants: readonly unknown[]) => Generated
  return factory(runtime, constants)
}

function writeGroup(group: Group, body: string): string {
  const parameters = Array.from({ length: group.arity }, (_, at) => `s${at}`)
  const locals = Array.from({ length: group.frame - group.arity }, (_, at) => `s${group.arity + at}`)
  const declared = locals.length === 0 ? '' : `let ${locals.join(', ')}\n`
  return `function ${identifierOf(group)}(${['m', ...parameters].join(', ')}) {\n${tick}\n${declared}${body}\n}`
}

/** A name that profiles and stacks show. It is nothing that the code refers to: those names have no underscore before a letter. */
const identifierOf = ({ path }: Group): string => `rule_${path.join('_').replaceAll(/[^a-zA-Z0-9_]/g, '')}`

function writeKind(writer: Writer, group: Group): string {
  switch (group.kind) {
    case 'complete':
    case 'function':
      return writeValue(writer, group, conflictOf(group))
    case 'set':
      return writeOrdered(writer, false, () => writeSet(writer, group))
    case 'object':
      return writeOrdered(writer, false, () => writeObject(writer, group))
  }
}

const conflictCode = (writer: Writer, clause: Clause, message: string): string =>
  `h_halt('eval_conflict_error', ${JSON.stringify(message)}, ${constant(writer, clause.place)})`

const noteCode = (writer: Writer, group: Group, clause: Clause, path: string): string =>
  `h_noteConflict(m, { path: ${path}, message: ${JSON.stringify(pathConflictOf(group))}, place: ${constant(writer, clause.place)} })`

function writeValue(writer: Writer, group: Group, message: string): string {
  const stopsAtFirst = haveOneConstant(group.clauses)
  const clauses = group.clauses.map((clause) => (stopsAtFirst ? writeFirst(writer, clause) : writeClause(writer, clause, 'r', message)))
  const fallback = group.fallback === undefined ? '' : `if (r === undefined) {\n${writeClause(writer, group.fallback, 'r', message)}\n}`
  return `let r\n${clauses.join('\n')}\n${fallback}\nreturn r`
}

/** A clause whose first solution is the value. */
function writeFirst(writer: Writer, clause: Clause): string {
  return `{\n${writer.steps(writer, clause.body, () => writer.expression(writer, clause.value, (value) => `return ${value}`))}\n}`
}

/** A clause, and its `else` where it has no value; the value goes into RESULT, or has to be equal to what is there. */
function writeClause(writer: Writer, clause: Clause, result: string, message: string): string {
  if (clause.otherwise === undefined) return writeBody(writer, clause, result, message)
  const own = fresh(writer, 'r')
  const branches: string[] = []
  for (let at: Clause | undefined = clause; at !== undefined; at = at.otherwise) {
    branches.push(`if (${own} === undefined) {\n${writeBody(writer, at, own, message)}\n}`)
  }
  const merge = `if (${own} !== undefined) {\nif (${result} === undefined) ${result} = ${own}\nelse if (!h_equalValues(${result}, ${own})) ${conflictCode(writer, clause, message)}\n}`
  return `let ${own}\n${branches.join('\n')}\n${merge}`
}

function writeBody(writer: Writer, clause: Clause, result: string, message: string): string {
  const { value, body } = clause
  const label = fresh(writer, 'L')
  const single = value.kind === 'constant' || !body.some(isRepeated)
  const code = writer.steps(writer, body, () =>
    writer.expression(writer, value, (found) => {
      const merge = `if (${result} === undefined) ${result} = ${found}\nelse if (!h_equalValues(${result}, ${found})) ${conflictCode(writer, clause, message)}`
      return single ? `${merge}\nbreak ${label}` : merge
    }),
  )
  return `${label}: {\n${code}\n}`
}

function writeSet(writer: Writer, group: Group): string {
  return `const b = new h_SetBuilder()\n${writeElements(writer, group, (item) => `b.add(${item})`)}\nreturn b.build()`
}

const writeItems = (writer: Writer, group: Group): string =>
  writeOrdered(writer, false, () => `const b = []\n${writeElements(writer, group, (item) => `b.push(${item})`)}\nreturn b`)

function writeElements(writer: Writer, { clauses, fused }: Group, take: Then): string {
  const branches = clauses.map(({ body, value }): Fused => ({ body, values: [value], branches: [] }))
  return writeFused(writer, fused ?? { body: [], values: [], branches }, take)
}

function writeFused(writer: Writer, { body, values, branches }: Fused, take: Then): string {
  const inside = (): string =>
    [
      ...values.map((value) => block(writer.expression(writer, value, take))),
      ...branches.map((branch) => writeFused(writer, branch, take)),
    ].join('\n')
  return block(writer.steps(writer, body, inside))
}

function writeObject(writer: Writer, group: Group): string {
  const { clauses } = group
  const isFlat = clauses.every(({ path, kind, otherwise }) => path.length === 1 && kind === 'value' && otherwise === undefined)
  const code = clauses.map((clause) => `{\n${isFlat ? writeEntry(writer, group, clause) : writeBranch(writer, group, clause)}\n}`)
  return `const b = new h_${isFlat ? 'ObjectBuilder' : 'TreeBuilder'}()\n${code.join('\n')}\nreturn b.build()`
}

function writeEntry(writer: Writer, group: Group, clause: Clause): string {
  const { path, value, body } = clause
  return writer.steps(writer, body, () =>
    writeAll(writer, [...path, value], ([key = '', item = '']) => {
      return `if (!b.add(${key}, ${item})) ${noteCode(writer, group, clause, `[${key}]`)}`
    }),
  )
}

function writeBranch(writer: Writer, group: Group, clause: Clause): string {
  const { path, value, body, kind, otherwise } = clause
  const found = fresh(writer, 'f')
  const code = writer.steps(writer, body, () =>
    writeAll(writer, [...path, value], (values) => {
      const keys = `[${values.slice(0, -1).join(', ')}]`
      return `${found} = true\nif (!b.insert(${keys}, ${values.at(-1) ?? ''}, '${kind}')) ${noteCode(writer, group, clause, keys)}`
    }),
  )
  const rest = otherwise === undefined ? '' : `if (!${found}) {\n${writeBranch(writer, group, otherwise)}\n}`
  return `let ${found} = false\n${code}\n${rest}`
}
