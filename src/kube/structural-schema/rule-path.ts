import type { Schema } from '../schema.ts'

const step = /\.([A-Za-z_][\w-]*)|\['((?:[^'\\]|\\.)*)'\]/y
/** Longer paths are no paths. */
const longest = 10_000

/** The `fieldPath` of a rule as errors print it (`.m['a']` is `.m[a]`); undefined where the schema has no such field. */
export function resolveFieldPath(path: string, schema: Schema): string | undefined {
  if (path.length > longest) return undefined
  let current: Schema = schema
  let out = ''
  step.lastIndex = 0
  while (step.lastIndex < path.length) {
    const found = step.exec(path)
    if (found === null) return undefined
    const name = found[1] ?? (found[2] ?? '').replaceAll(/\\(.)/g, '$1')
    const property: Schema | undefined = Object.hasOwn(current.properties ?? {}, name) ? current.properties?.[name] : undefined
    const rest: Schema | undefined = typeof current.additionalProperties === 'object' ? current.additionalProperties : undefined
    if (property === undefined && rest === undefined) return undefined
    out += property === undefined ? `[${name}]` : `.${name}`
    current = property ?? rest ?? {}
  }
  return out
}
