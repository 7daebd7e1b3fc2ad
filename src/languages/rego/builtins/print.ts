import { formatValue } from '../values/format.ts'
import type { RegoArray, RegoSet, RegoValue } from '../values/value.ts'
import { isArray, isSet } from '../values/value.ts'
import type { Builtin, BuiltinContext, BuiltinError } from './contract.ts'
import { array, define, text, tooLarge } from './define.ts'
import type { Operand } from './define.ts'
import { failure, type, wrongOperand } from './operands.ts'

/** How values are printed: strings without quotes, what is undefined as `<undefined>`. */
export const printed = (value: RegoValue | undefined): string =>
  value === undefined ? '<undefined>' : typeof value === 'string' ? value : formatValue(value)

/** One line for each combination of the values of the arguments. An argument without values is undefined. */
function printAll(args: readonly RegoSet[], context: BuiltinContext): BuiltinError | true {
  let lines: readonly string[] = ['']
  for (const [at, values] of args.entries()) {
    const texts = values.size === 0 ? [printed(undefined)] : values.sorted.map(printed)
    if (lines.length * texts.length > context.limits.elements) return tooLarge('print', 'output')
    lines = lines.flatMap((line) => texts.map((each) => (at === 0 ? each : `${line} ${each}`)))
  }
  for (const line of lines) context.print(line)
  return true
}

const setsOperand: Operand<RegoArray> = { ...array, type: type.array(type.set(type.any)) }
const areSets = (values: RegoArray): values is readonly RegoSet[] => values.every(isSet)

/** The parts of a template string: text, or the set of the values of an expression. */
function templateString(parts: RegoArray): string | BuiltinError {
  let out = ''
  for (const part of parts) {
    if (!isSet(part)) out += printed(part)
    else if (part.size > 1) return failure('internal.template_string', 'template-strings must not produce multiple outputs')
    else out += printed(part.sorted[0])
  }
  return out
}

export const printBuiltins: readonly Builtin[] = [
  {
    name: 'print',
    parameters: [],
    variadic: type.any,
    evaluate: (args, context) => {
      context.print(args.map(printed).join(' '))
      return true
    },
  },
  {
    name: 'internal.print',
    parameters: [setsOperand.type],
    evaluate: ([args = null], context) =>
      isArray(args) && areSets(args) ? printAll(args, context) : wrongOperand('internal.print', 0, 'array of sets', 'something else'),
  },
  define('internal.template_string', [array], type.string, ([parts]) => templateString(parts)),
  { name: 'internal.test_case', parameters: [type.array(type.any)], evaluate: () => true },
  {
    ...define('trace', [text], type.boolean, ([note], context) => {
      context.trace(note)
      return true
    }),
    // Each call is heard.
    nondeterministic: true,
  },
]
