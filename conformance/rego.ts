import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Json, JsonObject } from '../src/core/json.ts'
import { isJsonArray, isJsonObject, jsonEqual } from '../src/core/json.ts'
import type { Result } from '../src/core/result.ts'
import { err, ok } from '../src/core/result.ts'
import { loadValue } from '../src/kube/yaml/yaml.ts'
import type {
  BackEnd,
  Bindings,
  Builtin,
  RegoEnvironment,
  RegoOptions,
  RegoValue,
  RegoVersion,
  TraceEvent,
} from '../src/languages/rego/rego.ts'
import { compileRego, errorText, fromJson, regoBuiltins, toJson } from '../src/languages/rego/rego.ts'
import type { Outcome, Suite } from './outcome.ts'
import { uniqueIds } from './outcome.ts'

/** OPA's own cases of its language, in both versions. */
export const regoSuite: Suite = {
  name: 'rego',
  run: (root, grep) => {
    const folder = join(root, 'rego')
    if (!existsSync(folder)) return Promise.resolve(undefined)
    const unique = uniqueIds()
    const outcomes: Outcome[] = []
    for (const version of [0, 1] as const) {
      for (const file of globSync(`v${version}/**/*.yaml`, { cwd: folder }).toSorted()) {
        for (const test of casesOf(join(folder, file))) {
          const id = unique(`rego:v${version}/${file.split('/')[1]}#${String(test['note'])}`)
          if (id.includes(grep)) outcomes.push({ id, ...outcomeOf(version, test) })
        }
      }
    }
    return Promise.resolve(outcomes)
  },
}

function casesOf(file: string): readonly JsonObject[] {
  const loaded = loadValue(readFileSync(file, 'utf8'))
  if (!loaded.ok || !isJsonObject(loaded.value)) throw new Error(`${file} is no file of cases`)
  const cases = loaded.value['cases']
  return cases !== undefined && isJsonArray(cases) ? cases.filter(isJsonObject) : []
}

type Verdict = Outcome extends infer O ? (O extends Outcome ? Omit<O, 'id'> : never) : never

function outcomeOf(version: RegoVersion, test: JsonObject): Verdict {
  if (test['experimental_keywords'] !== undefined) return { verdict: 'not yet', reason: 'the experimental operators `and` and `or`' }
  const problem = ways.map((way) => check(test, attempt(version, test, way))).find((found) => found !== undefined)
  return problem === undefined ? { verdict: 'passed' } : { verdict: 'failed', reason: problem }
}

/** A case passes when all ways to run it agree with upstream. */
type Way = BackEnd | 'traced' | 'rules'
const ways: readonly Way[] = ['closures', 'javascript', 'traced', 'rules']

