import { requestersIn } from '../../admission/requester.ts'
import type { WatchSet } from '../../cluster/watch-set.ts'
import type { KubeObject } from '../../kube/object.ts'
import { labelsOf } from '../../kube/object.ts'
import type { Requester, UserInfo } from '../../policy/request.ts'

/** What is watched beside policies. */
export interface Surroundings {
  readonly namespace: (name: string) => KubeObject | undefined
  readonly namespaceLabels: (name: string) => Readonly<Record<string, string>> | undefined
  /** A user with the roles of now. */
  readonly requesterOf: (user: UserInfo) => Requester
  /** The webhook configurations of everybody. */
  readonly configurations: () => readonly KubeObject[]
}

/** `onConfiguration` is called for each change of a webhook configuration: somebody may have changed one of ours. */
export function watchSurroundings(watches: WatchSet, onConfiguration: () => void): Surroundings {
  const namespaces = watches.start('/api/v1/namespaces', () => undefined)
  let requesters: ((user: UserInfo) => Requester) | undefined
  const onBinding = (): void => {
    requesters = undefined
  }
  const roleBindings = watches.start('/apis/rbac.authorization.k8s.io/v1/rolebindings', onBinding)
  const clusterRoleBindings = watches.start('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', onBinding)
  const configurations = ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'].map((resource) =>
    watches.start(`/apis/admissionregistration.k8s.io/v1/${resource}`, onConfiguration),
  )
  const namespace = (name: string): KubeObject | undefined => namespaces.get('', name)
  return {
    namespace,
    namespaceLabels: (name) => {
      const found = namespace(name)
      return found === undefined ? undefined : labelsOf(found)
    },
    requesterOf: (user) => {
      requesters ??= requestersIn({ roleBindings: roleBindings.list(), clusterRoleBindings: clusterRoleBindings.list() })
      return requesters(user)
    },
    configurations: () => configurations.flatMap((cache) => cache.list()),
  }
}
