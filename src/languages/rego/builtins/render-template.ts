import type { Builtin } from './contract.ts'
import { define, object, text } from './define.ts'
import { failure, type } from './operands.ts'
import { parseTemplate } from './template/parse.ts'
import { runTemplate } from './template/run.ts'

const name = 'strings.render_template'

export const templateBuiltins: readonly Builtin[] = [
  define(name, [text, { ...object, type: type.object(type.string, type.any) }], type.string, ([source, data], context) => {
    const parsed = parseTemplate(source)
    if (!parsed.ok) return failure(name, parsed.error)
    const rendered = runTemplate(parsed.value, data, { maxLength: context.limits.textLength, mayGoOn: () => context.mayGoOn() })
    // Upstream says what is missing in words of its own.
    return rendered.ok ? rendered.value.replaceAll('<no value>', '<undefined>') : failure(name, rendered.error)
  }),
]
