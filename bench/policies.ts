/** One policy of each common form, for benchmarks that need no data from elsewhere. */
const rule = (name: string, body: string, context = ''): string => `apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: { name: ${name} }
spec:
  background: false
  rules:
    - name: ${name}
      match: { any: [{ resources: { kinds: [Pod] } }] }
${context}${body}---
`

export const benchPolicies = [
  rule('pattern', "      validate:\n        message: tags\n        pattern: { spec: { containers: [{ image: '!*:latest' }] } }\n"),
  rule(
    'anchors',
    "      validate:\n        message: privileged\n        pattern: { spec: { '=(initContainers)': [{ '=(securityContext)': { '=(privileged)': 'false' } }], containers: [{ '=(securityContext)': { '=(privileged)': 'false' } }] } }\n",
  ),
  rule(
    'limits',
    "      validate:\n        message: limits\n        pattern: { spec: { containers: [{ resources: { limits: { memory: '<=2Gi' } } }] } }\n",
  ),
  rule(
    'deny',
    "      validate:\n        message: added\n        deny: { conditions: { any: [{ key: '{{ request.object.spec.containers[].securityContext.capabilities.add[] }}', operator: AnyIn, value: [SYS_ADMIN] }] } }\n",
  ),
  rule(
    'foreach',
    "      validate:\n        message: registries\n        foreach:\n          - list: request.object.spec.containers\n            deny: { conditions: { all: [{ key: '{{ element.image }}', operator: NotEquals, value: 'registry.example.com/*' }] } }\n",
  ),
].join('')
