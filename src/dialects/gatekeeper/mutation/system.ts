import type { JsonObject } from '../../../core/json.ts'
import { isJsonObject, jsonEqual } from '../../../core/json.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { groupVersionKind, isKubeObject, nameOf, namespaceOf } from '../../../kube/object.ts'
import type { Facts } from '../../../policy/facts.ts'
import type { Providers } from '../external-data.ts'
import { appliesTo } from './apply-to.ts'
import type { ExternalValues, Placeholder, Ports } from './external-data.ts'
import { externalValues, resolvePlaceholders } from './external-data.ts'
import type { MutationTarget, Mutator } from './mutator.ts'
import { mutatorId } from './mutator.ts'
import { compareMutators, findConflicts } from './schema-conflicts.ts'
import { writeAt } from './walk.ts'

/** What one mutator makes of an object, whatever the others do; undefined where nothing changes. */
export function mutateAlone(mutator: Mutator, target: MutationTarget, ports: Ports): Result<JsonObject | undefined, string> {
  const placeholders = new Map<JsonObject, Placeholder>()
  const written = applyMutator(mutator, target, externalValues(placeholders))
  if (!written.ok || written.value === undefined || written.value === target.object) return written.ok ? ok(undefined) : written
  const resolved = resolvePlaceholders(written.value, placeholders, ports)
  return resolved.ok ? ok(isJsonObject(resolved.value) ? resolved.value : undefined) : resolved
}

/** What became of an object. */
export interface Mutation {
  /** The object given, where nothing changed. */
  readonly object: KubeObject
  /** The mutators that changed something, in their order. */
  readonly applied: readonly Mutator[]
}

/** All mutators of a cluster, which act together until the object stays as it is. */
export interface MutationSystem {
  /** The mutators that take part, in the order in which they run. */
  readonly mutators: readonly Mutator[]
  /** Mutators that are disabled because of each other. */
  readonly conflicts: ReadonlyMap<Mutator, readonly Mutator[]>
  /** The error is upstream's text. It is void while `facts.missing` is not empty. */
  mutate(target: MutationTarget, facts: Facts): Result<Mutation, string>
}

/** `providers` are those of external data. */
export function createMutationSystem(all: readonly Mutator[], providers: Providers | null = new Map()): MutationSystem {
  // Of two with one name the later is the one that a cluster would have.
  const unique = [...new Map(all.map((mutator) => [mutatorId(mutator), mutator])).values()]
  const conflicts = findConflicts(unique)
  const mutators = unique.filter((mutator) => !conflicts.has(mutator)).sort(compareMutators)
  return { mutators, conflicts, mutate: (target, facts) => mutateToFixPoint(mutators, target, { providers, facts }) }
}

function mutateToFixPoint(mutators: readonly Mutator[], target: MutationTarget, ports: Ports): Result<Mutation, string> {
  const placeholders = new Map<JsonObject, Placeholder>()
  const external = externalValues(placeholders)
  const applied = new Set<Mutator>()
  let { object } = target
  for (let round = 0; round <= mutators.length; round += 1) {
    const passed = mutateOnce(mutators, { ...target, object }, external)
    if (!passed.ok) return passed
    if (passed.value.applied.length === 0 || jsonEqual(passed.value.object, object))
      return finish(target, object, { applied, placeholders, ports })
    for (const mutator of passed.value.applied) applied.add(mutator)
    ;({ object } = passed.value)
  }
  return err(`mutation not converging: mutation ${target.id} not converging for ${describe(object)}`)
}

interface Finish {
  readonly applied: ReadonlySet<Mutator>
  readonly placeholders: Map<JsonObject, Placeholder>
  readonly ports: Ports
}

function finish(target: MutationTarget, object: KubeObject, { applied, placeholders, ports }: Finish): Result<Mutation, string> {
  if (object === target.object) return ok({ object, applied: [] })
  const resolved = resolvePlaceholders(object, placeholders, ports)
  if (!resolved.ok) return resolved
  return isKubeObject(resolved.value)
    ? ok({ object: resolved.value, applied: [...applied].sort(compareMutators) })
    : err('mutation leaves no apiVersion and kind')
}

/** One pass of all mutators, each seeing what the ones before it made. */
function mutateOnce(mutators: readonly Mutator[], target: MutationTarget, external: ExternalValues): Result<Mutation, string> {
  let { object } = target
  const applied: Mutator[] = []
  for (const mutator of mutators) {
    const mutated = applyMutator(mutator, { ...target, object }, external)
    if (!mutated.ok) return mutated
    if (mutated.value === undefined || mutated.value === object || !isKubeObject(mutated.value)) continue
    applied.push(mutator)
    object = mutated.value
  }
  return ok({ object, applied })
}

/** Undefined: the mutator is not for this object, or writes nothing. */
function applyMutator(mutator: Mutator, target: MutationTarget, external: ExternalValues): Result<JsonObject | undefined, string> {
  const { applyTo, location, tests } = mutator
  if (applyTo !== undefined && !appliesTo(applyTo, groupVersionKind(target.object), target.operation)) return ok(undefined)
  const matches = mutator.matches(target)
  if (!matches.ok)
    return err(
      `matching for mutator ${mutatorId(mutator)} failed for ${describe(target.object)}: failed to run Match criteria: ${matches.error}`,
    )
  if (!matches.value) return ok(undefined)
  const written = writeAt(target.object, location, tests, mutator.setter(target, external))
  if (written.ok) return ok(isJsonObject(written.value) ? written.value : undefined)
  return err(`mutation ${target.id} for mutator ${mutatorId(mutator)} failed for ${describe(target.object)}: ${written.error}`)
}

function describe(object: KubeObject): string {
  const { group, kind } = groupVersionKind(object)
  return `${group} ${kind} ${namespaceOf(object)} ${nameOf(object)}`
}
