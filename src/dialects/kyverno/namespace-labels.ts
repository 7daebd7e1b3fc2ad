import { isJsonObject } from '../../core/json.ts'
import type { Facts } from '../../policy/facts.ts'

/** The labels of a namespace, or undefined while (or because) they are not known. */
export function namespaceLabels(name: string, facts: Facts): Readonly<Record<string, string>> | undefined {
  const answer = facts.read({ ask: 'namespaceLabels', name })
  if (answer === undefined || !answer.known || !isJsonObject(answer.value)) return undefined
  return Object.fromEntries(Object.entries(answer.value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}
