import { anyField, stringField } from '../../../core/fields.ts'
import { isJsonArray, isJsonObject } from '../../../core/json.ts'
import type { Json, JsonObject, JsonPath } from '../../../core/json.ts'
import { nearest } from '../../../core/nearest.ts'
import { operators } from './match-shape.ts'
import { printPath } from './report.ts'
import type { Report } from './report.ts'

const deprecatedOperators: Readonly<Record<string, string>> = {
  In: 'use `AnyIn` or `AllIn`',
  NotIn: 'use `AnyNotIn` or `AllNotIn`',
  DurationGreaterThan: 'use `GreaterThan`',
  DurationGreaterThanOrEquals: 'use `GreaterThanOrEquals`',
  DurationLessThan: 'use `LessThan`',
  DurationLessThanOrEquals: 'use `LessThanOrEquals`',
}

const conditionFields = ['key', 'operator', 'value', 'message']

/** `{any, all}`, or the older bare list, of `{key, operator, value, message}`. */
export function checkConditions(conditions: Json | undefined, path: JsonPath, report: Report): void {
  if (conditions === undefined || conditions === null) return
  if (isJsonArray(conditions)) return checkList(conditions, path, report)
  if (!isJsonObject(conditions)) return report.error('wrong-type', { path }, `expected \`any\` or \`all\` at \`${printPath(path)}\``)
  for (const [key, list] of Object.entries(conditions)) {
    const at = [...path, key]
    if (key !== 'any' && key !== 'all') unknown(key, at, ['any', 'all'], report)
    else if (isJsonArray(list)) checkList(list, at, report)
    else if (list !== null) report.error('wrong-type', { path: at }, `expected a list at \`${printPath(at)}\``)
  }
}

/** Conditions of attestations and exceptions may also be a list of `{any, all}`. */
export function checkConditionsOrBlocks(conditions: Json | undefined, path: JsonPath, report: Report): void {
  if (!isJsonArray(conditions)) return checkConditions(conditions, path, report)
  conditions.forEach((block, index) => {
    const at = [...path, index]
    if (isJsonObject(block) && (anyField(block, 'any') !== undefined || anyField(block, 'all') !== undefined))
      checkConditions(block, at, report)
    else checkCondition(block, at, report)
  })
}

function checkList(conditions: readonly Json[], path: JsonPath, report: Report): void {
  conditions.forEach((condition, index) => checkCondition(condition, [...path, index], report))
}

function checkCondition(condition: Json, path: JsonPath, report: Report): void {
  if (!isJsonObject(condition)) return report.error('wrong-type', { path }, `expected a condition at \`${printPath(path)}\``)
  for (const key of Object.keys(condition)) if (!conditionFields.includes(key)) unknown(key, [...path, key], conditionFields, report)
  checkOperator(condition, path, report)
}

function checkOperator(condition: JsonObject, path: JsonPath, report: Report): void {
  const operator = stringField(condition, 'operator')
  const at = [...path, 'operator']
  if (operator === undefined) {
    report.error('missing-field', { path }, `expected field \`operator\` in \`${printPath(path)}\``)
    return
  }
  if (Object.hasOwn(deprecatedOperators, operator)) {
    report.warning('deprecated-operator', { path: at }, `operator \`${operator}\` is deprecated`, deprecatedOperators[operator])
  } else if (!operators.some((known) => known === operator)) {
    const close = nearest(operator, operators)
    report.error(
      'invalid-operator',
      { path: at },
      `unknown operator \`${operator}\``,
      close === undefined ? `known operators: ${operators.join(', ')}` : `did you mean \`${close}\`?`,
    )
  }
}

function unknown(key: string, path: JsonPath, known: readonly string[], report: Report): void {
  const close = nearest(key, known)
  report.error(
    'unknown-field',
    { path, part: 'key' },
    `unknown field \`${printPath(path)}\``,
    close === undefined ? undefined : `did you mean \`${close}\`?`,
  )
}
