import type { Json, JsonObject, JsonPath } from '../../../core/json.ts'
import { isJsonArray, isJsonObject } from '../../../core/json.ts'
import { defaultLimits } from '../../../core/limits.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { RuleContext } from '../context.ts'
import { substituteString } from '../variables.ts'

/** The elements of a foreach: the JMESPath `list` without braces; anything but a list is a list of that one thing. */
export function evaluateList(list: string, context: RuleContext): Result<readonly Json[], string> {
  const text = substituteString(list, context)
  if (!text.ok) return text
  const expression = context.isDelete ? text.value.replaceAll('request.object', 'request.oldObject') : text.value
  const value = context.query(expression)
  if (!value.ok) return value
  const elements = isJsonArray(value.value) ? value.value : [value.value]
  if (elements.length > defaultLimits.foreachElements)
    return err(`the list has ${elements.length} elements, more than ${defaultLimits.foreachElements}`)
  return ok(elements)
}

/** Where the elements of a list stand in the resource, for lists that are a plain path; else undefined. */
export function listPath(list: string): JsonPath | undefined {
  const match = /^\s*request\.object((?:\.[A-Za-z_]\w*)+)(?:\[\]?\*?\])?\s*(?:\|\|.*)?$/.exec(list)
  return match?.[1] === undefined ? undefined : match[1].slice(1).split('.')
}

/** `element`, `elementIndex` and their numbered forms, one number a nesting level. */
export function setElement(context: RuleContext, element: Json, index: number, nesting: number): void {
  context.set('element', element)
  context.set('elementIndex', index)
  context.set(`element${nesting}`, element)
  context.set(`elementIndex${nesting}`, index)
  context.giveForeachValues(index)
}

/** Whether patterns of an element see the element (maps do by default) or the whole resource. */
export function elementScope(element: Json, declared: boolean | undefined): Result<boolean, string> {
  const isMap = isJsonObject(element)
  if (declared === true && !isMap)
    return err('cannot use elementScope=true foreach rules for elements that are not maps, expected type=map got type=' + typeName(element))
  return ok(declared ?? isMap)
}

const typeName = (value: Json): string => (isJsonArray(value) ? 'list' : value === null ? 'null' : typeof value)

/** Simple `request.object.…` paths that an expression reads, in the order written. */
export function pathsRead(value: Json | undefined): readonly JsonPath[] {
  if (value === undefined) return []
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return [...text.matchAll(/request\.(?:object|oldObject)((?:\.[A-Za-z_]\w*)+)/g)].map(([, path = '']) => path.slice(1).split('.'))
}

/** The longest part of a path that exists. */
export function nearestExisting(root: JsonObject, path: JsonPath): JsonPath {
  const found: (string | number)[] = []
  let value: Json | undefined = root
  for (const step of path) {
    value =
      isJsonArray(value) && typeof step === 'number'
        ? value[step]
        : value !== undefined && isJsonObject(value) && Object.hasOwn(value, step)
          ? value[step]
          : undefined
    if (value === undefined) return found
    found.push(step)
  }
  return found
}