/** A defect fails its case, not the run. */
function attempt(version: RegoVersion, test: JsonObject, way: Way): Result<readonly Bindings[], string> {
  try {
    return run(version, test, way)
  } catch (error) {
    return err(`threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  }
}

/** The suite's own built-in: time passes, as far as anyone can tell. */
const sleep: Builtin = { name: 'test.sleep', parameters: [{ kind: 'string' }], result: { kind: 'null' }, evaluate: () => null }
const builtins: ReadonlyMap<string, Builtin> = new Map([...regoBuiltins, [sleep.name, sleep]])

/** The solutions, or the text of the error: `code: message`. */
function run(regoVersion: RegoVersion, test: JsonObject, way: Way): Result<readonly Bindings[], string> {
  const { query } = test
  const [modules, data] = [test['modules'] ?? [], test['data'] ?? {}]
  if (typeof query !== 'string' || !isJsonArray(modules) || !isJsonObject(data)) return err('the case is malformed')
  const sources = modules.map((text, at) => ({ name: `test-${at}.rego`, text: String(text) }))
  const asked = way === 'rules' ? askedRule(query) : undefined
  const program = compileRego(sources, {
    regoVersion,
    builtins,
    strictErrors: test['strict_error'] === true,
    ...optionsOf(way === 'rules' && asked === undefined ? 'javascript' : way),
  })
  if (!program.ok) return err(program.error.map(({ code, message }) => `${code}: ${message}`).join('\n'))
  if (asked !== undefined) {
    const result = program.value.rule(asked.path).evaluate(inputOf(test), environmentOf(test, data))
    if (!result.ok) return err(errorText(result.error))
    return ok(result.value === undefined ? [] : [{ [asked.variable]: result.value }])
  }
  const prepared = program.value.prepare(query)
  if (!prepared.ok) return err(prepared.error.map(({ code, message }) => `${code}: ${message}`).join('\n'))
  const result = prepared.value.evaluate(inputOf(test), {
    ...environmentOf(test, data),
    ...(way === 'traced' ? { tracer: look } : {}),
  })
  return result.ok ? ok(result.value) : err(errorText(result.error))
}

function optionsOf(way: Way): Partial<RegoOptions> {
  switch (way) {
    case 'traced':
      return { trace: true }
    case 'rules':
      return { rulesOnly: true, backEnd: 'javascript' }
    default:
      return { backEnd: way }
  }
}

/** The rule that a query asks for, if it asks for nothing else. */
function askedRule(query: string): { readonly path: readonly string[]; readonly variable: string } | undefined {
  const [, path, variable] = /^data\.([a-z_.]+) = ([a-z])$/.exec(query) ?? []
  return path === undefined || variable === undefined ? undefined : { path: path.split('.'), variable }
}

function environmentOf({ env, ...test }: JsonObject, data: JsonObject): RegoEnvironment {
  const runtime = env !== undefined && isJsonObject(env) ? { runtime: { env } } : {}
  return { data, strictErrors: test['strict_error'] === true, steps: 10_000_000, ...runtime }
}

/** Looking at values must change nothing. */
function look({ operation, locals, values }: TraceEvent): void {
  locals()
  if (operation === 'fail') values()
}

function inputOf(test: JsonObject): RegoValue | undefined {
  const { input, input_term: term } = test
  if (typeof term !== 'string') return input === undefined ? undefined : fromJson(input)
  const program = compileRego([], { regoVersion: 1 })
  const prepared = program.ok ? program.value.prepare(`x = ${term}`) : program
  const result = prepared.ok ? prepared.value.evaluate(undefined) : undefined
  return result?.ok === true ? result.value[0]?.['x'] : undefined
}

/** What is wrong with the outcome, or undefined. */
function check(test: JsonObject, found: Result<readonly Bindings[], string>): string | undefined {
  const { want_error_code: code, want_error: message, want_result: wanted } = test
  if (code !== undefined || message !== undefined) {
    const text = [code, message].filter((part) => typeof part === 'string').join(': ')
    if (found.ok) return `expected the error ${text}, found ${show(solutionsOf(test, found.value))}`
    const isExpected = [code, message].every((part) => typeof part !== 'string' || found.error.includes(part))
    return isExpected ? undefined : `expected the error ${text}\nfound the error ${found.error}`
  }
  if (!found.ok) return `expected ${show(wanted)}\nfound the error ${found.error}`
  const solutions = solutionsOf(test, found.value)
  if (wanted === undefined) return undefined
  const expected = isJsonArray(wanted) ? sorted(wanted.map((each) => (test['sort_bindings'] === true ? sortLists(each) : each))) : []
  return jsonEqual(solutions, expected) ? undefined : `expected ${show(expected)}\nfound ${show(solutions)}`
}

const show = (value: Json | undefined): string => JSON.stringify(value) ?? 'nothing'

function solutionsOf(test: JsonObject, found: readonly Bindings[]): readonly Json[] {
  const solutions = found.map((bindings) => {
    const shown = Object.entries(bindings).filter(([name]) => !name.startsWith('__localq'))
    const json: JsonObject = Object.fromEntries(shown.map(([name, value]) => [name, toJson(value)]))
    return test['sort_bindings'] === true ? sortLists(json) : json
  })
  return sorted(solutions)
}

/** Solutions are a set. */
function sorted(values: readonly Json[]): readonly Json[] {
  const texts = new Map(values.map((value) => [canonical(value), value] as const))
  return [...texts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value)
}

function canonical(value: Json): string {
  if (isJsonArray(value)) return `[${value.map(canonical).join()}]`
  if (!isJsonObject(value)) return JSON.stringify(value)
  const keys = Object.keys(value).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`).join()}}`
}

function sortLists(bindings: Json): Json {
  if (!isJsonObject(bindings)) return bindings
  return Object.fromEntries(Object.entries(bindings).map(([name, value]) => [name, isJsonArray(value) ? sorted(value) : value]))
}
