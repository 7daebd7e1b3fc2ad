import { ownValue } from '../../core/json.ts'
import type { Manifest } from '../../kube/manifest.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf, namespaceOf } from '../../kube/object.ts'
import type { Status } from '../../kube/status.ts'
import type { Compilation, Dialect, PolicyKind, PolicyState } from '../../policy/dialect.ts'
import { kindOf, pluralIn } from '../../policy/dialect.ts'
import type { Api } from '../api.ts'
import { covers } from '../api.ts'

function stateOf(manifest: Manifest, { policies, companions, rejected }: Compilation): PolicyState | undefined {
  const policy = policies.find((one) => one.manifest === manifest)
  if (policy !== undefined) return { ready: true, policy }
  if (companions?.includes(manifest) === true) return { ready: true }
  const why = rejected.find((one) => one.manifest === manifest)
  return why === undefined ? undefined : { ready: false, message: why.diagnostics.map(({ message }) => message).join('; ') }
}

function statusPath(kind: PolicyKind, { object }: Manifest): string {
  const namespace = kind.namespaced ? `/namespaces/${namespaceOf(object)}` : ''
  return `/apis/${object.apiVersion}${namespace}/${pluralIn(kind, object.kind)}/${nameOf(object)}/status`
}

/** Writes into each policy what became of it. Called when its webhooks are in place, so `Ready` is true only once it is enforced. */
export async function reconcileStatus(
  api: Api,
  {
    dialects,
    manifests,
    compilation,
    current,
    now,
  }: {
    readonly dialects: readonly Dialect[]
    readonly manifests: readonly Manifest[]
    readonly compilation: Compilation
    /** The object as it is stored now: what was compiled may have another status. */
    readonly current: (manifest: Manifest) => KubeObject | undefined
    readonly now: Date
  },
): Promise<readonly Status[]> {
  const failed: Status[] = []
  for (const manifest of manifests) {
    const kind = kindOf(dialects, manifest.object)
    const state = stateOf(manifest, compilation)
    if (kind?.status === undefined || state === undefined) continue
    const object = current(manifest)
    if (object === undefined) continue
    const wanted = kind.status({ ...manifest, object }, state, now)
    if (covers(ownValue(object, 'status'), wanted)) continue
    const done = await api.call({
      method: 'PATCH',
      path: statusPath(kind, manifest),
      body: { status: wanted },
      contentType: 'application/merge-patch+json',
    })
    if (!done.ok && done.error.code !== 404) failed.push(done.error)
  }
  return failed
}
