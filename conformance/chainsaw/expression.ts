import type { Json } from '../../src/core/json.ts'
import type { Result } from '../../src/core/result.ts'
import { err, ok } from '../../src/core/result.ts'
import { kyvernoFunctions } from '../../src/dialects/kyverno/jmespath-functions.ts'
import type { JmesEnvironment } from '../../src/languages/jmespath/jmespath.ts'
import { compileJmespath, functionTable, JmesFailure, jmesFunction } from '../../src/languages/jmespath/jmespath.ts'

/** Values by name, without the dollar: `namespace`, `test`, `error`, and what tests bind. */
export type Bindings = ReadonlyMap<string, Json>

/** What a key or a scalar of an assertion says beside its text. */
export interface Parsed {
  /** `~.` or `~name.`: what follows holds for each element; its index or key is bound to the name. */
  readonly foreach: { readonly name: string } | undefined
  /** `… -> name`: the value is bound to this name for what is below. */
  readonly binding: string | undefined
  /** Of text in parentheses, what is inside: an expression. */
  readonly expression: string | undefined
  readonly text: string
}

const foreachForm = /^~(\w*)\.(.*)$/s
const bindingForm = /^(.*\S)\s*->\s*(\w+)$/s
const escapedForm = /^\\(.+)\\$/
const expressionForm = /^\((?:jp;)?(.+)\)$/

export function parseExpression(source: string): Parsed {
  let text = source
  const each = foreachForm.exec(text)
  if (each !== null) text = each[2] ?? ''
  const bound = bindingForm.exec(text)
  if (bound !== null) text = bound[1] ?? ''
  const shape = { foreach: each === null ? undefined : { name: each[1] ?? '' }, binding: bound?.[2] }
  const escaped = escapedForm.exec(text)?.[1]
  if (escaped !== undefined) return { ...shape, expression: undefined, text: escaped }
  return { ...shape, expression: expressionForm.exec(text)?.[1], text }
}

/** Functions of the test language that policies do not have. */
const ownFunctions = [
  jmesFunction('trim_space', ['string'], 'string', {
    doc: 'Takes white space off both ends.',
    examples: [["trim_space(' a ')", 'a']],
    evaluate: ([text]) => text.trim(),
  }),
  jmesFunction('json_parse', ['string'], 'any', {
    doc: 'The value that a JSON text stands for.',
    examples: [["json_parse('[1]')", [1]]],
    evaluate: ([text]) => {
      try {
        return JSON.parse(text) as Json
      } catch {
        return new JmesFailure('invalid-value', 'no JSON text')
      }
    },
  }),
]

const functions = functionTable([...kyvernoFunctions.values(), ...ownFunctions])
const environment: JmesEnvironment = { now: () => new Date(), random: () => 0, resolveHost: () => undefined }

/** Strings, quoted names and literals, which have no variables in them, or a variable. */
const variableOrQuoted = /'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`|\$(\w+)/gs

/** A variable means the same wherever it stands, so it is written into the expression as the literal that it is. */
function withVariables(source: string, bindings: Bindings): Result<string, string> {
  let unknown: string | undefined
  const text = source.replaceAll(variableOrQuoted, (token: string, name: string | undefined) => {
    if (name === undefined) return token
    const value = bindings.get(name)
    if (value === undefined) unknown ??= name
    return `\`${JSON.stringify(value ?? null).replaceAll('`', '\\u0060')}\``
  })
  return unknown === undefined ? ok(text) : err(`variable not defined: $${unknown}`)
}

/** What an expression (without its parentheses) gives on a node of the actual object. */
export function evaluate(source: string, node: Json, bindings: Bindings): Result<Json, string> {
  const text = withVariables(source, bindings)
  if (!text.ok) return text
  const program = compileJmespath(text.value, { functions, missingKey: 'null' })
  if (!program.ok) return err(`(${source}): ${program.error.map(({ message }) => message).join('; ')}`)
  const value = program.value.evaluate(node, environment)
  return value instanceof JmesFailure ? err(`(${source}): ${value.message}`) : ok(value)
}
