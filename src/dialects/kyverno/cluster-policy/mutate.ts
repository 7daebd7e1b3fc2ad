import { anyField, objectField, objectsField, stringField } from '../../../core/fields.ts'
import type { Json, JsonObject } from '../../../core/json.ts'
import { isJsonArray, isJsonObject, jsonEqual } from '../../../core/json.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { groupVersionKind, isKubeObject } from '../../../kube/object.ts'
import { applyJsonPatch, parseJsonPatch } from '../../../kube/patch/json-patch.ts'
import { applyKustomizeMerge } from '../../../kube/patch/kustomize-merge.ts'
import { loadValue } from '../../../kube/yaml/yaml.ts'
import { resolveAnchors } from '../../../languages/pattern/pattern.ts'
import type { CompiledConditions } from '../conditions.ts'
import { compileConditions } from '../conditions.ts'
import type { RuleContext } from '../context.ts'
import { substitute, substituteString } from '../variables.ts'
import { evaluateList, setElement } from './list.ts'
import type { Finding, Handler, RuleRun } from './rule.ts'
import { describeObject, ruleError, skip } from './rule.ts'
import { evaluateConditions } from './validate.ts'

/** What a patch makes of an object, or why it cannot be applied. */
type Patched = { readonly object: KubeObject } | Finding
/** `applied` is told how many foreach elements took part. */
type Patch = (object: KubeObject, context: RuleContext, count: (elements: number) => void) => Patched

/** As Kyverno calls the JSON patch library: lenient about missing paths. */
const patchOptions = { negativeIndices: true, allowMissingPathOnRemove: true, ensurePathExistsOnAdd: true } as const

export function compileMutate(mutate: JsonObject): Result<Handler, string> {
  const patch = compilePatch(mutate, 0)
  if (!patch.ok) return patch
  const isForeach = objectsField(mutate, 'foreach') !== undefined
  const targets = objectsField(mutate, 'targets')
  if (targets === undefined || targets.length === 0) return ok((run) => [mutateObject(run.object, run.context, patch.value, isForeach)])
  const compiled: Target[] = []
  for (const target of targets) {
    const one = compileTarget(target)
    if (!one.ok) return one
    compiled.push(one.value)
  }
  return ok((run) => compiled.flatMap((target) => mutateTargets(target, run, patch.value, isForeach)))
}

function mutateObject(object: KubeObject, context: RuleContext, patch: Patch, isForeach: boolean): Finding {
  let elements = 0
  const patched = patch(object, context, (count) => (elements += count))
  if (!('object' in patched)) return patched
  if (patched.object === object || jsonEqual(patched.object, object))
    return skip(isForeach ? `${elements} elements processed` : 'no patches applied')
  return { result: 'pass', message: `mutated ${describeObject(patched.object)}`, patched: patched.object }
}

function compilePatch(spec: JsonObject, nesting: number): Result<Patch, string> {
  const strategic = anyField(spec, 'patchStrategicMerge')
  if (strategic !== undefined) return ok(strategicMerge(strategic))
  const json = stringField(spec, 'patchesJson6902')
  if (json !== undefined) return ok(jsonPatch(json))
  const foreach = objectsField(spec, 'foreach')
  return foreach === undefined ? ok((object) => ({ object })) : compileForeach(foreach, nesting)
}

const strategicMerge =
  (raw: Json): Patch =>
  (object, context) => {
    const substituted = substitute(raw, context)
    if (!substituted.ok) return ruleError('variable substitution failed', substituted.error)
    const resolved = resolveAnchors(substituted.value, object)
    if (!resolved.ok) return ruleError('failed to patch resource', resolved.error)
    if (isJsonObject(resolved.value.patch) && Object.keys(resolved.value.patch).length === 0) return { object }
    return asObject(applyKustomizeMerge(object, resolved.value.patch, groupVersionKind(object)))
  }

const jsonPatch =
  (raw: string): Patch =>
  (object, context) => {
    const substituted = substituteString(raw, context)
    if (!substituted.ok) return ruleError('variable substitution failed', substituted.error)
    const document = loadValue(substituted.value)
    if (!document.ok) return ruleError('failed to patch resource', document.error)
    const operations = parseJsonPatch(document.value)
    if (!operations.ok) return ruleError('failed to patch resource', operations.error)
    return asObject(applyJsonPatch(object, operations.value, patchOptions))
  }

function asObject(result: Result<Json, string>): Patched {
  if (!result.ok) return ruleError('failed to patch resource', result.error)
  return isKubeObject(result.value)
    ? { object: result.value }
    : ruleError('failed to patch resource', 'the patch leaves no apiVersion and kind')
}

interface Loop {
  readonly list: string
  readonly reverse: boolean
  readonly context: readonly JsonObject[] | undefined
  readonly preconditions: CompiledConditions | undefined
  readonly patch: Patch
}

function compileLoop(spec: JsonObject, nesting: number): Result<Loop, string> {
  const patch = compilePatch(spec, nesting + 1)
  if (!patch.ok) return patch
  const raw = anyField(spec, 'preconditions')
  const preconditions = raw === undefined ? ok(undefined) : compileConditions(raw, 'single')
  if (!preconditions.ok) return preconditions
  const order = stringField(spec, 'order')
  return ok({
    list: stringField(spec, 'list') ?? '',
    // Merging puts new list elements first, so strategic merges go backwards to keep the order.
    reverse: order === undefined ? anyField(spec, 'patchStrategicMerge') !== undefined : order === 'Descending',
    context: objectsField(spec, 'context'),
    preconditions: preconditions.value,
    patch: patch.value,
  })
}

