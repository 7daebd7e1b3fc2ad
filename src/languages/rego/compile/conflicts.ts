import type { Node, Rule } from './core.ts'
import type { CompileState, Pass } from './state.ts'
import { report } from './state.ts'
import { lineAndColumn } from '../../../core/source.ts'

/** The rules at one path must agree on what they make, and have no others below them. */
export const checkConflicts: Pass = {
  name: 'conflicts',
  run: (state) => checkNode(state, state.root),
}

function checkNode(state: CompileState, node: Node): void {
  const [first] = node.rules
  if (first !== undefined) {
    checkKinds(state, node, first)
    checkDefaults(state, node.rules)
    checkBelow(state, node, first)
  }
  for (const child of node.children.values()) checkNode(state, child)
}

const nameOf = (path: readonly string[]): string => `data.${path.join('.')}`

function checkKinds(state: CompileState, { path, rules }: Node, first: Rule): void {
  const kinds = new Set(rules.map(kindOf))
  const arities = new Set(rules.map(({ args }) => args.length))
  if (kinds.size <= 1 && arities.size <= 1) return
  // The name is that of the longest head.
  const suffix = rules.reduce<Rule['suffix']>((longest, rule) => (rule.suffix.length > longest.length ? rule.suffix : longest), [])
  const shown = suffix.map((part) => `[${first.module.source.text.slice(part.span.start, part.span.end)}]`).join('')
  report(state, 'rego_type_error', `conflicting rules ${nameOf(path)}${shown} found`, at(first))
}

/** Rules whose path has variables go with each other whatever they make at its end. */
function kindOf({ kind, suffix }: Rule): string {
  return suffix.length > 0 ? 'object' : kind
}

const at = ({ module, span }: Rule): { source: Rule['module']['source']; span: Rule['span'] } => ({ source: module.source, span })

function checkDefaults(state: CompileState, rules: readonly Rule[]): void {
  const defaults = rules.filter(({ isDefault }) => isDefault)
  const [first] = defaults
  if (first === undefined || defaults.length < 2) return
  const places = defaults.map(({ module, span }) => `${module.source.name}:${lineAndColumn(module.source, span.start).line}`)
  const message = `multiple default rules ${nameOf(first.path)} found at ${places.join(', ')}`
  report(state, 'rego_type_error', message, { source: first.module.source, span: { start: 0, end: 0 } })
}

function checkBelow(state: CompileState, node: Node, first: Rule): void {
  // A path with variables takes in what is below it.
  if (node.rules.some(({ suffix }) => suffix.length > 0)) return
  if (node.isPackage) {
    const place = `${first.module.source.name}:${lineAndColumn(first.module.source, first.span.start).line}`
    const name = node.path.at(-1) ?? ''
    report(state, 'rego_type_error', `package ${node.path.join('.')} conflicts with rule ${name} defined at ${place}`, at(first))
  }
  const below = [...node.children.values()].flatMap(rulePathsBelow)
  if (below.length > 0) report(state, 'rego_type_error', `rule ${nameOf(node.path)} conflicts with [${below.sort().join(' ')}]`, at(first))
}

function rulePathsBelow(node: Node): readonly string[] {
  return [...(node.rules.length > 0 ? [nameOf(node.path)] : []), ...[...node.children.values()].flatMap(rulePathsBelow)]
}
