import { constant, fresh } from '../../../core/code-writer.ts'
import { unreachable } from '../../../core/unreachable.ts'
import { compileRows } from '../evaluate/join.ts'
import { isCallee } from '../evaluate/with.ts'
import type { Expression, Join, Step } from '../ir/ir.ts'
import { writeEqual } from './call.ts'
import type { Writer } from './writer.ts'
import { block, tick, writeAll, writeOrdered } from './writer.ts'

type Next = () => string

/** Code that runs the steps, and NEXT for each solution. */
export function writeSteps(writer: Writer, steps: readonly Step[], next: Next): string {
  const [step, ...rest] = steps
  return step === undefined ? next() : writeStep(writer, step, () => writeSteps(writer, rest, next))
}

function writeStep(writer: Writer, step: Step, next: Next): string {
  switch (step.kind) {
    case 'test':
      return writer.expression(writer, step.of, (value) => `if (${value} !== false) {\n${next()}\n}`)
    case 'assign':
      return writer.expression(writer, step.of, (value) => `s${step.slot} = ${value}\n${next()}`)
    case 'equal':
      return writer.expression(writer, step.left, (left) =>
        writer.expression(writer, step.right, (right) => `if (${writeEqual(left, right, [step.left, step.right])}) {\n${next()}\n}`),
      )
    case 'is-array':
      return `if (Array.isArray(s${step.of}) && s${step.of}.length === ${step.length}) {\n${next()}\n}`
    case 'is-object':
      return writeAll(writer, step.keys, (keys) => `if (h_hasKeys(s${step.of}, [${keys.join(', ')}])) {\n${next()}\n}`)
    case 'scan':
      return writeScan(writer, step, next)
    case 'scan-document':
      return writeAll(writer, step.path, (path) => {
        const keys = `h_documentKeys(${constant(writer, writer.linker)}, m, [${path.join(', ')}])`
        return writeLoop(writer, keys, (item) => `s${step.key} = ${item}\n${next()}`)
      })
    case 'relation':
      return writeAll(writer, step.args, (args) => {
        const parts = [
          'm',
          constant(writer, writer.linker),
          constant(writer, step.builtin),
          `[${args.join(', ')}]`,
          constant(writer, step.place),
        ]
        return writeLoop(writer, `h_related(${parts.join(', ')})`, (item) => `s${step.value} = ${item}\n${next()}`)
      })
    case 'not':
      return writeExists(writer, step.body, (found) => `if (!${found}) {\n${next()}\n}`)
    case 'every':
      return writeEvery(writer, step, next)
    case 'join':
      return writeJoin(writer, step, next)
    case 'with':
      return writeWith(writer, step, next)
    case 'traced':
      return writeSteps(writer, step.body, next)
    default:
      return unreachable(step)
  }
}

/** A loop over an array that an expression of the code gives. */
function writeLoop(writer: Writer, array: string, inside: (item: string, at: string) => string): string {
  const items = fresh(writer, 'c')
  const at = fresh(writer, 'i')
  return `const ${items} = ${array}\nfor (let ${at} = 0; ${at} < ${items}.length; ${at} += 1) {\n${tick}\n${inside(`${items}[${at}]`, at)}\n}`
}

interface Elements {
  readonly of: Expression
  readonly key: number | undefined
  readonly value: number | undefined
}

/** A loop over the elements of a collection; nothing for other values. */
function writeElements(writer: Writer, of: string, { key, value }: Omit<Elements, 'of'>, inside: string): string {
  const items = fresh(writer, 'c')
  const at = fresh(writer, 'i')
  const keys = key === undefined ? undefined : fresh(writer, 'y')
  const { ordered } = writer
  const head =
    keys === undefined
      ? `const ${items} = Array.isArray(${of}) ? ${of} : h_valuesOf(${of}, ${ordered})`
      : `const ${keys} = h_keysOf(${of}, ${ordered})\nconst ${items} = h_valuesAt(${of}, ${keys})`
  const setKey = key === undefined || keys === undefined ? '' : `s${key} = ${keys} === undefined ? ${at} : ${keys}[${at}]\n`
  const setValue = value === undefined ? '' : `s${value} = ${items}[${at}]\n`
  return `${head}\nif (${items} !== undefined) {\nfor (let ${at} = 0; ${at} < ${items}.length; ${at} += 1) {\n${tick}\n${setKey}${setValue}${inside}\n}\n}`
}

function writeScan(writer: Writer, step: Extract<Step, { kind: 'scan' }>, next: Next): string {
  if (step.of.kind === 'rules' && step.of.group.kind === 'set' && !writer.ordered) {
    const items = `${constant(writer, writer.linker.linked(step.of.group))}.items(m)`
    const slots = [step.key, step.value].filter((slot) => slot !== undefined)
    return writeLoop(writer, items, (item) => `${slots.map((slot) => `s${slot} = ${item}\n`).join('')}${next()}`)
  }
  return writer.expression(writer, step.of, (of) => {
    const name = fresh(writer, 't')
    // The value is read more than once.
    return `const ${name} = ${of}\n${writeElements(writer, name, step, next())}`
  })
}

function writeJoin(writer: Writer, step: Join, next: Next): string {
  const rows = constant(writer, compileRows(writer.linker, step, writer.ordered))
  return writeAll(writer, [step.of, step.probe], ([of = '', probe = '']) =>
    writeLoop(writer, `${rows}(m, ${of}, ${probe})`, (row) => {
      const given = step.gives.map((slot, at) => `s${slot} = ${row}[${at}]\n`)
      return `${given.join('')}${next()}`
    }),
  )
}

/** Code that finds whether the steps have a solution. */
function writeExists(writer: Writer, steps: readonly Step[], then: (found: string) => string): string {
  const found = fresh(writer, 'f')
  const label = fresh(writer, 'L')
  const code = writeOrdered(writer, false, () => writer.steps(writer, steps, () => `${found} = true\nbreak ${label}`))
  return `let ${found} = false\n${label}: {\n${code}\n}\n${then(found)}`
}

function writeEvery(writer: Writer, step: Extract<Step, { kind: 'every' }>, next: Next): string {
  return writer.expression(writer, step.of, (of) => {
    const holds = fresh(writer, 'f')
    const name = fresh(writer, 't')
    const label = fresh(writer, 'L')
    const inside = writeOrdered(writer, false, () =>
      writeExists(writer, step.body, (found) => `if (!${found}) {\n${holds} = false\nbreak ${label}\n}`),
    )
    const loop = writeOrdered(writer, false, () => writeElements(writer, name, step, inside))
    return `const ${name} = ${of}\nlet ${holds} = h_isCollection(${name})\n${label}: {\n${loop}\n}\nif (${holds}) {\n${next()}\n}`
  })
}

function writeWith(writer: Writer, { replacements, body }: Extract<Step, { kind: 'with' }>, next: Next): string {
  const yes: Expression = { kind: 'constant', value: true }
  const expressions = replacements.map(({ value }) => (isCallee(value) ? yes : value))
  return writeAll(writer, expressions, (values) => {
    const outer = fresh(writer, 'w')
    const changed = fresh(writer, 'w')
    const inner = writer.steps(writer, body, () => `h_enter(m, ${outer})\n${next()}\nh.enter(m, ${changed})`)
    const change = `h_changedSurroundings(m, ${constant(writer, replacements)}, [${values.join(', ')}])`
    return `const ${outer} = h_surroundingsOf(m)\nconst ${changed} = ${change}\nh.enter(m, ${changed})\n${block(inner)}\nh.enter(m, ${outer})`
  })
}
