import { anyField, listField, objectField, objectsField, stringField } from '../../../core/fields.ts'
import type { Json, JsonObject } from '../../../core/json.ts'
import { isJsonArray, isJsonObject } from '../../../core/json.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { isKubeObject, nameOf } from '../../../kube/object.ts'
import type { CompiledConditions } from '../conditions.ts'
import { compileConditions } from '../conditions.ts'
import { substitute } from '../variables.ts'
import { evaluateList, setElement } from './list.ts'
import type { Finding, Handler, RuleRun } from './rule.ts'
import { ruleError, skip } from './rule.ts'
import { evaluateConditions } from './validate.ts'

/** What a generate rule would create; nothing is written here, and the labels by which a controller finds its work again are the controller's. */
export function compileGenerate(generate: JsonObject): Result<Handler, string> {
  const foreach = objectsField(generate, 'foreach')
  if (foreach === undefined) return ok((run) => [finding(generateFrom(generate, run))])
  const loops: Loop[] = []
  for (const spec of foreach) {
    const raw = anyField(spec, 'preconditions')
    const preconditions = raw === undefined ? ok(undefined) : compileConditions(raw, 'single')
    if (!preconditions.ok) return preconditions
    loops.push({ spec, list: stringField(spec, 'list') ?? '', context: objectsField(spec, 'context'), preconditions: preconditions.value })
  }
  return ok((run) => [finding(generateForeach(loops, run))])
}

type Generated = Result<readonly KubeObject[], string>

function finding(generated: Generated): Finding {
  if (!generated.ok) return ruleError('failed to generate resource', generated.error)
  return generated.value.length === 0 ? skip('no resources generated') : { result: 'pass', message: '', generated: generated.value }
}

interface Loop {
  readonly spec: JsonObject
  readonly list: string
  readonly context: readonly JsonObject[] | undefined
  readonly preconditions: CompiledConditions | undefined
}

function generateForeach(loops: readonly Loop[], run: RuleRun): Generated {
  const all: KubeObject[] = []
  for (const loop of loops) {
    const elements = evaluateList(loop.list, run.context)
    if (!elements.ok) return elements
    for (const [index, element] of elements.value.entries()) {
      if (element === null) continue
      run.context.checkpoint()
      setElement(run.context, element, index, 0)
      const generated = generateElement(loop, run)
      run.context.restore()
      if (!generated.ok) return generated
      all.push(...generated.value)
    }
  }
  return ok(all)
}

function generateElement(loop: Loop, run: RuleRun): Generated {
  run.context.addEntries(loop.context)
  if (loop.preconditions !== undefined) {
    const met = evaluateConditions(loop.preconditions, run.context)
    if (typeof met === 'string') return err(met)
    if (!met.result) return ok([])
  }
  return generateFrom(loop.spec, run)
}

function generateFrom(spec: JsonObject, run: RuleRun): Generated {
  const substituted = substitute(generationPart(spec), run.context)
  if (!substituted.ok) return err(`variable substitution failed: ${substituted.error}`)
  const target = isJsonObject(substituted.value) ? substituted.value : {}
  return sourcesOf(target, run)
}

const parts = ['apiVersion', 'kind', 'name', 'namespace', 'data', 'clone', 'cloneList'] as const

const generationPart = (spec: JsonObject): JsonObject =>
  Object.fromEntries(parts.flatMap((part) => (anyField(spec, part) === undefined ? [] : [[part, anyField(spec, part) ?? null]])))

function sourcesOf(target: JsonObject, run: RuleRun): Generated {
  const cloneList = objectField(target, 'cloneList')
  if (cloneList !== undefined) return cloneMany(cloneList, stringField(target, 'namespace') ?? '', run)
  const header = headerOf(target)
  const clone = objectField(target, 'clone')
  if (clone !== undefined) return cloneOne(header, clone, run)
  const data = anyField(target, 'data')
  return ok([merged(header, data !== undefined && isJsonObject(data) ? data : {})])
}

interface Header {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly namespace: string
}

const headerOf = (target: JsonObject): Header => ({
  apiVersion: stringField(target, 'apiVersion') ?? '',
  kind: stringField(target, 'kind') ?? '',
  name: stringField(target, 'name') ?? '',
  namespace: stringField(target, 'namespace') ?? '',
})

function merged(header: Header, body: JsonObject): KubeObject {
  const metadata: { [key: string]: Json } = { ...objectField(body, 'metadata'), name: header.name }
  if (header.namespace !== '') metadata['namespace'] = header.namespace
  return { ...body, apiVersion: header.apiVersion, kind: header.kind, metadata }
}

function cloneOne(header: Header, clone: JsonObject, run: RuleRun): Generated {
  const namespace = stringField(clone, 'namespace') ?? ''
  const name = stringField(clone, 'name') ?? ''
  const answer = run.facts.read({ ask: 'object', apiVersion: header.apiVersion, kind: header.kind, namespace, name })
  const where = `${header.apiVersion} ${header.kind} ${namespace}/${name}`
  if (answer === undefined) return err('not known yet')
  if (!answer.known) return err(`source resource ${where} not found: ${answer.reason}`)
  if (!isKubeObject(answer.value)) return err(`source resource ${where} not found`)
  return ok([copyOf(answer.value, header)])
}

function cloneMany(cloneList: JsonObject, namespace: string, run: RuleRun): Generated {
  const sourceNamespace = stringField(cloneList, 'namespace') ?? ''
  const all: KubeObject[] = []
  for (const kind of listField(cloneList, 'kinds') ?? []) {
    const { apiVersion, kind: name } = cloneKind(String(kind))
    const answer = run.facts.read({
      ask: 'objects',
      apiVersion,
      kind: name,
      namespace: sourceNamespace,
      name: '',
      selector: objectField(cloneList, 'selector') ?? null,
    })
    if (answer === undefined) return err('not known yet')
    if (!answer.known) return err(answer.reason)
    const sources = isJsonArray(answer.value) ? answer.value.filter(isKubeObject) : []
    all.push(
      ...sources.map((source) => copyOf(source, { apiVersion: source.apiVersion, kind: source.kind, name: nameOf(source), namespace })),
    )
  }
  return ok(all)
}

const perObject = new Set([
  'uid',
  'selfLink',
  'resourceVersion',
  'creationTimestamp',
  'managedFields',
  'generation',
  'generateName',
  'ownerReferences',
])

/** A clone keeps everything but what belongs to one stored object; owners do not reach across namespaces. */
function copyOf(source: KubeObject, header: Header): KubeObject {
  const { status: _, ...rest } = source
  const metadata = objectField(source, 'metadata') ?? {}
  const kept = Object.fromEntries(Object.entries(metadata).filter(([key]) => !perObject.has(key) && key !== 'namespace'))
  const body: JsonObject = { ...rest, metadata: kept }
  return merged({ ...header, name: header.name === '' ? nameOf(source) : header.name }, body)
}

/** `Kind`, `version/Kind` or `group/version/Kind`. */
function cloneKind(text: string): { readonly apiVersion: string; readonly kind: string } {
  const slash = text.lastIndexOf('/')
  return slash < 0 ? { apiVersion: '*', kind: text } : { apiVersion: text.slice(0, slash), kind: text.slice(slash + 1) }
}
