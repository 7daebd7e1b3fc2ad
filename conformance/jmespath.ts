import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Json } from '../src/core/json.ts'
import { isJsonArray, isJsonObject, jsonEqual } from '../src/core/json.ts'
import type { JmesEnvironment } from '../src/languages/jmespath/jmespath.ts'
import { compileJmespath, functionTable, JmesFailure, standardFunctions } from '../src/languages/jmespath/jmespath.ts'

export interface Case {
  readonly id: string
  /** Undefined when it passes, else what went wrong. */
  readonly run: () => string | undefined
}

const environment: JmesEnvironment = { now: () => new Date(0), random: () => 0, resolveHost: () => undefined }
const functions = functionTable(standardFunctions)

/** The compliance tests of the JMESPath specification under ROOT/jmespath. */
export function jmespathCases(root: string): readonly Case[] {
  const folder = join(root, 'jmespath')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .flatMap((file) => casesOf(file, JSON.parse(readFileSync(join(folder, file), 'utf8')) as Json))
}

function casesOf(file: string, suites: Json): readonly Case[] {
  if (!isJsonArray(suites)) return []
  return suites.filter(isJsonObject).flatMap((suite, s) => {
    const cases = suite['cases']
    if (cases === undefined || !isJsonArray(cases)) return []
    return cases.filter(isJsonObject).flatMap((test, c): readonly Case[] => {
      const { expression, result, error } = test
      // Entries with only `bench` measure; they expect nothing.
      if (typeof expression !== 'string' || (result === undefined && error === undefined)) return []
      return [{ id: `${file}/${s}/${c}: ${expression}`, run: () => check(expression, suite['given'] ?? null, result, error) }]
    })
  })
}

function check(expression: string, given: Json, result: Json | undefined, error: Json | undefined): string | undefined {
  const program = compileJmespath(expression, { functions, missingKey: 'null' })
  const found = program.ok ? program.value.evaluate(given, environment) : program.error[0]?.message
  if (!program.ok || found instanceof JmesFailure) {
    const why = found instanceof JmesFailure ? found.message : found
    return error === undefined ? `expected ${JSON.stringify(result)}, found the error: ${why}` : undefined
  }
  if (error !== undefined) return `expected the error ${JSON.stringify(error)}, found ${JSON.stringify(found)}`
  return jsonEqual(found ?? null, result ?? null) ? undefined : `expected ${JSON.stringify(result)}, found ${JSON.stringify(found)}`
}
