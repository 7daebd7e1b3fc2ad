import { has, maybeNumberAt, numberAt, objectAt } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import { jsonEqual } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { ok } from '../../core/result.ts'
import type { KubeObject } from '../../kube/object.ts'
import { annotationsOf, labelsOf, nameOf, namespaceOf } from '../../kube/object.ts'
import type { Status } from '../../kube/status.ts'
import type { SandboxClient } from '../client.ts'
import { controllerRevisions } from './kinds.ts'
import { shortHash } from './naming.ts'
import { controllerReference, isControlledBy } from './owners.ts'

/** The templates a StatefulSet or DaemonSet has had, kept as ControllerRevisions. */
export interface Revisions {
  /** Of the template as it is now. */
  readonly update: KubeObject
  /** All, oldest first. */
  readonly all: readonly KubeObject[]
}

export const revisionNumber = (revision: KubeObject): number => numberAt(revision, 'revision')
export const revisionTemplate = (revision: KubeObject): JsonObject => {
  const { $patch: _patch, ...template } = objectAt(revision, 'data', 'spec', 'template')
  return template
}

const dataOf = (owner: KubeObject): JsonObject => ({ spec: { template: { ...objectAt(owner, 'spec', 'template'), $patch: 'replace' } } })

export interface RevisionRequest {
  readonly client: SandboxClient
  readonly owner: KubeObject
  /** The label that carries the hash. */
  readonly hashLabel: string
}

/** Finds the revision of the owner's template: a known one becomes the latest again, an unknown one is written down. */
export async function ensureRevision({ client, owner, hashLabel }: RevisionRequest): Promise<Result<Revisions, Status>> {
  const all = client
    .list(controllerRevisions, namespaceOf(owner))
    .filter((revision) => isControlledBy(revision, owner))
    .sort((a, b) => revisionNumber(a) - revisionNumber(b))
  const data = dataOf(owner)
  const same = all.findLast((revision) => jsonEqual(objectAt(revision, 'data'), data))
  const latest = all.at(-1)
  if (same !== undefined && same === latest) return ok({ update: same, all })
  const revision = (latest === undefined ? 0 : revisionNumber(latest)) + 1
  if (same !== undefined) {
    const moved = await client.update(controllerRevisions, { ...same, revision })
    return moved.ok ? ok({ update: moved.value, all: [...all.filter((one) => one !== same), moved.value] }) : moved
  }
  const collisionCount = maybeNumberAt(owner, 'status', 'collisionCount')
  const hash = shortHash(data, collisionCount === 0 ? undefined : collisionCount)
  const created = await client.create(controllerRevisions, {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${nameOf(owner)}-${hash}`,
      namespace: namespaceOf(owner),
      labels: { ...labelsOf(objectAt(owner, 'spec', 'template')), [hashLabel]: hash },
      ...(has(owner, 'metadata', 'annotations') ? { annotations: annotationsOf(owner) } : {}),
      ownerReferences: [controllerReference(owner)],
    },
    data,
    revision,
  })
  return created.ok ? ok({ update: created.value, all: [...all, created.value] }) : created
}

/** Deletes the oldest revisions beyond `revisionHistoryLimit` that nothing uses. */
export async function truncateHistory(
  client: SandboxClient,
  owner: KubeObject,
  { all }: Revisions,
  inUse: ReadonlySet<string>,
): Promise<Result<undefined, Status>> {
  const limit = maybeNumberAt(owner, 'spec', 'revisionHistoryLimit') ?? 10
  const unused = all.filter((revision) => !inUse.has(nameOf(revision)))
  for (const revision of unused.slice(0, Math.max(0, unused.length - limit))) {
    const deleted = await client.delete(controllerRevisions, { namespace: namespaceOf(revision), name: nameOf(revision) })
    if (!deleted.ok && deleted.error.reason !== 'NotFound') return deleted
  }
  return ok(undefined)
}
