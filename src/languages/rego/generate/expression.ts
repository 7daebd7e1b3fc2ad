import { constant, fresh, quoted } from '../../../core/code-writer.ts'
import { unreachable } from '../../../core/unreachable.ts'
import { compileKept } from '../evaluate/kept.ts'
import type { Call, Comprehension, Expression } from '../ir/ir.ts'
import type { RegoValue } from '../values/value.ts'
import { writeCall } from './call.ts'
import type { Then, Writer } from './writer.ts'
import { block, writeAll, writeDefined, writeNamed, writeOrdered } from './writer.ts'

/** Code that gives THEN the value of an expression, and nothing where it is undefined. */
export function writeExpression(writer: Writer, expression: Expression, then: Then): string {
  switch (expression.kind) {
    case 'constant':
      return then(writeConstant(writer, expression.value))
    case 'slot':
      return then(`s${expression.slot}`)
    case 'input':
    case 'index':
      return writeLookup(writer, expression, then)
    case 'base':
      return writeDefined(writer, `h_lookUpBase(m.base, ${constant(writer, expression.path)})`, then)
    case 'rules':
      return writeDefined(writer, `${constant(writer, writer.linker.linked(expression.group))}.value(m)`, then)
    case 'entry':
      return writeAll(writer, expression.keys, (keys) =>
        writeDefined(writer, `${constant(writer, writer.linker.linked(expression.group))}.entry(m, [${keys.join(', ')}])`, then),
      )
    case 'document':
      return writeAll(writer, expression.path, (path) =>
        writeDefined(writer, `h_documentAt(${constant(writer, writer.linker)}, m, [${path.join(', ')}])`, then),
      )
    case 'array':
      return writeAll(writer, expression.items, (items) => writeNamed(writer, `[${items.join(', ')}]`, then))
    case 'set':
      return writeSet(writer, expression.items, then)
    case 'object':
      return writeObject(writer, expression.entries, then)
    case 'comprehension':
      return writeComprehension(writer, expression, then)
    case 'builtin':
    case 'function':
      return writeCall(writer, expression satisfies Call, then)
    case 'kept': {
      const name = fresh(writer, 't')
      const read = constant(writer, compileKept(writer.linker, expression))
      const look = `let ${name} = m.kept.values[${expression.id}]\nif (${name} === undefined) ${name} = ${read}(m)\nelse if (${name} === h_undefinedMark) ${name} = undefined`
      return `${look}\nif (${name} !== undefined) {\n${then(name)}\n}`
    }
    default:
      return unreachable(expression)
  }
}

function writeConstant(writer: Writer, value: RegoValue): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return `(${String(value)})`
  return constant(writer, value)
}

/** Names that objects inherit, or that the classes of values have: these are looked up with more care. */
const inherited = new Set(['__proto__', ...Object.getOwnPropertyNames(Object.prototype)])

/** `of.a.b[i]`: a row of lookups, each of which may be undefined. */
function writeLookup(writer: Writer, expression: Expression, then: Then): string {
  const keys: Expression[] = []
  let of = expression
  while (of.kind === 'index') {
    keys.unshift(of.key)
    of = of.of
  }
  if (of.kind === 'input') {
    const input = fresh(writer, 't')
    return `const ${input} = m.input\n${writeKeys(writer, input, keys, then)}`
  }
  return writer.expression(writer, of, (value) => writeKeys(writer, value, keys, then))
}

function writeKeys(writer: Writer, of: string, keys: readonly Expression[], then: Then): string {
  const [key, ...rest] = keys
  if (key === undefined) return `if (${of} !== undefined) {\n${then(of)}\n}`
  const name = fresh(writer, 't')
  const more = (): string => (rest.length === 0 ? block(then(name)) : writeKeys(writer, name, rest, then))
  if (key.kind === 'constant' && typeof key.value === 'string') {
    return `const ${name} = ${writeName(of, key.value)}\nif (${name} !== undefined) {\n${more()}\n}`
  }
  return writer.expression(writer, key, (at) => `const ${name} = h_lookUp(${of}, ${at})\nif (${name} !== undefined) {\n${more()}\n}`)
}

/** Plain objects are read as such, so that engines remember their shapes; anything else is asked. */
function writeName(of: string, key: string): string {
  const careful = `h_lookUpName(${of}, ${quoted(key)})`
  if (inherited.has(key)) return careful
  const object = /^[a-z]\d+$/.test(of) ? of : undefined
  if (object === undefined) return careful
  return `typeof ${object} === 'object' && ${object} !== null && Object.getPrototypeOf(${object}) === h_plain ? ${object}[${quoted(key)}] : ${careful}`
}

function writeSet(writer: Writer, items: readonly Expression[], then: Then): string {
  return writeAll(writer, items, (values) => {
    const builder = fresh(writer, 'b')
    const added = values.map((value) => `${builder}.add(${value})`)
    return `const ${builder} = new h_SetBuilder()\n${added.join('\n')}\n${writeDefined(writer, `${builder}.build()`, then)}`
  })
}

function writeObject(writer: Writer, entries: readonly (readonly [Expression, Expression])[], then: Then): string {
  return writeAll(writer, entries.flat(), (values) => {
    if (entries.every(([key]) => isPlainKey(key))) {
      const parts = entries.map((_, at) => `${values[2 * at] ?? ''}: ${values[2 * at + 1] ?? ''}`)
      return writeNamed(writer, `{ ${parts.join(', ')} }`, then)
    }
    const builder = fresh(writer, 'b')
    const set = entries.map((_, at) => `${builder}.set(${values[2 * at] ?? ''}, ${values[2 * at + 1] ?? ''})`)
    return `const ${builder} = new h_ObjectBuilder()\n${set.join('\n')}\n${writeDefined(writer, `${builder}.build()`, then)}`
  })
}

const isPlainKey = (key: Expression): boolean => key.kind === 'constant' && typeof key.value === 'string' && key.value !== '__proto__'

function writeComprehension(writer: Writer, comprehension: Comprehension, then: Then): string {
  const { makes, body, key, value, place } = comprehension
  const out = fresh(writer, 'b')
  if (makes === 'array') {
    const code = writeOrdered(writer, true, () =>
      writer.steps(writer, body, () => writer.expression(writer, value, (item) => `${out}.push(${item})`)),
    )
    return `const ${out} = []\n${block(code)}\n${then(out)}`
  }
  if (makes === 'set') {
    const code = writeOrdered(writer, false, () =>
      writer.steps(writer, body, () => writer.expression(writer, value, (item) => `${out}.add(${item})`)),
    )
    return `const ${out} = new h_SetBuilder()\n${block(code)}\n${writeDefined(writer, `${out}.build()`, then)}`
  }
  const code = writeOrdered(writer, false, () =>
    writer.steps(writer, body, () =>
      writeAll(writer, [key ?? value, value], ([name = '', item = '']) => {
        const conflict = `h_halt('eval_conflict_error', 'object keys must be unique', ${constant(writer, place)})`
        return `if (!${out}.add(${name}, ${item})) ${conflict}`
      }),
    ),
  )
  return `const ${out} = new h_ObjectBuilder()\n${block(code)}\n${writeDefined(writer, `${out}.build()`, then)}`
}
