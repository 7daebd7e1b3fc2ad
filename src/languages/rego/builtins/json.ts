import { marshalValue, parseJsonValue } from '../values/json.ts'
import type { MarshalOptions } from '../values/json.ts'
import type { AnyObject, RegoValue } from '../values/value.ts'
import { objectGet, objectKeys, typeName } from '../values/value.ts'
import { formatValue } from '../values/format.ts'
import { BuiltinError } from './contract.ts'
import type { Builtin, RegoType } from './contract.ts'
import { anything, define, object, text } from './define.ts'
import type { Operand } from './define.ts'
import { failure, isError, type } from './operands.ts'

const optionsType: RegoType = {
  kind: 'object',
  properties: [
    { key: 'indent', value: type.string },
    { key: 'prefix', value: type.string },
    { key: 'pretty', value: type.boolean },
  ],
  rest: { key: type.string, value: type.any },
}
const optionsOperand: Operand<AnyObject> = { ...object, type: optionsType }

const known = ['indent', 'prefix', 'pretty'] as const

/** Lines are broken if `pretty` says so, or if it says nothing and another option is given. */
function readOptions(name: string, given: AnyObject): MarshalOptions | undefined | BuiltinError {
  for (const key of objectKeys(given)) {
    if (typeof key !== 'string')
      return wrongOptions(name, `failed to stringify key ${formatValue(key)} at index ${objectKeys(given).indexOf(key)}: ${notString(key)}`)
    if (!known.some((each) => each === key)) return wrongOptions(name, `object contained unknown key ${formatValue(key)}`)
  }
  const pretty = objectGet(given, 'pretty')
  const prefix = objectGet(given, 'prefix') ?? ''
  const indent = objectGet(given, 'indent') ?? '\t'
  if (pretty !== undefined && typeof pretty !== 'boolean') return wrongOptions(name, 'key "pretty" failed cast to bool')
  if (typeof prefix !== 'string') return notText(name, 'prefix', prefix)
  if (typeof indent !== 'string') return notText(name, 'indent', indent)
  return (pretty ?? objectKeys(given).length > 0) ? { prefix, indent } : undefined
}

const wrongOptions = (name: string, problem: string): BuiltinError => new BuiltinError('eval_type_error', `${name}: operand 2 ${problem}`)

const notText = (name: string, key: string, value: RegoValue): BuiltinError =>
  wrongOptions(name, `key "${key}" failed cast to string: ${notString(value)}`)

const notString = (value: RegoValue): string => `operand 0 must be string but got ${typeName(value)}`

export const jsonBuiltins: readonly Builtin[] = [
  define('json.marshal', [anything], type.string, ([value]) => marshalValue(value)),
  define('json.marshal_with_options', [anything, optionsOperand], type.string, ([value, given]) => {
    const options = readOptions('json.marshal_with_options', given)
    if (isError(options)) return options
    return (options?.prefix ?? '') + marshalValue(value, options)
  }),
  define('json.unmarshal', [text], type.any, ([value], context) => {
    const parsed = parseJsonValue(value, context.limits.depth)
    return parsed.ok ? parsed.value : failure('json.unmarshal', parsed.error)
  }),
  define('json.is_valid', [{ ...anything, type: type.string }], type.boolean, ([value], context) =>
    typeof value === 'string' ? parseJsonValue(value, context.limits.depth).ok : false,
  ),
]
