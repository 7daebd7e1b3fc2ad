import type { CodeWriter } from '../../../core/code-writer.ts'
import { fresh } from '../../../core/code-writer.ts'
import type { Expression, Step } from '../ir/ir.ts'
import type { Linker } from '../evaluate/linker.ts'

/** Goes on with code for what follows, given the name or text of a value that is defined and has no effects. */
export type Then = (value: string) => string

/** The state of writing one function. */
export interface Writer extends CodeWriter {
  readonly linker: Linker
  /** Whether the order of solutions matters here. */
  ordered: boolean
  /** Code that gives THEN the value of an expression, and nothing where it is undefined. */
  readonly expression: (writer: Writer, expression: Expression, then: Then) => string
  /** Code that runs the steps, and NEXT for each solution. */
  readonly steps: (writer: Writer, steps: readonly Step[], next: () => string) => string
}

/** Values of several expressions, one after the other. */
export function writeAll(writer: Writer, expressions: readonly Expression[], then: (values: readonly string[]) => string): string {
  const write = (at: number, values: readonly string[]): string => {
    const expression = expressions[at]
    if (expression === undefined) return then(values)
    return writer.expression(writer, expression, (value) => write(at + 1, [...values, value]))
  }
  return write(0, [])
}

/** `const NAME = TEXT`, and what follows where that is defined. */
export function writeDefined(writer: Writer, text: string, then: Then): string {
  const name = fresh(writer, 't')
  return `const ${name} = ${text}\nif (${name} !== undefined) {\n${then(name)}\n}`
}

/** A value under a name: code may mention it more than once. */
export function writeNamed(writer: Writer, text: string, then: Then): string {
  const name = fresh(writer, 't')
  return `const ${name} = ${text}\n${then(name)}`
}

/** In a block of its own, so that names do not meet. */
export const block = (code: string): string => `{\n${code}\n}`

export const tick = 'if (--m.patience < 0) h_checkBounds(m)'

export function writeOrdered<T>(writer: Writer, ordered: boolean, write: () => T): T {
  const outer = writer.ordered
  writer.ordered = ordered || writer.linker.ordered
  const result = write()
  writer.ordered = outer
  return result
}
