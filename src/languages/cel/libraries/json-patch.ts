import { escapeToken } from '../../../core/json-pointer.ts'
import type { CelLibrary } from '../function.ts'
import { globalFunction, traversal } from '../function.ts'
import type { CelObjectType, CelType } from '../types.ts'
import { celType } from '../types.ts'
import type { CelOutcome, CelValue } from '../values.ts'
import { CelStruct, isCelList } from '../values.ts'

const jsonPatchFields: ReadonlyMap<string, CelType> = new Map<string, CelType>([
  ['op', celType.string],
  ['path', celType.string],
  ['from', celType.string],
  ['value', celType.dyn],
])

/** Upstream knows every field of a patch, but not what would fit the others. */
const nothing = celType.opaque('')

const jsonPatchType: CelObjectType = {
  kind: 'object',
  name: 'JSONPatch',
  field: (name) => ({ type: jsonPatchFields.get(name) ?? nothing }),
}

/** `Object`, `Object.spec` and so on: objects of whatever fields. Fields are objects again, lists or scalars; nobody knows beforehand. */
function mutationType(name: string): CelType | undefined {
  if (name !== 'Object' && !name.startsWith('Object.')) return undefined
  const type: CelObjectType = { kind: 'object', name, field: () => ({ type: celType.dyn }) }
  return type
}

/** Deeper objects are no patches. */
const deepest = 256

/** Why objects are not those of their fields, in Kubernetes' words: `Object.metadata` under `spec`. Undefined where all are. */
export function mutationTypeMismatch(value: CelOutcome, expected = 'Object', depth = 0): string | undefined {
  if (depth > deepest) return 'type mismatch: objects are nested too deeply'
  if (isCelList(value))
    return firstMismatch(
      value.map((item) => [item, expected]),
      depth,
    )
  if (!(value instanceof CelStruct)) return undefined
  const { typeName, fields } = value
  if (typeName !== expected)
    return `type mismatch: unexpected type name "${typeName}", expected "${expected}", which matches field name path from root Object type`
  return firstMismatch(
    Array.from(fields, ([name, field]) => [field, `${expected}.${name}`]),
    depth,
  )
}

function firstMismatch(parts: readonly (readonly [CelValue, string])[], depth: number): string | undefined {
  for (const [part, expected] of parts) {
    const mismatch = mutationTypeMismatch(part, expected, depth + 1)
    if (mismatch !== undefined) return mismatch
  }
  return undefined
}

/** What mutating policies build their patches with. */
export const mutationLibrary: CelLibrary = {
  name: 'kubernetes.mutation',
  types: { JSONPatch: jsonPatchType },
  typeNamed: mutationType,
  functions: [
    globalFunction('jsonpatch.escapeKey', ['string'], { returns: 'string', evaluate: escapeToken, cost: (key) => traversal(key.length) }),
  ],
}
