import { defaultLimits } from '../../../core/limits.ts'
import { loadValue, printYaml } from '../../../kube/yaml/yaml.ts'
import { fromJson, toJson } from '../values/json.ts'
import type { Builtin, BuiltinContext } from './contract.ts'
import { anything, define, text } from './define.ts'
import { failure, type } from './operands.ts'

const marker = /^(?:---|\.\.\.)(?=[ \t\r\n]|$)/gm
const isBlank = /^(?:[ \t\r]*(?:[#%][^\n]*)?(?:\n|$))*$/

/** What comes after the first document is not looked at. */
function firstDocument(text: string): string {
  let isOpen = false
  for (const { index, 0: found } of text.matchAll(marker)) {
    if (found !== '---' || isOpen || !isBlank.test(text.slice(0, index))) return text.slice(0, index)
    isOpen = true
  }
  return text
}

const load = (value: string, context: BuiltinContext): ReturnType<typeof loadValue> =>
  loadValue(firstDocument(value), { ...defaultLimits, documentDepth: context.limits.depth })

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
