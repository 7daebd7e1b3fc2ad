import { formatExponent, formatFloat } from '../../core/go-format.ts'
import type { Json } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../core/json.ts'
import { byNaturalOrder, printYaml } from '../../kube/yaml/yaml.ts'

/** How numbers are shown: upstream decodes some parts of its answer to integers, and others to floats. */
export type NumberStyle = 'integers' | 'floats'

/** A value with what its numbers are; fields of a struct keep their order. */
export type YamlTree =
  | { readonly kind: 'json'; readonly value: Json; readonly numbers: NumberStyle }
  | { readonly kind: 'fields'; readonly fields: readonly (readonly [string, YamlTree])[] }
  | { readonly kind: 'list'; readonly items: readonly YamlTree[] }

export const json = (value: Json, numbers: NumberStyle): YamlTree => ({ kind: 'json', value, numbers })
export const fields = (...all: readonly (readonly [string, YamlTree])[]): YamlTree => ({ kind: 'fields', fields: all })
export const list = (items: readonly YamlTree[]): YamlTree => ({ kind: 'list', items })

const step = 4
/** Documents are no deeper than this when they are read. */
const maxDepth = 1000

/** YAML as gator prints it: four columns a level, lists inside their key. */
export function printBlock(tree: YamlTree): string {
  const lines: string[] = []
  block(tree, { lines, lead: '', column: 0, depth: 0 })
  return `${lines.join('\n')}\n`
}

interface Place {
  readonly lines: string[]
  /** What stands on the first line already. */
  readonly lead: string
  /** Of the lines that follow. */
  readonly column: number
  readonly depth: number
}

function block(tree: YamlTree, place: Place): void {
  const { lines, lead, column, depth } = place
  const members = membersOf(tree)
  const items = itemsOf(tree)
  const isEmpty = (members ?? items ?? []).length === 0
  if (isEmpty || depth > maxDepth) {
    lines.push(`${lead}${spaceAfter(lead)}${tree.kind === 'json' ? scalar(tree.value, tree.numbers) : flow(tree)}`)
    if (isBlockText(tree)) blockText(tree.value, place)
    return
  }
  const margin = ' '.repeat(column)
  const isAfterDash = lead.endsWith('- ')
  if (lead !== '' && !isAfterDash) lines.push(lead)
  let start = isAfterDash ? lead : margin
  for (const [key, value] of members ?? []) {
    const inner = step * Math.floor((column + step) / step)
    block(value, { lines, lead: `${start}${keyText(key)}:`, column: inner, depth: depth + 1 })
    start = margin
  }
  for (const item of items ?? []) {
    block(item, { lines, lead: `${start}- `, column: column + 2, depth: depth + 1 })
    start = margin
  }
}

const spaceAfter = (lead: string): string => (lead === '' || lead.endsWith(' ') ? '' : ' ')

type TextTree = YamlTree & { readonly kind: 'json'; readonly value: string }

/** Several lines of plain characters stand below their key as they are. */
function isBlockText(tree: YamlTree): tree is TextTree {
  return tree.kind === 'json' && typeof tree.value === 'string' && tree.value.includes('\n') && !/[^\n\P{Cc}]/u.test(tree.value)
}

function blockText(text: string, { lines, lead, column }: Place): void {
  const body = text.replace(/\n$/, '')
  const chomp = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : ''
  const hint = /^[\n ]/.test(text) ? String(step) : ''
  lines[lines.length - 1] = `${lead}${spaceAfter(lead)}|${hint}${chomp}`
  const margin = ' '.repeat(column)
  for (const line of body.split('\n')) lines.push(line === '' ? '' : `${margin}${line}`)
}

/** YAML on one line, as gator prints every result but the first. */
export function flow(tree: YamlTree): string {
  const members = membersOf(tree)
  if (members !== undefined) return `{${members.map(([key, value]) => `${flowText(key)}: ${flow(value)}`).join(', ')}}`
  const items = itemsOf(tree)
  if (items !== undefined) return `[${items.map(flow).join(', ')}]`
  if (tree.kind !== 'json') return ''
  return typeof tree.value === 'string' ? flowText(tree.value) : scalar(tree.value, tree.numbers)
}

function membersOf(tree: YamlTree): readonly (readonly [string, YamlTree])[] | undefined {
  if (tree.kind === 'fields') return tree.fields
  if (tree.kind !== 'json' || !isJsonObject(tree.value)) return undefined
  const { value, numbers } = tree
  return sortedKeys(value).map((key) => [key, json(ownValue(value, key) ?? null, numbers)] as const)
}

function itemsOf(tree: YamlTree): readonly YamlTree[] | undefined {
  if (tree.kind === 'list') return tree.items
  if (tree.kind !== 'json' || !isJsonArray(tree.value)) return undefined
  return tree.value.map((value) => json(value, tree.numbers))
}

const sortedKeys = (value: Json): readonly string[] => (isJsonObject(value) ? Object.keys(value).sort(byNaturalOrder) : [])

function scalar(value: Json, numbers: NumberStyle): string {
  if (typeof value === 'number')
    return numbers === 'floats' ? goFloat(value) : formatFloat(value).includes('.') ? goFloat(value) : String(value)
  if (typeof value === 'string') return keyText(value)
  return printYaml(value).trimEnd()
}

/** strconv's shortest `%g`. */
function goFloat(value: number): string {
  const size = Math.abs(value)
  return size !== 0 && (size >= 1e6 || size < 1e-4) ? formatExponent(value, 'e') : formatFloat(value)
}

/** A merge key has to be one to be quoted. */
const keyText = (text: string): string => (text === '<<' ? text : printYaml(text).slice(0, -1))

/** What would end a part of a flow collection is quoted there. */
function flowText(text: string): string {
  const shown = keyText(text)
  return /^["']/.test(shown) || !/[,?:[\]{}]/.test(shown) ? shown : `'${shown.replaceAll("'", "''")}'`
}
