import type { FieldError } from '../field-error.ts'
import type { Schema } from '../schema.ts'
import { hasFormat } from './formats.ts'
import { compilePattern } from './patterns.ts'
import { invalidType, invalidValue, tooLongValue } from './texts.ts'
import type { Check } from './validate.ts'

/** Length and pattern; the first that fails is told. */
export function stringCheck({ minLength, maxLength, pattern }: Schema): Check | undefined {
  if (minLength === undefined && maxLength === undefined && pattern === undefined) return undefined
  const regex = pattern === undefined ? undefined : compilePattern(pattern)
  const wrong = (value: string, path: string): FieldError | undefined => {
    if (maxLength !== undefined && value.length > maxLength && characters(value) > maxLength) return tooLongValue(path, maxLength)
    if (minLength !== undefined && characters(value) < minLength)
      return invalidValue(path, value, `${path} in body should be at least ${minLength} chars long`)
    if (regex?.ok === true && !regex.value.test(value)) return invalidValue(path, value, `${path} in body should match '${pattern ?? ''}'`)
    return undefined
  }
  return (value, path, _old, into) => {
    const error = typeof value === 'string' ? wrong(value, path) : undefined
    if (error !== undefined) into.errors.push(error)
  }
}

/** Characters are code points. */
function characters(text: string): number {
  let count = 0
  for (const _ of text) count += 1
  return count
}

export function formatCheck({ format }: Schema): Check | undefined {
  if (format === undefined) return undefined
  const check = hasFormat(format)
  if (check === undefined) return undefined
  return (value, path, _old, into) => {
    if (typeof value === 'string' && !check(value))
      into.errors.push(invalidType(path, value, `${path} in body must be of type ${format}: ${JSON.stringify(value)}`))
  }
}
