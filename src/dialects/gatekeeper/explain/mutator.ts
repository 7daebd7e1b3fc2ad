import type { JsonObject } from '../../../core/json.ts'
import { ownValue } from '../../../core/json.ts'
import { changesOf } from '../../../core/json-changes.ts'
import type { Result } from '../../../core/result.ts'
import { groupVersionKind } from '../../../kube/object.ts'
import type { ExplainedOutcome, ExplainedRule, ExplainedStep } from '../../../policy/explain.ts'
import type { PolicyRequest } from '../../../policy/request.ts'
import { appliesTo } from '../mutation/apply-to.ts'
import { parseLocation, printLocation } from '../mutation/location.ts'
import type { MutationTarget, Mutator } from '../mutation/mutator.ts'
import type { Mutation } from '../mutation/system.ts'
import { objectField, objectsField, stringField } from '../read.ts'
import { explainLocation } from './location.ts'
import { explainMatch, placeIn } from './match.ts'

/** What explaining a mutator needs of the request. */
export interface ExplainedMutation {
  readonly request: PolicyRequest
  /** What the mutator looks at; undefined where the request has no object. */
  readonly target: MutationTarget | undefined
  /** The namespace is taken out of mutation. */
  readonly isExcluded: boolean
  /** What all mutators together make of the object; undefined where mutators are not asked. */
  readonly together: Result<Mutation, string> | undefined
  /** What this one makes of the object as it is; undefined where it writes nothing. */
  readonly alone: Result<JsonObject | undefined, string> | undefined
}

/** The way of a mutator with a request: what it applies to, what it matches, where it writes and what. */
export function explainMutator(mutator: Mutator, mutation: ExplainedMutation): ExplainedRule {
  const { manifest, kind, name } = mutator
  const { target } = mutation
  const head = { rule: '', text: `${kind} ${name}`, place: placeIn(manifest, ['metadata', 'name']), values: [] }
  const barrier = barrierOf(mutation)
  if (barrier !== undefined || target === undefined)
    return { ...head, applies: false, outcome: 'not-reached', detail: `does not apply: ${barrier ?? 'there is no object'}`, children: [] }
  const applyTo = applyToSteps(mutator, target)
  const match = explainMatch(manifest, target)
  const gates = [...applyTo, match]
  if (!gates.every(({ outcome }) => outcome === 'holds'))
    return { ...head, applies: false, outcome: gates.some(isError) ? 'error' : 'not-reached', detail: 'does not apply', children: gates }
  const verdict = verdictOf(mutator, mutation)
  const location: ExplainedStep = {
    text: `location ${printLocation(mutator.location)}`,
    outcome: 'note',
    place: placeIn(manifest, ['spec', 'location']),
    values: [],
    children: explainLocation(
      { location: mutator.location, tests: mutator.tests, placeOfTest: (depth) => placeOfTest(mutator, depth) },
      target.object,
    ),
  }
  return {
    ...head,
    applies: true,
    ...verdict,
    detail: verdict.outcome === 'not-reached' ? `${verdict.detail}: ${whyNothing(location)}` : verdict.detail,
    children: [...gates, location, ...sourceSteps(mutator), ...changeSteps(mutation)],
  }
}

const isError = ({ outcome }: ExplainedStep): boolean => outcome === 'error'

function barrierOf({ request, isExcluded, target }: ExplainedMutation): string | undefined {
  const { operation, subresource } = request
  if (subresource !== '') return `mutators see no subresources, and this is ${subresource}`
  if (operation !== 'CREATE' && operation !== 'UPDATE') return `mutators see CREATE and UPDATE, and this is ${operation}`
  return isExcluded ? `Config excludes namespace ${target?.namespace ?? request.namespace} from mutation-webhook` : undefined
}

