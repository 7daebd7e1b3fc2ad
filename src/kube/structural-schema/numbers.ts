import { formatValue } from '../../core/go-format.ts'
import type { FieldError } from '../field-error.ts'
import type { Schema } from '../schema.ts'
import { formatNumber, invalidValue, isInteger } from './texts.ts'
import type { Check, CheckOptions } from './validate.ts'

/** Bounds, and whether values and bounds are numbers of the type and format at all. */
export function numberCheck(schema: Schema, { floats = false }: Pick<CheckOptions, 'floats'>): Check | undefined {
  const { type, minimum, maximum, multipleOf } = schema
  const isNumeric = type === 'integer' || type === 'number'
  if (!isNumeric && minimum === undefined && maximum === undefined && multipleOf === undefined) return undefined
  const fits = representable(schema)
  const wanted = `${type ?? ''} ${known(schema) ? `with format ${schema.format ?? ''}` : '(default format)'}`
  const unfit = (what: string, number: number | undefined, path: string): readonly FieldError[] =>
    number === undefined || fits(number) ? [] : [invalidValue('', '', `${what} value must be of type ${wanted} in ${path}`)]
  return (value, path, _old, into) => {
    if (typeof value !== 'number') return
    const at: Place = { value, path, floats, isWhole: !floats && isInteger(value) }
    into.errors.push(
      ...unfit('Checked', value, path),
      ...unfit('MultipleOf', multipleOf, path),
      ...multiple(at, multipleOf, multipleOf !== undefined && fits(multipleOf)),
      ...unfit('Minimum boundary', minimum, path),
      ...lower(at, schema, minimum !== undefined && fits(minimum)),
      ...unfit('Maximum boundary', maximum, path),
      ...upper(at, schema, maximum !== undefined && fits(maximum)),
    )
  }
}

interface Place {
  readonly value: number
  readonly path: string
  readonly floats: boolean
  /** Integers are compared with the whole part of a bound. */
  readonly isWhole: boolean
}

const known = ({ type, format }: Schema): boolean =>
  type === 'integer' ? format === 'int32' || format === 'int64' : type === 'number' && (format === 'float' || format === 'double')

function representable({ type, format }: Schema): (value: number) => boolean {
  if (type === 'integer') {
    if (format === 'int32') return (value) => Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31
    return isInteger
  }
  if (type === 'number' && format === 'float') return (value) => Number.isFinite(Math.fround(value))
  return () => true
}

/** A bound as it is compared with the value, and as it is shown. */
function boundOf(bound: number, { isWhole }: Place, isFit: boolean): readonly [number, string] {
  if (!isWhole || !isFit) return [bound, formatValue(bound)]
  const whole = Math.trunc(bound)
  return [whole, formatNumber(whole)]
}

function multiple(at: Place, factor: number | undefined, isFit: boolean): readonly FieldError[] {
  if (factor === undefined) return []
  const { value, path } = at
  const [used, shown] = boundOf(factor, at, isFit)
  if (used <= 0) return [invalidValue(path, used, `factor MultipleOf declared for ${path} must be positive: ${shown}`, at.floats)]
  const isMultiple = at.isWhole && isFit ? value % used === 0 : Number.isInteger(used < 1 ? (1 / used) * value : value / used)
  return isMultiple ? [] : [invalidValue(path, value, `${path} in body should be a multiple of ${shown}`, at.floats)]
}

function lower(at: Place, { minimum, exclusiveMinimum }: Schema, isFit: boolean): readonly FieldError[] {
  if (minimum === undefined) return []
  const { value, path } = at
  const [bound, shown] = boundOf(minimum, at, isFit)
  if (exclusiveMinimum === true ? value > bound : value >= bound) return []
  return [
    invalidValue(
      path,
      value,
      `${path} in body should be greater than ${exclusiveMinimum === true ? '' : 'or equal to '}${shown}`,
      at.floats,
    ),
  ]
}

function upper(at: Place, { maximum, exclusiveMaximum }: Schema, isFit: boolean): readonly FieldError[] {
  if (maximum === undefined) return []
  const { value, path } = at
  const [bound, shown] = boundOf(maximum, at, isFit)
  if (exclusiveMaximum === true ? value < bound : value <= bound) return []
  return [
    invalidValue(path, value, `${path} in body should be less than ${exclusiveMaximum === true ? '' : 'or equal to '}${shown}`, at.floats),
  ]
}
