import { parseImageReference } from '../image-reference.ts'

/** `Always` for `:latest` and what means it; a name that is none is left alone. */
export function pullPolicyOf(image: string): 'Always' | 'IfNotPresent' {
  const reference = parseImageReference(image)
  return reference.ok && reference.value.tag === 'latest' ? 'Always' : 'IfNotPresent'
}
