import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject } from '../../core/json.ts'
import type { GatorResult, GatorStat } from '../../policy/gator.ts'
import { printGoJson } from './go-json.ts'
import type { YamlTree } from './yaml.ts'
import { fields, flow, json, list, printBlock } from './yaml.ts'

/** Results as gator prints them with `-o json`: no end of line after them. */
export function printJsonResults(results: readonly GatorResult[], stats: readonly GatorStat[] | undefined): string {
  const all = results.length === 0 ? null : results.map(resultJson)
  return printGoJson(stats === undefined || stats.length === 0 ? all : { results: all, stats: stats.map(statJson) }, 4)
}

function resultJson({ target, message, metadata, constraint, enforcementAction, scopedActions, object }: GatorResult): JsonObject {
  return {
    target,
    ...(message === '' ? {} : { msg: message }),
    ...(metadata === undefined ? {} : { metadata: { details: sorted(metadata.details) } }),
    constraint: sorted(constraint),
    ...(enforcementAction === '' ? {} : { enforcementAction }),
    ...(scopedActions.length === 0 ? {} : { scopedActions }),
    violatingObject: sorted(object),
    trace: null,
  }
}

/** Maps have sorted keys; fields of structs keep their order. */
export function sorted(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value
  if (isJsonArray(value)) return value.map(sorted)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]))
}

/** A statistic, as the framework lays it out. */
export interface ShownStat {
  readonly scope: 'template' | 'constraint'
  readonly statsFor: string
  readonly values: readonly { readonly name: string; readonly value: number }[]
  /** What evaluated. */
  readonly source: 'Rego' | 'K8sNativeValidation'
  readonly labels: readonly JsonObject[]
}

const target: JsonObject = { name: 'target', value: 'admission.k8s.gatekeeper.sh' }

export function shownStat(stat: GatorStat): ShownStat {
  const value = Math.round(stat.nanoseconds)
  if (stat.engine === 'cel') {
    const values = [{ name: 'runTimeNS', value }]
    return { scope: 'constraint', statsFor: `${stat.kind}/${stat.constraint}`, values, source: 'K8sNativeValidation', labels: [target] }
  }
  return {
    scope: 'template',
    statsFor: stat.kind,
    values: [
      { name: 'templateRunTimeNS', value },
      { name: 'constraintCount', value: stat.constraints },
    ],
    source: 'Rego',
    labels: [{ name: 'TracingEnabled', value: false }, { name: 'PrintEnabled', value: false }, target],
  }
}

/** What the framework says of an evaluation. */
export function statJson(stat: GatorStat): JsonObject {
  const { scope, statsFor, values, source, labels } = shownStat(stat)
  return { scope, statsFor, stats: values.map((each) => ({ ...each, source: { type: 'engine', value: source } })), labels }
}

/** Results as gator prints them with `-o yaml`: the first on many lines, each other one on one line. */
export function printYamlResults(results: readonly GatorResult[], stats: readonly GatorStat[] | undefined): string {
  const trees = results.map(resultTree)
  if (stats === undefined || stats.length === 0) return trees.length === 0 ? '[]\n' : itemLines(trees, '')
  const statTrees = list(stats.map(statTree))
  return `${trees.length === 0 ? 'results: []\n' : `results:\n${itemLines(trees, '    ')}`}${printBlock(fields(['stats', statTrees]))}`
}

function itemLines(trees: readonly YamlTree[], margin: string): string {
  const [first, ...others] = trees
  const block = first === undefined ? '' : printBlock(list([first]))
  const lines = block.split('\n').map((line) => (line === '' ? line : `${margin}${line}`))
  return `${lines.join('\n')}${others.map((tree) => `${margin}- ${flow(tree)}\n`).join('')}`
}

/** Upstream's own structs are printed by the names of their fields. */
function resultTree({ target, message, metadata, constraint, enforcementAction, scopedActions, object }: GatorResult): YamlTree {
  const result = fields(
    ['target', json(target, 'integers')],
    ['msg', json(message, 'integers')],
    ['metadata', json(metadata === undefined ? {} : { details: metadata.details }, 'floats')],
    ['constraint', fields(['object', json(constraint, 'integers')])],
    ['enforcementaction', json(enforcementAction, 'integers')],
    ['scopedenforcementactions', json(scopedActions, 'integers')],
  )
  return fields(['result', result], ['violatingObject', json(object, 'floats')], ['trace', json(null, 'integers')])
}

function statTree(stat: GatorStat): YamlTree {
  const { scope = '', statsFor = '', stats = [], labels = [] } = statJson(stat)
  const each = (value: Json): YamlTree => list((isJsonArray(value) ? value : []).map(inOrder))
  return fields(['scope', inOrder(scope)], ['statsfor', inOrder(statsFor)], ['stats', each(stats)], ['labels', each(labels)])
}

const inOrder = (value: Json): YamlTree =>
  isJsonObject(value) ? fields(...Object.entries(value).map(([key, item]) => [key, inOrder(item)] as const)) : json(value, 'floats')
