import type { Json } from '../../../core/json.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { Builtin, RegoEnvironment, RegoMemory, RegoModule, RegoValue, SearchAttempt } from '../../../languages/rego/rego.ts'
import {
  compileParsedRego,
  errorText,
  newRegoMemory,
  newSearchTree,
  parseRego,
  regoBuiltins,
  regoErrorsText,
  toJson,
} from '../../../languages/rego/rego.ts'
import { entryPackage, entryRule, hook } from './hook.ts'
import type { RegoProblem, RegoSource } from './modules.ts'
import { parseModules, sourceNamed } from './modules.ts'
import { usesInventory } from './references.ts'
import { violationsOf } from './violations.ts'
import type { Violation } from './violations.ts'

/** `input` of a template. */
export interface TemplateInput {
  readonly review: RegoValue
  readonly parameters: RegoValue
  /** What earlier evaluations with these parameters have found. */
  readonly memory: RegoMemory
}

/** What a template sees besides its input. */
export interface TemplateWorld {
  /** `data.inventory`; asked for only by templates that use it. */
  readonly inventory: () => RegoValue
  /** The answer of a provider to keys: what the built-in `external_data` gives. */
  readonly externalData: (provider: string, keys: readonly string[]) => Json
  readonly now: Date
  /** When an answer comes too late, as `PolicyRequest.deadline`; undefined where nobody waits. */
  readonly deadline: number | undefined
}

/** The Rego of a template, ready to run. */
export interface TemplateProgram {
  readonly language: 'rego'
  readonly usesInventory: boolean
  /** The violations of one constraint. The error is why there is no answer: it stands for the whole review. */
  readonly evaluate: (input: TemplateInput, world: TemplateWorld) => Result<readonly Violation[], string>
  /** How the rules come to what they say. Compiled for it when it is asked for. */
  readonly trace?: (input: TemplateInput, world: TemplateWorld) => TemplateTrace
}

/** The search for violations. */
export interface TemplateTrace {
  /** The rules for violations, and what was tried for each. */
  readonly rules: readonly SearchAttempt[]
  /** Something was left out. */
  readonly isCut: boolean
  /** Why the search came to no end. */
  readonly error: string | undefined
}

/** Gatekeeper takes away what sends requests. */
const builtins: readonly (readonly [string, Builtin])[] = [...regoBuiltins].filter(([name]) => name !== 'http.send')
const withoutProviders: ReadonlyMap<string, Builtin> = new Map(builtins)

interface ProgramOptions {
  /** Whether there is `external_data`. */
  readonly externalData?: boolean
}

export function compileProgram(
  source: RegoSource,
  { externalData: asksProviders = true }: ProgramOptions = {},
): Result<TemplateProgram, readonly RegoProblem[]> {
  const parsed = parseModules(source)
  if (!parsed.ok) return parsed
  const modules = parsed.value
  const external = asksProviders ? externalData() : undefined
  const compiled = compileModules(modules, source, external)
  if (!compiled.ok) {
    const [first] = compiled.error
    const place = sourceNamed(first?.source.name ?? '', source.libs)
    const span = first?.source.name === hook.name ? undefined : first?.span
    return err([{ message: `unable to compile modules: ${regoErrorsText(compiled.error)}`, source: place, span }])
  }
  const rule = compiled.value.rule([...entryPackage, entryRule])
  const asks = modules.some(usesInventory)
  let tracer: TemplateProgram['trace']
  return ok({
    language: 'rego',
    usesInventory: asks,
    evaluate: ({ review, parameters, memory }, world) => {
      external?.use(world)
      const result = rule.evaluate({ review, parameters }, new WorldEnvironment(world, asks, memory))
      // An error of the evaluation is told as a violation.
      return result.ok ? violationsOf(result.value) : ok([{ message: errorText(result.error), details: {} }])
    },
    trace: (input, world) => (tracer ??= compileTracer(source, asks))(input, world),
  })
}

function compileModules(
  modules: readonly RegoModule[],
  { version }: RegoSource,
  external: ExternalData | undefined,
  trace = false,
): ReturnType<typeof compileParsedRego> {
  const asking = parseRego(hook, { regoVersion: 0 })
  return compileParsedRego([...modules, ...(asking.ok ? [asking.value] : [])], {
    regoVersion: version,
    builtins: external === undefined ? withoutProviders : new Map([...builtins, [external.builtin.name, external.builtin]]),
    constants: new Set(['parameters']),
    rulesOnly: true,
    trace,
  })
}

/** What is rarely asked for is made when it is. */
class WorldEnvironment implements RegoEnvironment {
  readonly memory: RegoMemory
  readonly deadline: number | undefined
  readonly #world: TemplateWorld
  readonly #asksInventory: boolean

  constructor(world: TemplateWorld, asksInventory: boolean, memory: RegoMemory) {
    this.memory = memory
    this.deadline = world.deadline
    this.#world = world
    this.#asksInventory = asksInventory
  }

  get now(): bigint {
    return BigInt(this.#world.now.getTime()) * 1_000_000n
  }

  get data(): { readonly inventory: RegoValue } | undefined {
    return this.#asksInventory ? { inventory: this.#world.inventory() } : undefined
  }
}

/** The same modules again, as ones that tell how they are evaluated. */
function compileTracer(source: RegoSource, asksInventory: boolean): NonNullable<TemplateProgram['trace']> {
  const modules = parseModules(source)
  const external = externalData()
  const compiled = modules.ok ? compileModules(modules.value, source, external, true) : undefined
  if (compiled?.ok !== true) return () => ({ rules: [], isCut: false, error: 'the rules cannot be traced' })
  const rule = compiled.value.rule([...entryPackage, entryRule])
  return ({ review, parameters }, world) => {
    external.use(world)
    const tree = newSearchTree()
    const result = rule.evaluate(
      { review, parameters },
      Object.assign(new WorldEnvironment(world, asksInventory, newRegoMemory()), { search: tree.listener }),
    )
    return { rules: tree.roots, isCut: tree.isCut(), error: result.ok ? undefined : errorText(result.error) }
  }
}

interface ExternalData {
  readonly builtin: Builtin
  readonly use: (world: TemplateWorld) => void
}

/** `external_data` of one program: what it answers is what the world of the running evaluation answers. */
function externalData(): ExternalData {
  let current: TemplateWorld | undefined
  const any = { kind: 'any' } as const
  return {
    use: (world) => {
      current = world
    },
    builtin: {
      name: 'external_data',
      parameters: [{ kind: 'object', properties: [], rest: { key: any, value: any } }],
      result: any,
      nondeterministic: true,
      evaluate: ([request = null]) => {
        const asked = toJson(request)
        const { provider = '', keys = [] } = (asked ?? {}) as { readonly provider?: unknown; readonly keys?: unknown }
        if (current === undefined || typeof provider !== 'string' || !Array.isArray(keys)) return undefined
        // A key that is no text is an error of the call, which is then undefined.
        return keys.every((key): key is string => typeof key === 'string') ? current.externalData(provider, keys) : undefined
      },
    },
  }
}
