import type * as Ast from '../syntax/ast.ts'
import type { CompileState, Pass } from './state.ts'
import { report } from './state.ts'

/** Names that v1 (and strict mode) keeps for itself, and imports that hide each other. */
export const checkNames: Pass = {
  name: 'names',
  run: (state) => {
    for (const module of state.modules) {
      if (module.version !== 1 && !state.options.strict) continue
      checkImports(state, module)
      for (const { head } of module.rules) checkHead(state, module, head)
    }
  },
}

export const isReserved = (name: string): boolean => name === 'input' || name === 'data'

function checkHead(state: CompileState, { source }: Ast.Module, head: Ast.Head): void {
  if (isReserved(head.name)) {
    const message = `rules must not shadow ${head.name} (use a different rule name)`
    report(state, 'rego_compile_error', message, { source, span: head.span })
  }
  if (head.kind !== 'function') return
  for (const arg of head.args) {
    if (arg.kind !== 'var' || !isReserved(arg.name)) continue
    const message = `args must not shadow ${arg.name} (use a different variable name)`
    report(state, 'rego_compile_error', message, { source, span: arg.span })
  }
}

function checkImports(state: CompileState, module: Ast.Module): void {
  const seen = new Map<string, string>()
  for (const { path, alias, span } of module.imports) {
    const name = alias?.name ?? path.at(-1) ?? ''
    if (path[0] === 'future') continue
    const known = seen.get(name)
    if (known !== undefined) {
      report(state, 'rego_compile_error', `import must not shadow import ${known}`, { source: module.source, span })
    } else seen.set(name, path.join('.'))
  }
}

/** In strict mode an import has to be used. */
export function reportUnusedImports(state: CompileState, module: Ast.Module, used: ReadonlySet<string>): void {
  if (!state.options.strict) return
  for (const { path, alias, span } of module.imports) {
    const name = alias?.name ?? path.at(-1) ?? ''
    if ((path[0] !== 'data' && path[0] !== 'input') || used.has(name)) continue
    const as = alias === undefined ? '' : ` as ${alias.name}`
    report(state, 'rego_compile_error', `import ${path.join('.')}${as} unused`, { source: module.source, span })
  }
}
