import type { CelLibrary } from '../function.ts'
import { globalFunction, traversal } from '../function.ts'
import type { CelObjectType, CelType } from '../types.ts'
import { celType, objectType } from '../types.ts'

const jsonPatchType = objectType('JSONPatch', { op: celType.string, path: celType.string, from: celType.string, value: celType.dyn })

/** `Object`, `Object.spec` and so on: objects of whatever fields. Fields are objects again, lists or scalars; nobody knows beforehand. */
function mutationType(name: string): CelType | undefined {
  if (name !== 'Object' && !name.startsWith('Object.')) return undefined
  const type: CelObjectType = { kind: 'object', name, field: () => ({ type: celType.dyn }) }
  return type
}

/** RFC 6901: what a key looks like in a path. */
const escapeKey = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')

/** What mutating policies build their patches with. */
export const mutationLibrary: CelLibrary = {
  name: 'kubernetes.mutation',
  types: { JSONPatch: jsonPatchType },
  typeNamed: mutationType,
  functions: [
    globalFunction('jsonpatch.escapeKey', ['string'], { returns: 'string', evaluate: escapeKey, cost: (key) => traversal(key.length) }),
  ],
}
