import type { Diagnostic } from '../core/diagnostic.ts'
import type { Decider } from '../engine/engine.ts'
import { compileManifests, createDecider } from '../engine/engine.ts'
import type { Manifest } from '../kube/manifest.ts'
import type { KubeObject } from '../kube/object.ts'
import type { AdmissionFace, ManifestRoute, PolicyRoute } from '../policy/admission.ts'
import type { Compilation, Dialect } from '../policy/dialect.ts'
import { claims } from '../policy/dialect.ts'
import type { CompiledPolicy, PolicyOutcome } from '../policy/policy.ts'
import { ruleOutcome } from '../policy/policy.ts'

/** Settings of the dialects, by the dialect's name. */
export type Settings = Readonly<Record<string, KubeObject | undefined>>

export type RouteMatch =
  | {
      readonly kind: 'policies'
      readonly face: AdmissionFace
      readonly route: PolicyRoute
      readonly decider: Decider
      readonly settings: KubeObject | undefined
    }
  | { readonly kind: 'manifest'; readonly dialect: Dialect; readonly route: ManifestRoute }

/** The policies of one moment, and what answers each path. Never changes: a new set of manifests makes a new table. */
export interface PolicyTable {
  readonly compilation: Compilation
  readonly settings: Settings
  match(path: string): RouteMatch | undefined
}

/** Nothing of ours may take the webhook down: what throws is an error outcome of that policy alone. */
function guarded(policy: CompiledPolicy, onBug: (policy: CompiledPolicy, error: unknown) => void): CompiledPolicy {
  const self: CompiledPolicy = {
    ...policy,
    evaluate: (phase, request, facts): PolicyOutcome => {
      try {
        return { ...policy.evaluate(phase, request, facts), policy: self }
      } catch (error) {
        onBug(policy, error)
        const message = `internal error: ${error instanceof Error ? error.message : String(error)}`
        return { policy: self, rules: [ruleOutcome({ effect: phase, result: 'error', message })] }
      }
    },
  }
  return self
}

export interface TableOptions {
  readonly dialects: readonly Dialect[]
  readonly manifests: readonly Manifest[]
  readonly settings: Settings
  readonly onBug: (policy: CompiledPolicy, error: unknown) => void
}

/** Paths are asked again and again: what they mean is kept, up to so many (the rest of a path is the client's to choose). */
const keptPaths = 5_000

export function createPolicyTable({ dialects, manifests, settings, onBug }: TableOptions): PolicyTable {
  const compiled = compileManifests(dialects, manifests)
  const compilation = { ...compiled, policies: compiled.policies.map((policy) => guarded(policy, onBug)) }
  const known = new Map<string, RouteMatch | undefined>()

  const find = (path: string): RouteMatch | undefined => {
    for (const dialect of dialects) {
      const face = dialect.admission
      if (face === undefined) continue
      const route = face.policyRoutes.find((one) => path === one.path || path.startsWith(`${one.path}/`))
      if (route !== undefined) {
        const rest = path.slice(route.path.length)
        const own = compilation.policies.filter((policy) => dialect.kinds.some((kind) => claims(kind, policy)) && route.takes(policy, rest))
        return { kind: 'policies', face, route, decider: createDecider(own, route.phases), settings: settings[dialect.name] }
      }
      const manifestRoute = face.manifestRoutes.find((one) => path === one.path)
      if (manifestRoute !== undefined) return { kind: 'manifest', dialect, route: manifestRoute }
    }
    return undefined
  }
  return {
    compilation,
    settings,
    match: (path) => {
      if (known.has(path)) return known.get(path)
      const found = find(path)
      if (known.size < keptPaths) known.set(path, found)
      return found
    },
  }
}

/** What a dialect has to say about one of its own manifests: the checks of its kind, and why it does not compile. */
export function diagnose(dialect: Dialect, manifest: Manifest): readonly Diagnostic[] {
  const { object } = manifest
  const kind = dialect.kinds.find((one) => claims(one, object))
  if (kind === undefined) return []
  const { rejected } = dialect.compile([manifest])
  return [...kind.check(manifest), ...rejected.flatMap(({ diagnostics }) => diagnostics)]
}
