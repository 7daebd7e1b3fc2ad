import { errorsText } from '../syntax/error-text.ts'
import { moduleJson } from '../syntax/module-json.ts'
import { parseModule } from '../syntax/parse.ts'
import type { Builtin, RegoType } from './contract.ts'
import { define, text } from './define.ts'
import { builtin, failure, type } from './operands.ts'

/** Within rules the compiler knows the answer; elsewhere there is none. */
const outsideOfRules = (name: string, result: RegoType): Builtin =>
  builtin(name, [], result, () => failure(name, `the ${name} function must only be called within the scope of a rule`))

/** `rego.parse_module(filename, text)`: the syntax tree of a module of version 1. */
export const regoBuiltins: readonly Builtin[] = [
  outsideOfRules('rego.metadata.chain', type.array(type.any)),
  outsideOfRules('rego.metadata.rule', type.any),
  define('rego.parse_module', [text, text], type.object(type.string, type.any), ([name, source]) => {
    const parsed = parseModule({ name, text: source }, { regoVersion: 1, recover: false })
    if (parsed.ok) return moduleJson(parsed.value)
    const [first, ...more] = parsed.error
    // Upstream leaves the count out where nothing was written.
    const message =
      first?.message === 'empty module' && more.length === 0
        ? errorsText(parsed.error).replace('1 error occurred: ', '')
        : errorsText(parsed.error)
    return failure('rego.parse_module', message)
  }),
]
