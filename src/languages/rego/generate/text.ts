import { fresh, quoted } from '../../../core/code-writer.ts'
import type { Builtin } from '../builtins/contract.ts'
import type { Expression } from '../ir/ir.ts'
import type { Writer } from './writer.ts'

/**
 * `sprintf` with a constant format of `%v` and `%s` only and as many values, written out as a sum of texts. The code is undefined where a value
 * needs more than that, or the text is long enough to be looked at for the limits.
 */
export function writeText(
  writer: Writer,
  { name }: Builtin,
  operands: readonly Expression[],
  args: readonly string[],
): { readonly before: string; readonly code: string } | undefined {
  const [format, values] = operands
  const [, list] = args
  if (name !== 'sprintf' || format?.kind !== 'constant' || typeof format.value !== 'string') return undefined
  if (values?.kind !== 'array' || values.items.length === 0 || list === undefined) return undefined
  const parts = format.value.split(/%([vs])/)
  const fits = parts.length === 2 * values.items.length + 1 && parts.every((part, at) => at % 2 === 1 || !part.includes('%'))
  if (!fits) return undefined
  const names = values.items.map(() => fresh(writer, 'u'))
  const shown = values.items.map((item, at) => {
    const show = item.kind === 'kept' ? 'h_shownOnce' : 'h_shown'
    return `${names[at] ?? ''} = ${show}(${list}[${at}], ${quoted(parts[2 * at + 1] ?? '')})`
  })
  const sum = parts.flatMap((part, at) => (at % 2 === 1 ? [names[(at - 1) / 2] ?? ''] : part === '' ? [] : [quoted(part)])).join(' + ')
  const some = names.map((each) => `${each} === undefined`).join(' || ')
  return { before: `const ${shown.join(', ')}`, code: `(${some} ? undefined : h_short(${sum}))` }
}
