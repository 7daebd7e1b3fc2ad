import type { CodeWriter } from '../../../core/code-writer.ts'
import { constant, fresh, quoted } from '../../../core/code-writer.ts'
import type { CallPlan } from '../call.ts'
import type { Node } from '../ast.ts'
import type { Compilation } from '../compile.ts'
import type { CelLazyLayout, CelValue } from '../values.ts'

/** What a value surely is, where it is no error. */
export type Sure = 'bool' | 'number' | 'text' | 'list' | 'other'

/** A value in the code. */
export interface Operand {
  /** A name or an expression without effects: code may mention it more than once. */
  readonly text: string
  /** Whether it may be an error: whoever goes on with it has to look first (`settle`). */
  readonly mayFail: boolean
  readonly sure: Sure | undefined
  /** Code that tells whether it is a plain object, where that has been found out. */
  readonly isData?: string
  /** The value of a literal. */
  readonly literal?: CelValue
}

/** Where code goes on that has met an error. */
export interface Failure {
  /** Statements that leave with an error, which a text gives. */
  readonly jump: (error: string) => string
  isUsed: boolean
}

/** A variable of the expression, and where it is a lazy map, what its keys are. */
export interface Loaded {
  readonly name: string
  /** Code that asks for it where it is not simply there. */
  readonly ask: string
  readonly lazy: { readonly name: string; readonly layout: CelLazyLayout } | undefined
}

/** The state of writing one function. */
export interface Writer extends CodeWriter {
  readonly compilation: Compilation
  /** Writes the code of a node, and gives its value. What it costs is counted or pending; errors have left, or are still in the value (`mayFail`). */
  readonly write: (node: Node) => Operand
  readonly plan: (node: Node & { readonly kind: 'call' }) => CallPlan
  readonly lines: string[]
  /** What macros bring, by slot. */
  readonly locals: Map<number, Operand>
  /** The variables that have been mentioned, by slot. */
  readonly loaded: Map<number, Loaded>
  readonly load: (slot: number) => Loaded
  /** The name that remembers the value of a path that is read more than once: undefined until it is known. It lives as long as the variable. */
  readonly remembered: (root: number, path: string) => string | undefined
  /** The paths that all code before this one has tried to read. */
  readonly attempted: string[]
  /** What is remembered of a variable, by its slot. */
  readonly memories: Map<number, string[]>
  /** What the code up to here costs and has not counted yet. Whatever leaves or meets other code has to count it first. */
  pending: number
  failure: Failure
}

export function emit(writer: Writer, ...lines: readonly string[]): void {
  for (const line of lines) writer.lines.push(line)
}

/** A line that is written later, when it is known what it has to say. */
export function reserve(writer: Writer): (line: string) => void {
  const at = writer.lines.push('') - 1
  return (line) => {
    writer.lines[at] = line
  }
}

/** `const NAME = TEXT`. */
export function named(writer: Writer, text: string, letter = 't'): string {
  const name = fresh(writer, letter)
  emit(writer, `const ${name} = ${text}`)
  return name
}

export function literal(writer: Writer, value: CelValue): Operand {
  const made = (text: string, sure: Sure): Operand => ({ text, mayFail: false, sure, literal: value })
  switch (typeof value) {
    case 'string':
      return made(quoted(value), 'text')
    case 'boolean':
      return made(String(value), 'bool')
    case 'number':
      return Number.isSafeInteger(value) ? made(`(${value})`, 'number') : made(constant(writer, value), 'other')
    default:
      if (value === null) return made('null', 'other')
      return made(constant(writer, value), Array.isArray(value) ? 'list' : 'other')
  }
}

export const bool = (text: string): Operand => ({ text, mayFail: false, sure: 'bool' })

/** Any value that is no error. */
export const value = (text: string, sure?: Sure): Operand => ({ text, mayFail: false, sure })

/** What calls give: a value or an error. */
export const outcome = (text: string): Operand => ({ text, mayFail: true, sure: undefined })

/** What stands where code never gets. */
export const nothing: Operand = { text: 'null', mayFail: false, sure: 'other' }

/** Counts a cost that no evaluation is stopped for at once. */
export function cost(writer: Writer, amount: number): void {
  writer.pending += amount
}

