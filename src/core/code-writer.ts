/** What a generator of JavaScript keeps while it writes one function. */
export interface CodeWriter {
  /** What the code refers to by `k0`, `k1`, …: values that it cannot write out. */
  readonly constants: unknown[]
  /** Names given so far. */
  count: number
}

/** A name that nothing else has. */
export function fresh(writer: CodeWriter, letter: string): string {
  writer.count += 1
  return `${letter}${writer.count}`
}

/** The name of something that code cannot write out. */
export function constant(writer: CodeWriter, value: unknown): string {
  const known = writer.constants.indexOf(value)
  if (known >= 0) return `k${known}`
  writer.constants.push(value)
  return `k${writer.constants.length - 1}`
}

/** A literal of a string: text of users enters code only here. */
export const quoted = (text: string): string => JSON.stringify(text)
