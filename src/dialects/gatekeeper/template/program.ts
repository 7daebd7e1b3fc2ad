import type { Json } from '../../../core/json.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { Builtin, RegoValue } from '../../../languages/rego/rego.ts'
import { compileParsedRego, errorText, parseRego, regoBuiltins, regoErrorsText, toJson } from '../../../languages/rego/rego.ts'
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
}

/** What a template sees besides its input. */
export interface TemplateWorld {
  /** `data.inventory`; asked for only by templates that use it. */
  readonly inventory: () => RegoValue
  /** The answer of a provider to keys: what the built-in `external_data` gives. */
  readonly externalData: (provider: string, keys: readonly string[]) => Json
  readonly now: Date
  /** Milliseconds until an answer comes too late; undefined where nobody waits. */
  readonly patience: number | undefined
}

/** The Rego of a template, ready to run. */
export interface TemplateProgram {
  readonly usesInventory: boolean
  /** The violations of one constraint. The error is why there is no answer: it stands for the whole review. */
  readonly evaluate: (input: TemplateInput, world: TemplateWorld) => Result<readonly Violation[], string>
}

/** Gatekeeper takes away what sends requests. */
const builtins: readonly (readonly [string, Builtin])[] = [...regoBuiltins].filter(([name]) => name !== 'http.send')

export function compileProgram(source: RegoSource): Result<TemplateProgram, readonly RegoProblem[]> {
  const parsed = parseModules(source)
  if (!parsed.ok) return parsed
  const modules = parsed.value
  const asking = parseRego(hook, { regoVersion: 0 })
  const external = externalData()
  const compiled = compileParsedRego([...modules, ...(asking.ok ? [asking.value] : [])], {
    regoVersion: source.version,
    builtins: new Map([...builtins, [external.builtin.name, external.builtin]]),
  })
  if (!compiled.ok) {
    const [first] = compiled.error
    const place = sourceNamed(first?.source.name ?? '', source.libs)
    const span = first?.source.name === hook.name ? undefined : first?.span
    return err([{ message: `unable to compile modules: ${regoErrorsText(compiled.error)}`, source: place, span }])
  }
  const rule = compiled.value.rule([...entryPackage, entryRule])
  const asks = modules.some(usesInventory)
  return ok({
    usesInventory: asks,
    evaluate: ({ review, parameters }, world) => {
      external.use(world)
      const environment = {
        now: BigInt(world.now.getTime()) * 1_000_000n,
        ...(asks ? { data: { inventory: world.inventory() } } : {}),
        ...(world.patience === undefined ? {} : { timeout: world.patience }),
      }
      const result = rule.evaluate({ review, parameters }, environment)
      // An error of the evaluation is told as a violation.
      return result.ok ? violationsOf(result.value) : ok([{ message: errorText(result.error), details: {} }])
    },
  })
}

/** `external_data` of one program: what it answers is what the world of the running evaluation answers. */
function externalData(): { readonly builtin: Builtin; readonly use: (world: TemplateWorld) => void } {
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
        const { provider, keys } = (asked ?? {}) as { readonly provider?: unknown; readonly keys?: unknown }
        if (current === undefined || typeof provider !== 'string' || !Array.isArray(keys)) return undefined
        return current.externalData(
          provider,
          keys.filter((key): key is string => typeof key === 'string'),
        )
      },
    },
  }
}
