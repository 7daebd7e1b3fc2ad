import { defaultLimits } from '../../../core/limits.ts'
import { loadValue, printYaml } from '../../../kube/yaml/yaml.ts'
import { fromJson, toJson } from '../values/json.ts'
import type { Builtin, BuiltinContext } from './contract.ts'
import { anything, define, text } from './define.ts'
import { failure, type } from './operands.ts'

const load = (value: string, context: BuiltinContext): ReturnType<typeof loadValue> =>
  loadValue(value, { ...defaultLimits, documentDepth: context.limits.depth })

export const yamlBuiltins: readonly Builtin[] = [
  define('yaml.marshal', [anything], type.string, ([value]) => printYaml(toJson(value))),
  define('yaml.unmarshal', [text], type.any, ([value], context) => {
    const loaded = load(value, context)
    return loaded.ok ? fromJson(loaded.value) : failure('yaml.unmarshal', `yaml: ${loaded.error}`)
  }),
  define('yaml.is_valid', [{ ...anything, type: type.string }], type.boolean, ([value], context) =>
    typeof value === 'string' ? load(value, context).ok : false,
  ),
]
