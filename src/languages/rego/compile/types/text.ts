import type { Json } from '../../../../core/json.ts'
import { toJson } from '../../values/json.ts'
import type { PropertyType } from '../../builtins/contract.ts'
import type { RegoValue } from '../../values/value.ts'
import { compareValues } from '../../values/value.ts'
import type { Type } from './type.ts'
import { isNever } from './type.ts'

/** Types as errors show them; `???` is what is not known. */
export function typeText(type: Type | undefined): string {
  if (type === undefined || isNever(type)) return '???'
  switch (type.kind) {
    case 'any':
    case 'null':
    case 'boolean':
    case 'number':
    case 'string':
      return type.kind
    case 'array': {
      const fixed = type.items.length === 0 ? '' : `<${type.items.map(typeText).join(', ')}>`
      return `array${fixed}${type.rest === undefined ? '' : `[${typeText(type.rest)}]`}`
    }
    case 'set':
      return `set[${typeText(type.of)}]`
    case 'object': {
      const known = entriesOf(type.properties).map(({ key, value }) => `${keyText(key)}: ${typeText(value)}`)
      const fixed = known.length === 0 ? '' : `<${known.join(', ')}>`
      return `object${fixed}${type.rest === undefined ? '' : `[${typeText(type.rest.key)}: ${typeText(type.rest.value)}]`}`
    }
    case 'union':
      return `any<${sorted(type.of).map(typeText).join(', ')}>`
    case 'function':
      return `(${type.parameters.map(typeText).join(', ')}) => ${typeText(type.result)}`
  }
}

const entriesOf = (properties: readonly PropertyType[]): readonly PropertyType[] =>
  properties.toSorted((a, b) => compareValues(a.key, b.key))

/** A key as Go prints it. */
const keyText = (key: RegoValue): string => (key === null ? '<nil>' : typeof key === 'string' ? key : JSON.stringify(toJson(key)))

/** Types as errors show them in JSON. */
export function typeJson(type: Type | undefined): Json {
  if (type === undefined || isNever(type)) return null
  switch (type.kind) {
    case 'any':
    case 'null':
    case 'boolean':
    case 'number':
    case 'string':
      return { type: type.kind }
    case 'array':
      return {
        ...(type.rest !== undefined && { dynamic: typeJson(type.rest) }),
        ...(type.items.length > 0 && { static: type.items.map(typeJson) }),
        type: 'array',
      }
    case 'set':
      return { of: typeJson(type.of), type: 'set' }
    case 'object':
      return {
        ...(type.rest !== undefined && { dynamic: { key: typeJson(type.rest.key), value: typeJson(type.rest.value) } }),
        ...(type.properties.length > 0 && {
          static: entriesOf(type.properties).map(({ key, value }) => ({ key: toJson(key), value: typeJson(value) })),
        }),
        type: 'object',
      }
    case 'union':
      return { of: sorted(type.of).map(typeJson), type: 'any' }
    case 'function':
      return { args: type.parameters.map(typeJson), result: typeJson(type.result), type: 'function' }
  }
}

const ranks: readonly Type['kind'][] = ['null', 'boolean', 'number', 'string', 'array', 'object', 'set', 'union', 'any', 'function']

function sorted(types: readonly Type[]): readonly Type[] {
  return types.toSorted((a, b) => ranks.indexOf(a.kind) - ranks.indexOf(b.kind))
}
