import { isJsonArray, isJsonObject } from '../../core/json.ts'
import { mayRunOn } from '../../kube/node-placement.ts'
import type { KubeObject } from '../../kube/object.ts'
import { annotationsOf, isKubeObject, nameOf } from '../../kube/object.ts'
import type { Facts } from '../../policy/facts.ts'
import type { ContainerProfile, NodeProfiles, Placement, PodParts } from '../../standards/apparmor/apparmor.ts'
import { parseLoadedProfiles, placementOf } from '../../standards/apparmor/apparmor.ts'

/** On a Node: the profiles that its kernel has loaded, as `/sys/kernel/security/apparmor/profiles` prints them. */
export const loadedAnnotation = 'apparmor.kanon.dev/profiles'

/** Where the profiles are loaded, as far as nodes say; a text where nothing is known of any node. */
export function findPlacement(pod: PodParts, profiles: readonly ContainerProfile[], facts: Facts): Placement | string {
  const answer = facts.read({ ask: 'objects', apiVersion: 'v1', kind: 'Node', namespace: '', name: '', selector: null })
  if (answer === undefined) return 'the nodes are not known yet'
  if (!answer.known) return `the nodes are not known: ${answer.reason}`
  const nodes = isJsonArray(answer.value) ? answer.value.filter((node) => isJsonObject(node)).filter(isKubeObject) : []
  if (nodes.length === 0) return 'no node is known'
  return placementOf(profiles, nodes.filter((node) => mayRunOn({ spec: pod.spec }, node)).map(profilesOfNode))
}

function profilesOfNode(node: KubeObject): NodeProfiles {
  const text = annotationsOf(node)[loadedAnnotation]
  return { node: nameOf(node), profiles: text === undefined ? undefined : parseLoadedProfiles(text) }
}
