import type { Diagnostic } from '../../../core/diagnostic.ts'
import type { Span } from '../../../core/source.ts'
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
      for (const { head, span } of module.rules) checkHead(state, module, head, span)
    }
  },
}

export const isReserved = (name: string): boolean => name === 'input' || name === 'data'

function checkHead(state: CompileState, { source }: Ast.Module, head: Ast.Head, span: Span): void {
  if (isReserved(head.name)) {
    const message = `rules must not shadow ${head.name} (use a different rule name)`
    report(state, 'rego_compile_error', message, { source, span: head.span })
  }
  if (head.kind !== 'function') return
  for (const arg of head.args) {
    if (arg.kind !== 'var' || !isReserved(arg.name)) continue
    const message = `args must not shadow ${arg.name} (use a different variable name)`
    report(state, 'rego_compile_error', message, { source, span })
  }
}

function checkImports(state: CompileState, module: Ast.Module): void {
  const seen = new Map<string, string>()
  for (const each of module.imports) {
    const { path, alias, span } = each
    const name = alias?.name ?? path.at(-1) ?? ''
    if (path[0] === 'future') continue
    const known = seen.get(name)
    if (known !== undefined) {
      report(state, 'rego_compile_error', `import must not shadow ${known}`, { source: module.source, span })
    } else seen.set(name, importText(each))
  }
}

/** In strict mode an import has to be used. */
export function unusedImports(state: CompileState, module: Ast.Module, used: ReadonlySet<string>): readonly Diagnostic[] {
  if (!state.options.strict) return []
  return module.imports
    .filter(({ path, alias }) => (path[0] === 'data' || path[0] === 'input') && !used.has(alias?.name ?? path.at(-1) ?? ''))
    .map((unused) => {
      const message = `${importText(unused)} unused`
      return { code: 'rego_compile_error', severity: 'error', message, source: module.source, span: unused.span }
    })
}

const importText = ({ path, alias }: Ast.Import): string => `import ${path.join('.')}${alias === undefined ? '' : ` as ${alias.name}`}`
