import type { FieldError } from '../field-error.ts'
import { kinds } from './kinds.ts'
import { metadataOf, validateMetadata, validateMetadataUpdate } from './metadata.ts'
import { dns1123Subdomain } from './names.ts'
import type { KubeObject } from '../object.ts'
import { rootOf } from './field.ts'

const kindOf = ({ apiVersion, kind }: KubeObject) => kinds.get(`${apiVersion}/${kind}`)

/** What the API server of Kubernetes 1.36 finds wrong with a new object, after defaulting. Of unknown kinds only the metadata is checked. */
export function validateCreate(object: KubeObject): readonly FieldError[] {
  const kind = kindOf(object)
  const rules = { name: kind?.name ?? dns1123Subdomain, namespaced: kind?.namespaced }
  const root = rootOf(object)
  return distinct([...validateMetadata(metadataOf(object), rules), ...(kind?.create(root) ?? [])])
}

/** What the API server finds wrong with `object` as the successor of `old`. */
export function validateUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const kind = kindOf(object)
  const [root, before] = [rootOf(object), rootOf(old)]
  const validate = kind?.update ?? kind?.create
  return distinct([...validateMetadataUpdate(metadataOf(object), metadataOf(old)), ...(validate?.(root, before) ?? [])])
}

/** Each error is said once, however many rules find it. */
function distinct(errors: readonly FieldError[]): readonly FieldError[] {
  const seen = new Set<string>()
  return errors.filter(({ field, message }) => {
    const key = `${field}\n${message}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}
