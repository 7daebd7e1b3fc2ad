import { parseGoFloat } from '../../../core/go-format.ts'
import { quoteGo } from '../../../core/go-quote.ts'
import { numberFromText } from '../values/number.ts'
import type { RegoValue, TypeName } from '../values/value.ts'
import { isArray, isNumber, isObject, isSet, setOf, typeName } from '../values/value.ts'
import type { Builtin, BuiltinError, RegoType } from './contract.ts'
import { anything, define } from './define.ts'
import { builtin, failure, type, wrongOperand } from './operands.ts'

const tests: readonly TypeName[] = ['array', 'boolean', 'null', 'number', 'object', 'set', 'string']

/** The old casts refuse every other type, but arrays and sets turn into each other. */
const cast = (name: TypeName, result: RegoType, convert: (value: RegoValue) => RegoValue | undefined): Builtin =>
  builtin(
    `cast_${name}`,
    [type.any],
    result,
    ([value = null]) => convert(value) ?? wrongOperand(`cast_${name}`, 0, expectedBy[name] ?? name, typeName(value)),
    { deprecated: true },
  )

const expectedBy: Partial<Readonly<Record<TypeName, string>>> = { array: 'one of {array, set}', set: 'one of {array, set}' }

const only =
  (is: (value: RegoValue) => boolean) =>
  (value: RegoValue): RegoValue | undefined =>
    is(value) ? value : undefined

function toNumber(value: RegoValue): RegoValue | BuiltinError {
  if (value === null || value === false) return 0
  if (value === true) return 1
  if (isNumber(value)) return value
  if (typeof value !== 'string') return wrongOperand('to_number', 0, 'one of {null, boolean, number, string}', typeName(value))
  const parsed = parseGoFloat(value)
  if (parsed === undefined)
    return failure(
      'to_number',
      `strconv.ParseFloat: parsing ${quoteGo(value)}: ${/^[+-]?[\d.]+e[+-]?\d+$/i.test(value) ? 'value out of range' : 'invalid syntax'}`,
    )
  if (!Number.isFinite(parsed)) return wrongOperand('to_number', 0, 'valid number string', 'string')
  return numberFromText(value)
}

export const typeBuiltins: readonly Builtin[] = [
  ...tests.map((name) => define(`is_${name}`, [anything], type.boolean, ([value]) => typeName(value) === name)),
  define('type_name', [anything], type.string, ([value]) => typeName(value)),
  builtin('to_number', [type.union(type.null, type.boolean, type.number, type.string)], type.number, ([value = null]) => toNumber(value)),
  cast('array', type.array(type.any), (value) => (isArray(value) ? value : isSet(value) ? value.sorted : undefined)),
  cast('set', type.set(type.any), (value) => (isSet(value) ? value : isArray(value) ? setOf(value) : undefined)),
  cast(
    'string',
    type.string,
    only((value) => typeof value === 'string'),
  ),
  cast(
    'boolean',
    type.boolean,
    only((value) => typeof value === 'boolean'),
  ),
  cast('object', type.object(type.any, type.any), only(isObject)),
  builtin(
    'cast_null',
    [type.any],
    type.null,
    ([value = null]) => (value === null ? null : wrongOperand('cast_null', 0, 'null', typeName(value))),
    { deprecated: true },
  ),
]
