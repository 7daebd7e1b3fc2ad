import type { Operator } from './ir.ts'

/** How messages call a function: `count`, `data.lib.f`. */
export function operatorName(operator: Operator): string {
  return operator.kind === 'function' ? `data.${operator.path.join('.')}` : operator.name
}
