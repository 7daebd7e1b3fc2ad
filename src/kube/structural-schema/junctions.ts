import type { Json } from '../../core/json.ts'
import type { FieldError } from '../field-error.ts'
import type { Schema } from '../schema.ts'
import { invalidValue } from './texts.ts'
import type { Check, Findings } from './validate.ts'

type Compile = (schema: Schema) => Check

/** anyOf, oneOf, allOf and not, in this order. What they find is not ratcheted: it is the value as a whole that fits or not. */
export function junctionChecks({ anyOf = [], oneOf = [], allOf = [], not }: Schema, compile: Compile): readonly Check[] {
  return [
    ...(anyOf.length === 0 ? [] : [anyOfCheck(anyOf.map(compile))]),
    ...(oneOf.length === 0 ? [] : [oneOfCheck(oneOf.map(compile))]),
    ...(allOf.length === 0 ? [] : [allOfCheck(allOf.map(compile))]),
    ...(not === undefined ? [] : [notCheck(compile(not))]),
  ]
}

/** These errors belong to no field; the path is in their text. */
const told = (path: string, text: string): FieldError => invalidValue('', '', `${JSON.stringify(path)} ${text}`)

function findingsOf(check: Check, value: Json, path: string): Findings {
  const findings: Findings = { errors: [], visits: 0 }
  check(value, path, undefined, findings)
  return findings
}

function add(into: Findings, found: Findings): void {
  into.errors.push(...found.errors)
  into.visits += found.visits
}

/** Of what does not fit, what came furthest; the first of equals. */
const furthest = (best: Findings | undefined, found: Findings): Findings =>
  best === undefined || found.visits > best.visits ? found : best

function anyOfCheck(checks: readonly Check[]): Check {
  return (value, path, _old, into) => {
    let best: Findings | undefined
    for (const check of checks) {
      const found = findingsOf(check, value, path)
      if (found.errors.length === 0) {
        into.visits += found.visits
        return
      }
      best = furthest(best, found)
    }
    into.errors.push(told(path, 'must validate at least one schema (anyOf)'))
    if (best !== undefined) add(into, best)
  }
}

function oneOfCheck(checks: readonly Check[]): Check {
  return (value, path, _old, into) => {
    let best: Findings | undefined
    let fitting = 0
    for (const check of checks) {
      const found = findingsOf(check, value, path)
      if (found.errors.length === 0) fitting += 1
      else best = furthest(best, found)
    }
    if (fitting === 1) return
    const count = fitting === 0 ? 'Found none valid' : `Found ${fitting} valid alternatives`
    into.errors.push(told(path, `must validate one and only one schema (oneOf). ${count}`))
    if (fitting === 0 && best !== undefined) add(into, best)
  }
}

function allOfCheck(checks: readonly Check[]): Check {
  return (value, path, _old, into) => {
    let fitting = 0
    for (const check of checks) {
      const found = findingsOf(check, value, path)
      if (found.errors.length === 0) fitting += 1
      add(into, found)
    }
    if (fitting === checks.length) return
    into.errors.push(told(path, `must validate all the schemas (allOf)${fitting === 0 ? '. None validated' : ''}`))
  }
}

function notCheck(check: Check): Check {
  return (value, path, _old, into) => {
    if (findingsOf(check, value, path).errors.length === 0) into.errors.push(told(path, 'must not validate the schema (not)'))
  }
}