/** Each entry by itself. */
function applyToSteps({ applyTo, manifest }: Mutator, { object, operation }: MutationTarget): readonly ExplainedStep[] {
  if (applyTo === undefined) return []
  const kind = groupVersionKind(object)
  const { group, version, kind: word } = kind
  const holds = appliesTo(applyTo, kind, operation)
  const shown = `${group === '' ? '' : `${group}/`}${version} ${word}`
  const children = applyTo.slice(0, 20).map((entry, index): ExplainedStep => {
    const entryHolds = appliesTo([entry], kind, operation)
    const operations = entry.operations.length === 0 ? '' : ` on ${entry.operations.join(', ')}`
    return {
      text: `applyTo[${index}] ${entry.kinds.join(', ')} (${entry.groups.map((one) => one || 'core').join(', ')}; ${entry.versions.join(', ')})${operations}`,
      outcome: entryHolds ? 'holds' : 'fails',
      ...(entryHolds ? {} : { detail: `${shown}${operations === '' ? '' : ` on ${operation}`} is not among them` }),
      place: placeIn(manifest, ['spec', 'applyTo', index]),
      values: [],
      children: [],
    }
  })
  return [{ text: 'applyTo', outcome: holds ? 'holds' : 'fails', place: placeIn(manifest, ['spec', 'applyTo']), values: [], children }]
}

/** AssignMetadata has a test that nobody writes: it never overwrites. */
function placeOfTest({ manifest, kind, location }: Mutator, depth: number): ExplainedStep['place'] {
  if (kind === 'AssignMetadata') return placeIn(manifest, ['spec', 'location'])
  const wanted = printLocation(location.slice(0, depth + 1))
  const tests = objectsField(objectField(objectField(manifest.object, 'spec'), 'parameters'), 'pathTests') ?? []
  const index = tests.findLastIndex((test) => {
    const path = parseLocation(stringField(test, 'subPath') ?? '')
    return path.ok && printLocation(path.value) === wanted
  })
  return index < 0 ? undefined : placeIn(manifest, ['spec', 'parameters', 'pathTests', index])
}

const sources = ['assign', 'values', 'operation', 'assignDomain', 'assignPath', 'assignTag'] as const

/** What is to be written. */
function sourceSteps({ manifest }: Mutator): readonly ExplainedStep[] {
  const parameters = objectField(objectField(manifest.object, 'spec'), 'parameters')
  const values = sources.flatMap((name) => {
    const value = parameters === undefined ? undefined : ownValue(parameters, name)
    return value === undefined ? [] : [{ name, value }]
  })
  return values.length === 0
    ? []
    : [{ text: 'parameters', outcome: 'note', place: placeIn(manifest, ['spec', 'parameters']), values, children: [] }]
}

function verdictOf(
  mutator: Mutator,
  { together, alone }: ExplainedMutation,
): { readonly outcome: ExplainedOutcome; readonly detail: string } {
  if (alone?.ok === false) return { outcome: 'error', detail: alone.error }
  if (together?.ok === false) return { outcome: 'error', detail: together.error }
  if (alone?.value !== undefined) return { outcome: 'holds', detail: 'changes the object' }
  if (together?.value.applied.includes(mutator) === true)
    return { outcome: 'holds', detail: 'changes what other mutators make of the object' }
  return { outcome: 'not-reached', detail: 'changes nothing' }
}

/** Why a mutator that applies has nothing to write. */
function whyNothing(location: ExplainedStep): string {
  const all = (step: ExplainedStep): readonly ExplainedStep[] => [step, ...step.children.flatMap(all)]
  const steps = all(location)
  if (steps.some(({ outcome, text }) => outcome === 'fails' && text.startsWith('pathTest'))) return 'a path test keeps it from writing'
  return steps.some(({ outcome }) => outcome === 'fails') ? 'there is no such place' : 'what it writes is there already'
}

function changeSteps({ target, alone }: ExplainedMutation): readonly ExplainedStep[] {
  if (target === undefined || alone?.ok !== true || alone.value === undefined) return []
  return changesOf(target.object, alone.value).map(({ path, before, after }) => ({
    text: `changes /${path.join('/')}`,
    outcome: 'note',
    values: [
      { name: 'before', value: before },
      { name: 'after', value: after },
    ],
    children: [],
  }))
}
