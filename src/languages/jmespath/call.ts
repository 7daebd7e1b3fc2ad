import type { Json } from '../../core/json.ts'
import { isJsonArray } from '../../core/json.ts'
import type { JmesArgument, JmesEnvironment, JmesFunction, JmesParameter, JmesType } from './function.ts'
import { JmesFailure } from './function.ts'

/** Checks arguments against the row of the function, then runs it. */
export function callFunction(definition: JmesFunction, args: readonly JmesArgument[], environment: JmesEnvironment): Json | JmesFailure {
  const { name, parameters, variadic } = definition
  if (variadic ? args.length < parameters.length : args.length !== parameters.length) {
    return new JmesFailure('invalid-arity', arityMessage(definition, args.length))
  }
  for (let index = 0; index < args.length; index += 1) {
    const parameter = parameters[Math.min(index, parameters.length - 1)]
    if (parameter === undefined || !accepts(parameter, args[index] ?? null))
      return new JmesFailure('invalid-type', typeMessage(name, index, parameter ?? 'any'))
  }
  return definition.evaluate(args, environment)
}

export function arityMessage({ name, parameters, variadic }: JmesFunction, found: number): string {
  const expected = `${variadic ? 'at least ' : ''}${parameters.length} argument${parameters.length === 1 ? '' : 's'}`
  return `JMESPath function '${name}': expected ${expected}, found ${found}`
}

const typeMessage = (name: string, index: number, parameter: JmesParameter): string =>
  `JMESPath function '${name}': argument #${index + 1} is not of type ${typesOf(parameter).map(describeType).join(' or ')}`

const typesOf = (parameter: JmesParameter): readonly JmesType[] => (typeof parameter === 'string' ? [parameter] : parameter)

const describeType = (type: JmesType): string => {
  const words: Readonly<Record<JmesType, string>> = {
    string: 'String',
    number: 'Number',
    boolean: 'Boolean',
    array: 'Array',
    strings: 'Array of Strings',
    numbers: 'Array of Numbers',
    object: 'Object',
    null: 'Null',
    any: 'Any',
    expression: 'Expression',
  }
  return words[type]
}

function accepts(parameter: JmesParameter, value: JmesArgument): boolean {
  if (typeof parameter !== 'string') return parameter.some((type) => hasType(type, value))
  return hasType(parameter, value)
}

function hasType(type: JmesType, value: JmesArgument): boolean {
  const isReference = isExpression(value)
  switch (type) {
    case 'any':
      return !isReference
    case 'expression':
      return isReference
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === type
    case 'null':
      return value === null
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value) && !isReference
    case 'array':
      return Array.isArray(value)
    case 'strings':
      return Array.isArray(value) && value.every((item) => typeof item === 'string')
    case 'numbers':
      return Array.isArray(value) && value.every((item) => typeof item === 'number')
  }
}

const isExpression = (value: JmesArgument): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !isJsonArray(value) &&
  typeof (value as { readonly evaluate?: unknown }).evaluate === 'function'