/** Counts a cost, and stops where it is too high. `amount` is a number or code for one. */
export function charge(writer: Writer, amount: number | string): void {
  const sum = typeof amount === 'number' ? String(amount + writer.pending) : writer.pending === 0 ? amount : `${writer.pending} + ${amount}`
  writer.pending = 0
  emit(writer, `if ((c += ${sum}) > limit) h_exhaust(frame, c)`)
}

/** Counts a cost that code gives, and stops for nothing. */
export function add(writer: Writer, amount: string): void {
  emit(writer, `c += ${writer.pending === 0 ? '' : `${writer.pending} + `}${amount}`)
  writer.pending = 0
}

/** Counts what is pending: before code meets other code. */
export function flush(writer: Writer): void {
  if (writer.pending > 0) emit(writer, `c += ${writer.pending}`)
  writer.pending = 0
}

/** A jump with what is pending counted. */
export const leaving = (writer: Writer, jump: string): string =>
  writer.pending > 0 ? `{ c += ${writer.pending}; ${jump} }` : `{ ${jump} }`

/** Leaves with an error where a condition holds. */
export function failIf(writer: Writer, condition: string, error: string): void {
  writer.failure.isUsed = true
  emit(writer, `if (${condition}) ${leaving(writer, writer.failure.jump(error))}`)
}

/** Leaves with an error. */
export function fail(writer: Writer, error: string): Operand {
  writer.failure.isUsed = true
  emit(writer, leaving(writer, writer.failure.jump(error)))
  return nothing
}

/** The same value, which is no error any more. */
export function settle(writer: Writer, operand: Operand): Operand {
  if (!operand.mayFail) return operand
  failIf(writer, `typeof ${operand.text} === 'object' && ${operand.text} instanceof h_CelError`, operand.text)
  return { ...operand, mayFail: false }
}

/** Writes the code of a node whose value is no error. */
export const writeValue = (writer: Writer, node: Node): Operand => settle(writer, writer.write(node))

/** Writes code whose errors go elsewhere. */
export function within<T>(writer: Writer, failure: Failure, write: () => T): T {
  const outer = writer.failure
  writer.failure = failure
  const result = write()
  writer.failure = outer
  return result
}

/** Declares what is remembered of a variable, after the code that remembers it has been written. */
export function remember(writer: Writer, slots: readonly number[]): () => void {
  const declare = reserve(writer)
  return () => {
    const names = slots.flatMap((slot) => writer.memories.get(slot) ?? [])
    if (names.length > 0) declare(`let ${names.join(', ')}`)
  }
}

/** Writes code that may not run: nobody may rely on what it has read. */
export function maybe(writer: Writer, write: () => void): void {
  const { length } = writer.attempted
  write()
  writer.attempted.length = length
}

/** Writes branches that meet: each begins with what is pending, and counts it. A condition is undefined in the last one. */
export function branch(writer: Writer, branches: readonly { readonly condition: string | undefined; readonly write: () => void }[]): void {
  const { pending } = writer
  for (const [at, { condition, write }] of branches.entries()) {
    emit(writer, `${at === 0 ? '' : '} else '}${condition === undefined ? '' : `if (${condition}) `}{`)
    writer.pending = pending
    maybe(writer, write)
    flush(writer)
  }
  const isOpen = branches.at(-1)?.condition !== undefined
  if (isOpen && pending > 0) emit(writer, `} else { c += ${pending}`)
  emit(writer, '}')
}

/** Whether a value is a plain object, as data is. */
export const isPlain = (text: string): string =>
  `typeof ${text} === 'object' && ${text} !== null && !Array.isArray(${text}) && !(${text} instanceof h_CelBoxed)`

/** Code that tells whether a value is of a kind; `true` where that is known. */
export function isSurely(operand: Operand, sure: 'text' | 'list' | 'number' | 'bool'): string {
  if (operand.sure === sure && !operand.mayFail) return 'true'
  if (operand.sure !== undefined && operand.sure !== sure) return 'false'
  if (sure === 'list') return `Array.isArray(${operand.text})`
  return `typeof ${operand.text} === '${{ text: 'string', number: 'number', bool: 'boolean' }[sure]}'`
}

export const every = (...conditions: readonly string[]): string => {
  if (conditions.includes('false')) return 'false'
  const open = conditions.filter((condition) => condition !== 'true')
  return open.length === 0 ? 'true' : open.join(' && ')
}
