import { formatValue } from '../values/format.ts'
import type { RegoValue } from '../values/value.ts'
import type { ContextOptions } from './context.ts'
import { createContext } from './context.ts'
import { BuiltinError } from './contract.ts'
import { builtins } from './registry.ts'

/** What one call comes to, as text: the value as Rego prints it, `undefined`, or `code: message`. */
export function callText(name: string, args: readonly RegoValue[], options: ContextOptions = {}): string {
  const builtin = builtins.get(name)
  if (builtin === undefined || builtin.relation === true) return `no function ${name}`
  const outcome = builtin.evaluate(args, createContext(options))
  if (outcome === undefined) return 'undefined'
  return outcome instanceof BuiltinError ? `${outcome.code}: ${outcome.message}` : formatValue(outcome)
}
