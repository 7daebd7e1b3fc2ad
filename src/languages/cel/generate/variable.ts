import { fresh } from '../../../core/code-writer.ts'
import type { Operand, Writer } from './writer.ts'
import { emit, failIf, value } from './writer.ts'

/** The value of a variable, but for what it costs. */
export function writeVariable(writer: Writer, slot: number): Operand {
  const local = writer.locals.get(slot)
  if (local !== undefined) return local
  const { name, ask } = writer.load(slot)
  const found = fresh(writer, 't')
  emit(writer, `if (${name} === undefined) {`, `const ${found} = ${ask}`)
  failIf(writer, `${found} instanceof h_CelError`, found)
  emit(writer, `${name} = ${found}`, '}')
  return value(name)
}
