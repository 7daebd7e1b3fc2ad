import { errorsText } from '../syntax/error-text.ts'
import { moduleJson } from '../syntax/module-json.ts'
import { parseModule } from '../syntax/parse.ts'
import type { Builtin } from './contract.ts'
import { define, text } from './define.ts'
import { failure, type } from './operands.ts'

/** `rego.parse_module(filename, text)`: the syntax tree of a module of version 1. */
export const parseModuleBuiltins: readonly Builtin[] = [
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
