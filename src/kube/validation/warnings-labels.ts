import type { Field } from './field.ts'
import { at, entriesOf, itemsOf, textOf } from './field.ts'

/** Labels of nodes that have new names. */
const successors: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
}

export const deprecatedLabel = (key: string): string | undefined => (Object.hasOwn(successors, key) ? successors[key] : undefined)

/** Of a map of labels. */
export function* labelMapWarnings(labels: Field): Iterable<string> {
  for (const [key, value] of entriesOf(labels)) {
    const text = deprecatedLabel(key)
    if (text !== undefined) yield `${value.path}: ${text}`
  }
}

/** Of the key at `field`. */
export function* labelKeyWarnings(field: Field): Iterable<string> {
  const text = deprecatedLabel(textOf(field))
  if (text !== undefined) yield `${field.path}: ${textOf(field)} is ${text}`
}

export function* nodeSelectorTermWarnings(term: Field): Iterable<string> {
  for (const requirement of itemsOf(at(term, 'matchExpressions'))) yield* labelKeyWarnings(at(requirement, 'key'))
}

export function* nodeSelectorWarnings(selector: Field): Iterable<string> {
  for (const term of itemsOf(at(selector, 'nodeSelectorTerms'))) yield* nodeSelectorTermWarnings(term)
}
