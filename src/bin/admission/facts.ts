import { apiFacts } from '../../cluster/api-facts.ts'
import type { KeyPair } from '../../cluster/certificates.ts'
import { createExternalDataClient } from '../../cluster/external-data.ts'
import { createInventory } from '../../cluster/inventory.ts'
import type { KubeClient } from '../../cluster/kube-client.ts'
import type { KnownFacts } from '../../engine/facts.ts'
import type { Json } from '../../core/json.ts'
import type { ServedResource } from '../../policy/admission.ts'
import type { Answer, FactSource } from '../../policy/facts.ts'
import type { Surroundings } from './surroundings.ts'

export interface ReplicaFactsOptions {
  readonly client: KubeClient
  readonly resources: () => readonly ServedResource[]
  readonly surroundings: Surroundings
  /** With which providers of external data are asked. */
  readonly clientCertificate: () => KeyPair
  /** How long what they said is kept. */
  readonly externalDataMilliseconds: number
}

/** What policies may ask. */
export interface ReplicaFacts {
  readonly source: FactSource
  /** What is at hand. */
  readonly known: KnownFacts
  readonly stop: () => void
}

export function openFacts(options: ReplicaFactsOptions): ReplicaFacts {
  const { client, resources, surroundings, clientCertificate, externalDataMilliseconds } = options
  const inventory = createInventory({ client, resources })
  const externalData = createExternalDataClient({
    clientCertificate,
    keptMilliseconds: externalDataMilliseconds,
    now: () => performance.now(),
  })
  return {
    source: apiFacts({ client, resources, namespaceLabels: surroundings.namespaceLabels, externalData }),
    known: (question) => {
      if (question.ask === 'inventory') return inventory.answer(question)
      if (question.ask === 'externalData') return externalData.known(question)
      if (question.ask === 'namespaceLabels') return known(surroundings.namespaceLabels(question.name))
      const isNamespace = question.ask === 'object' && question.kind === 'Namespace' && question.apiVersion === 'v1'
      return isNamespace ? known(surroundings.namespace(question.name)) : undefined
    },
    stop: () => {
      inventory.stop()
      externalData.close()
    },
  }
}

const known = (value: Json | undefined): Answer | undefined => (value === undefined ? undefined : { known: true, value })