/** Patches of elements build on each other; variables see the patched object only from the next foreach entry on. */
function compileForeach(foreach: readonly JsonObject[], nesting: number): Result<Patch, string> {
  const loops: Loop[] = []
  for (const spec of foreach) {
    const loop = compileLoop(spec, nesting)
    if (!loop.ok) return loop
    loops.push(loop.value)
  }
  return ok((original, context, count) => {
    let object = original
    for (const loop of loops) {
      if (object !== original && !context.has('target')) context.setObject(object)
      const elements = evaluateList(loop.list, context)
      if (!elements.ok) return ruleError(`failed to evaluate list ${loop.list}`, elements.error)
      const patched = patchElements(loop, elements.value, { object, context, nesting, count })
      if (!('object' in patched)) return patched
      object = patched.object
    }
    return { object }
  })
}

interface LoopRun {
  readonly object: KubeObject
  readonly context: RuleContext
  readonly nesting: number
  readonly count: (elements: number) => void
}

function patchElements(loop: Loop, elements: readonly Json[], run: LoopRun): Patched {
  let { object } = run
  const indexes = [...elements.keys()]
  if (loop.reverse) indexes.reverse()
  for (const index of indexes) {
    const element = elements[index] ?? null
    if (element === null) continue
    run.context.checkpoint()
    setElement(run.context, element, index, run.nesting)
    const patched = patchElement(loop, object, run)
    run.context.restore()
    if (patched === undefined) continue
    if (!('object' in patched)) return patched
    object = patched.object
  }
  return { object }
}

/** Undefined where the preconditions of the element are not met. */
function patchElement(loop: Loop, object: KubeObject, run: LoopRun): Patched | undefined {
  run.context.addEntries(loop.context)
  if (loop.preconditions !== undefined) {
    const met = evaluateConditions(loop.preconditions, run.context)
    if (typeof met === 'string') return ruleError('failed to evaluate preconditions', met)
    if (!met.result) return undefined
  }
  run.count(1)
  return loop.patch(object, run.context, run.count)
}

interface Target {
  readonly raw: JsonObject
  readonly context: readonly JsonObject[] | undefined
  readonly preconditions: CompiledConditions | undefined
}

function compileTarget(target: JsonObject): Result<Target, string> {
  const raw = anyField(target, 'preconditions')
  const preconditions = raw === undefined ? ok(undefined) : compileConditions(raw, 'single')
  return preconditions.ok
    ? ok({ raw: target, context: objectsField(target, 'context'), preconditions: preconditions.value })
    : preconditions
}

/** Existing objects that a rule patches: each gives a finding of its own; `target` is the object in its variables. */
function mutateTargets(target: Target, run: RuleRun, patch: Patch, isForeach: boolean): readonly Finding[] {
  const found = findTargets(target.raw, run)
  if (!found.ok) return [ruleError('failed to fetch target resource', found.error)]
  return found.value.flatMap((object) => {
    run.context.checkpoint()
    run.context.set('target', object)
    run.context.addEntries(target.context)
    const finding = mutateTarget(target, object, run.context, patch, isForeach)
    run.context.restore()
    return finding === undefined ? [] : [finding]
  })
}

function mutateTarget(target: Target, object: KubeObject, context: RuleContext, patch: Patch, isForeach: boolean): Finding | undefined {
  if (target.preconditions !== undefined) {
    const met = evaluateConditions(target.preconditions, context)
    if (typeof met === 'string') return ruleError('failed to evaluate preconditions', met)
    if (!met.result) return undefined
  }
  const { patched, ...finding } = mutateObject(object, context, patch, isForeach)
  return { ...finding, targets: [{ before: object, after: patched ?? object }] }
}

function findTargets(raw: JsonObject, run: RuleRun): Result<readonly KubeObject[], string> {
  const substituted = substitute(targetReference(raw), run.context)
  if (!substituted.ok) return substituted
  const reference = isJsonObject(substituted.value) ? substituted.value : {}
  const answer = run.facts.read({
    ask: 'objects',
    apiVersion: stringField(reference, 'apiVersion') ?? '',
    kind: stringField(reference, 'kind') ?? '',
    namespace: stringField(reference, 'namespace') ?? '',
    name: stringField(reference, 'name') ?? '',
    selector: objectField(reference, 'selector') ?? null,
  })
  if (answer === undefined) return err('not known yet')
  if (!answer.known) return err(answer.reason)
  const objects = isJsonArray(answer.value) ? answer.value.filter(isKubeObject) : []
  const uid = stringField(reference, 'uid')
  return ok(
    uid === undefined || uid === '' ? objects : objects.filter((object) => stringField(objectField(object, 'metadata'), 'uid') === uid),
  )
}

const targetReference = (raw: JsonObject): JsonObject =>
  Object.fromEntries(
    ['apiVersion', 'kind', 'namespace', 'name', 'uid', 'selector'].flatMap((key) =>
      anyField(raw, key) === undefined ? [] : [[key, anyField(raw, key) ?? null]],
    ),
  )
