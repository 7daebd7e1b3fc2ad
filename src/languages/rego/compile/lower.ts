import type { Source } from '../../../core/source.ts'
import type { Clause, DocumentNode, Expression, Group, Slot, Step } from '../ir/ir.ts'
import type { Body, Branch, Node, Rule, VarTerm } from './core.ts'
import { lowerBody } from './lower-body.ts'
import { lowerTerm } from './lower-term.ts'
import { unifyWith } from './lower-unify.ts'
import { traceRule } from './lower-trace.ts'
import { freshSlot, newLowering, placeOf, slotOf } from './lowering.ts'
import type { Documents, Lowering, Lowerings } from './lowering.ts'
import type { CompileState } from './state.ts'
import { variablesOfBody } from './variables.ts'

const lowerings: Lowerings = { body: lowerBody, match: unifyWith }

/** The program of a compiled set of modules. */
export function lowerProgram(state: CompileState): Documents {
  const byPath = rulesByPath(state.rules)
  const groups = new Map<string, Group>()
  const members = new Map<Group, readonly Rule[]>()
  const build = (node: Node): DocumentNode => {
    const own = byPath.get(key(node.path)) ?? []
    const all = own.some(({ suffix }) => suffix.length > 0) ? rulesBelow(node, byPath) : own
    const group = all.length === 0 ? undefined : newGroup(2 * groups.size, node.path, all)
    if (group !== undefined) {
      groups.set(key(node.path), group)
      members.set(group, all)
    }
    const children = new Map<string, DocumentNode>()
    // What lies below a path with variables belongs to the group of that path.
    if (group?.kind !== 'object') for (const [name, child] of node.children) children.set(name, build(child))
    return { path: node.path, children, group }
  }
  const documents: Documents = {
    root: build(state.root),
    groups,
    builtins: state.options.builtins,
    prints: state.options.print,
    traced: state.options.trace ? [] : undefined,
  }
  for (const [group, rules] of members) fillGroup(documents, group, rules)
  return documents
}

const key = (path: readonly string[]): string => path.join('\u0000')

function rulesByPath(rules: readonly Rule[]): ReadonlyMap<string, readonly Rule[]> {
  const byPath = new Map<string, Rule[]>()
  for (const rule of rules) {
    const known = byPath.get(key(rule.path))
    if (known === undefined) byPath.set(key(rule.path), [rule])
    else known.push(rule)
  }
  return byPath
}

function rulesBelow(node: Node, byPath: ReadonlyMap<string, readonly Rule[]>): readonly Rule[] {
  const found = [...(byPath.get(key(node.path)) ?? [])]
  for (const child of node.children.values()) found.push(...rulesBelow(child, byPath))
  return found
}

function newGroup(id: number, path: readonly string[], rules: readonly Rule[]): Group {
  const [first] = rules
  const kind =
    first?.kind === 'function'
      ? 'function'
      : rules.some((rule) => rule.suffix.length > 0 || rule.path.length > path.length)
        ? 'object'
        : first?.kind === 'set'
          ? 'set'
          : 'complete'
  const name = `data.${path.join('.')}`
  return {
    id,
    path,
    name,
    kind,
    arity: first?.args.length ?? 0,
    frame: 0,
    clauses: [],
    fallback: undefined,
    depends: 'query',
    memoised: false,
    fused: undefined,
  }
}

function fillGroup(documents: Documents, group: Group, rules: readonly Rule[]): void {
  const clauses: Clause[] = []
  const defaults: Clause[] = []
  for (const rule of rules) {
    const lowering = newLowering(documents, rule.module.source, lowerings)
    const clause = lowerRule(lowering, group, rule)
    group.frame = Math.max(group.frame, lowering.size)
    if (rule.isDefault && group.kind !== 'object') group.fallback = clause
    else if (rule.isDefault) defaults.push({ ...clause, kind: 'default' })
    else clauses.push(clause)
  }
  // Defaults come last: they give way to what is there.
  group.clauses = [...clauses, ...defaults]
}

function lowerRule(lowering: Lowering, group: Group, rule: Rule): Clause {
  const branches: readonly Branch[] = [{ value: rule.value, body: rule.body, span: rule.span }, ...rule.elses]
  const args = rule.args.map(() => freshSlot(lowering))
  lowering.rule = `data.${rule.path.join('.')}`
  return lowerBranches(lowering, group, { rule, args, branches })
}

interface Chain {
  readonly rule: Rule
  readonly args: readonly Slot[]
  readonly branches: readonly Branch[]
}

function lowerBranches(lowering: Lowering, group: Group, { rule, args, branches }: Chain): Clause {
  const [branch, ...rest] = branches
  if (branch === undefined) throw new Error('a rule has a body')
  lowering.bound = new Set()
  lowering.slots.clear()
  const body: Step[] = []
  matchArgs(lowering, rule, args, body)
  body.push(...lowerBody(lowering, branch.body))
  const path: Expression[] = rule.path.slice(group.path.length).map((value) => ({ kind: 'constant', value }))
  for (const part of rule.suffix) path.push(lowerTerm(lowering, part, body))
  const value = lowerTerm(lowering, branch.value, body)
  return {
    body: traceRule(lowering, { span: branch.span, isDefault: rule.isDefault, args: rule.args, value }, body),
    path,
    kind: rule.kind === 'set' ? 'set' : 'value',
    value,
    otherwise: rest.length === 0 ? undefined : lowerBranches(lowering, group, { rule, args, branches: rest }),
    place: placeOf(lowering, branch.span),
  }
}

function matchArgs(lowering: Lowering, rule: Rule, args: readonly Slot[], steps: Step[]): void {
  for (const [at, arg] of rule.args.entries()) {
    const slot = args[at] ?? 0
    if (arg.kind === 'var' && !lowering.bound.has(arg.name)) {
      lowering.slots.set(arg.name, slot)
      lowering.bound.add(arg.name)
    } else unifyWith(lowering, arg, slot, steps)
  }
}

/** A query: steps and the slots of the variables that users see. */
export interface LoweredQuery {
  readonly steps: readonly Step[]
  readonly frame: number
  readonly variables: readonly { readonly name: string; readonly slot: Slot }[]
}

export function lowerQuery(documents: Documents, source: Source, body: Body): LoweredQuery {
  const lowering = newLowering(documents, source, lowerings)
  const steps = lowerBody(lowering, body)
  const variables = [...variablesOfBody(body).values()].filter(isVisible).map((variable) => ({
    name: variable.shown ?? variable.name,
    slot: slotOf(lowering, variable),
  }))
  return { steps, frame: lowering.size, variables }
}

const isVisible = ({ shown }: VarTerm): boolean => shown !== undefined && shown !== '_'
