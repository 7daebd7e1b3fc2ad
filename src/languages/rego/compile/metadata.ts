import type { JsonObject } from '../../../core/json.ts'
import type * as Ast from '../syntax/ast.ts'
import type { RegoValue } from '../values/value.ts'

/** The rule whose annotations `rego.metadata` asks for: its module, its index there, and its path from `data`. */
export interface ActiveRule {
  readonly module: Ast.Module
  readonly index: number
  readonly path: readonly string[]
}

/** `rego.metadata.rule()`: the annotations of the rule itself. */
export function ruleMetadata(active: ActiveRule): RegoValue {
  return ownAnnotations(active) ?? {}
}

/** `rego.metadata.chain()`: the rule, its document, its package and the packages above, as far as they are annotated. */
export function metadataChain(modules: readonly Ast.Module[], active: ActiveRule): RegoValue {
  const { module, path } = active
  const own = ownAnnotations(active)
  const chain: RegoValue[] = [own === undefined ? { path } : { annotations: own, path }]
  for (const other of modules) {
    if (!isSamePath(other.package.path, module.package.path)) continue
    for (const annotations of annotationsOf(other, 'document')) {
      const rule = typeof annotations.target === 'number' ? other.rules[annotations.target] : undefined
      if (rule !== undefined && isSamePath(pathOf(other, rule), path)) chain.push({ annotations: annotations.value, path })
    }
  }
  chain.push(...packageEntries(modules, module.package.path, 'package'))
  for (let length = module.package.path.length; length > 0; length -= 1) {
    chain.push(...packageEntries(modules, module.package.path.slice(0, length), 'subpackages'))
  }
  return chain
}

function packageEntries(modules: readonly Ast.Module[], path: readonly string[], scope: Ast.AnnotationScope): readonly RegoValue[] {
  return modules
    .filter((module) => isSamePath(module.package.path, path))
    .flatMap((module) => annotationsOf(module, scope).map(({ value }) => ({ annotations: value, path })))
}

const annotationsOf = (module: Ast.Module, scope: Ast.AnnotationScope): readonly Ast.Annotations[] =>
  module.annotations.filter((annotations) => annotations.scope === scope)

function ownAnnotations({ module, index }: ActiveRule): JsonObject | undefined {
  return annotationsOf(module, 'rule').find(({ target }) => target === index)?.value
}

function pathOf(module: Ast.Module, { head }: Ast.Rule): readonly string[] {
  const path = [...module.package.path, head.name]
  for (const part of head.path) {
    if (part.kind !== 'string') break
    path.push(part.value)
  }
  return path
}

const isSamePath = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((part, at) => part === b[at])
