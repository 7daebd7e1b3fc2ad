/** Answers of the sandbox that differ from the recorded ones of an API server without nodes, each with the reason. */
export const meantDifferences: readonly { readonly command: string; readonly why: string }[] = [
  {
    command: 'kubectl get deploy,rs,pods -n demo',
    why: 'the sandbox has a node, on which Pods run; and the hash in the name of a ReplicaSet is made otherwise',
  },
  {
    command: 'kubectl label --overwrite ns demo pod-security.kubernetes.io/enforce=restricted',
    why: 'the same: without nodes a rollout waits, so that the Pod before it is there to be counted',
  },
]
