import type { JsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf } from '../../kube/object.ts'
import type { WebhookContext } from '../../policy/admission.ts'
import type { Dialect } from '../../policy/dialect.ts'
import { claims } from '../../policy/dialect.ts'
import type { CompiledPolicy } from '../../policy/policy.ts'

/** How the API server reaches the webhooks. */
export type Reach =
  | { readonly kind: 'service'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'url'; readonly host: string; readonly port: number }

const encode = (text: string): string => Buffer.from(text).toString('base64')

/** `clientConfig` of a webhook at a path; `caBundle` in PEM. */
export const clientConfigOf = (reach: Reach, caBundle: string, path: string): JsonObject => ({
  caBundle: encode(caBundle),
  ...(reach.kind === 'url'
    ? { url: `https://${reach.host}:${reach.port}${path}` }
    : { service: { namespace: reach.namespace, name: reach.name, path, port: 443 } }),
})

export interface WebhookNeeds extends Omit<WebhookContext, 'settings'> {
  readonly dialects: readonly Dialect[]
  readonly policies: readonly CompiledPolicy[]
  /** Of the dialects, by their names. */
  readonly settings: Readonly<Record<string, KubeObject | undefined>>
}

/** The configurations that the cluster should hold: each dialect says those of its own policies. */
export const wantedWebhooks = ({ dialects, policies, settings, ...context }: WebhookNeeds): readonly KubeObject[] =>
  dialects.flatMap(
    (dialect) =>
      dialect.admission?.webhookConfigurations(
        policies.filter((policy) => dialect.kinds.some((kind) => claims(kind, policy))),
        { ...context, settings: settings[dialect.name] },
      ) ?? [],
  )

const identityOf = (object: KubeObject): string => `${object.kind} ${nameOf(object)}`

/** Whether all of our configurations among those in the cluster trust the authorities of a bundle (PEM). Where none is there, nothing says so. */
export function isTrusted(caBundle: string, wanted: readonly KubeObject[], actual: readonly KubeObject[]): boolean {
  const encoded = encode(caBundle)
  const ours = new Set(wanted.map(identityOf))
  const there = actual.filter((one) => ours.has(identityOf(one)))
  // One without webhooks holds no authority.
  return there.length > 0 && there.every((one) => one['webhooks'] === undefined || JSON.stringify(one).includes(encoded))
}
