const registry = 'asks a registry about images, with no network here'
const namespaceField =
  'listed among tests that must fail, but its file expects a failure and gets one; most likely it was about a `namespace` field that the format no longer has'

/**
 * Expectations that fail and are understood, each with why. A gap that passes is a failure of the run: its line must go.
 * Nothing is here that could be fixed by work already planned.
 */
export const knownGaps: Readonly<Record<string, string>> = {
  'kyverno-cli:registry/kyverno-test.yaml#check-image-base/check-image-base-rule/Pod/test-pod-with-trusted-registry': registry,
  'kyverno-cli:registry/kyverno-test.yaml#check-manifest-list/check-manifest-list-rule/Pod/test-pod-with-trusted-registry': registry,
  'kyverno-cli:registry/kyverno-test.yaml#check-manifest-list/check-manifest-list-rule/Pod/test-pod-with-single-arch-index': registry,
  'kyverno-cli:registry/kyverno-test.yaml#images/only-allow-trusted-images/Pod/test-pod-with-non-root-user-image': registry,
  'kyverno-cli:registry/kyverno-test.yaml#images/only-allow-trusted-images/Pod/test-pod-with-trusted-registry': registry,
  'kyverno-cli:test-fail/invalid-ns/kyverno-test.yaml#restrict-labels/restrict-labels/Namespace/kyverno-system-tst': namespaceField,
  'kyverno-cli:test-fail/invalid-ns-deprecated/kyverno-test.yaml#restrict-labels/restrict-labels/Namespace/kyverno-system-tst':
    namespaceField,
  'kyverno-chainsaw:mutate/clusterpolicy/standard/userInfo-roles-clusterRoles':
    'asks for a client certificate by a CertificateSigningRequest, which the sandbox stores and nobody signs',
  'kyverno-chainsaw:validate/clusterpolicy/standard/enforce-deprecated/block-pod-exec-requests':
    'expects that the text of a denial does not reach kubectl exec; here it does',
  'kyverno-chainsaw:validate/clusterpolicy/standard/enforce/block-pod-exec-requests':
    'expects that the text of a denial does not reach kubectl exec; here it does',
}
