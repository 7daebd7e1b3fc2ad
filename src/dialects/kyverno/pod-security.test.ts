import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { RuleOutcome } from '../../policy/policy.ts'
import type { PolicyRequest } from '../../policy/request.ts'
import { anyPod, compileText, deletionOf, evaluateText, objectOf, podOf, policyText, requestOf, updateOf } from './testbed.ts'

const ruleText = (podSecurity: string, action = 'Audit', match = anyPod): string =>
  policyText(`{name: r, match: ${match}, validate: {failureAction: ${action}, podSecurity: ${podSecurity}}}`)

const outcomes = (text: string, request: PolicyRequest): readonly RuleOutcome[] => evaluateText(text, 'validate', request).rules

/** `pass`, the texts of the faults alone, or the message of another result. */
function judged(podSecurity: string, object: KubeObject): readonly string[] {
  return outcomes(ruleText(podSecurity), requestOf(object)).map(({ result, message }) => {
    if (result === 'pass') return result
    return message.replace(/^Validation rule '.*?' failed\. It violates PodSecurity ".*?": /, '')
  })
}

const podWith = (spec: string): KubeObject => podOf(`{spec: ${spec}}`)
const found = (reason: string, ...fields: readonly string[]): string =>
  `(Forbidden reason: ${reason}, field error list: [${fields.join(', ')}])`

describe('each check names its fields', () => {
  test.each([
    [
      'host namespaces',
      '{hostPID: true, hostNetwork: true}',
      found('host namespaces', ...['hostNetwork', 'hostPID'].map((field) => `spec.${field} is forbidden, forbidden values found: true`)),
    ],
    [
      'paths of the host',
      '{volumes: [{name: a}, {name: b, hostPath: {path: /etc}}]}',
      found('hostPath volumes', 'spec.volumes[1].hostPath is forbidden, forbidden values found: /etc'),
    ],
    [
      'ports of the host',
      '{containers: [{name: a, ports: [{containerPort: 1}, {hostPort: 80}, {hostPort: 81}]}]}',
      found(
        'hostPort',
        'spec.containers[0].ports[1].hostPort is forbidden, forbidden values found: 80',
        'spec.containers[0].ports[2].hostPort is forbidden, forbidden values found: 81',
      ),
    ],
    [
      'capabilities, as Go prints lists',
      '{initContainers: [{name: i, securityContext: {capabilities: {add: [NET_ADMIN, KILL, NET_RAW]}}}]}',
      found(
        'non-default capabilities',
        'spec.initContainers[0].securityContext.capabilities.add is forbidden, forbidden values found: [NET_ADMIN NET_RAW]',
      ),
    ],
    [
      'privileged containers of every sort',
      '{containers: [{name: a}, {name: b, securityContext: {privileged: true}}], ephemeralContainers: [{name: e, securityContext: {privileged: true}}]}',
      found(
        'privileged',
        'spec.containers[1].securityContext.privileged is forbidden, forbidden values found: true',
        'spec.ephemeralContainers[0].securityContext.privileged is forbidden, forbidden values found: true',
      ),
    ],
    [
      'masks of /proc',
      '{containers: [{name: a, securityContext: {procMount: Unmasked}}]}',
      found('procMount', 'spec.containers[0].securityContext.procMount is forbidden, forbidden values found: Unmasked'),
    ],
    [
      'SELinux, the Pod first',
      '{securityContext: {seLinuxOptions: {type: foo, user: u}}, containers: [{name: a, securityContext: {seLinuxOptions: {role: r}}}]}',
      found(
        'seLinuxOptions',
        'spec.securityContext.seLinuxOptions.type is forbidden, forbidden values found: foo',
        'spec.securityContext.seLinuxOptions.user is forbidden, forbidden values found: u',
        'spec.containers[0].securityContext.seLinuxOptions.role is forbidden, forbidden values found: r',
      ),
    ],
    [
      'sysctls',
      '{securityContext: {sysctls: [{name: kernel.shm_rmid_forced}, {name: fake.value}]}}',
      found('forbidden sysctls', 'spec.securityContext.sysctls[1].name is forbidden, forbidden values found: fake.value'),
    ],
    [
      'processes of the host',
      '{securityContext: {windowsOptions: {hostProcess: true}}}',
      found('hostProcess', 'spec.securityContext.windowsOptions.hostProcess is forbidden, forbidden values found: true'),
    ],
    [
      'an empty AppArmor type',
      '{securityContext: {appArmorProfile: {type: ""}}}',
      found('forbidden AppArmor profile', 'spec.securityContext.appArmorProfile.type: Forbidden'),
    ],
    [
      'several checks, by id',
      '{hostIPC: true, securityContext: {seccompProfile: {type: Unconfined}}, containers: [{name: a, securityContext: {privileged: true}}]}',
      found('host namespaces', 'spec.hostIPC is forbidden, forbidden values found: true') +
        found('privileged', 'spec.containers[0].securityContext.privileged is forbidden, forbidden values found: true') +
        found('seccompProfile', 'spec.securityContext.seccompProfile.type is forbidden, forbidden values found: Unconfined'),
    ],
  ])('baseline: %s', (_, spec, expected) => {
    expect(judged('{level: baseline, version: latest}', podWith(spec))).toEqual([expected])
  })

  const quiet =
    found(
      'allowPrivilegeEscalation != false',
      'spec.containers[0].securityContext.allowPrivilegeEscalation is forbidden, forbidden values found: nil',
    ) + found('unrestricted capabilities', 'spec.containers[0].securityContext.capabilities.drop: Required value')
  const restricted =
    '{allowPrivilegeEscalation: false, runAsNonRoot: true, capabilities: {drop: [ALL]}, seccompProfile: {type: RuntimeDefault}}'
  test.each([
    [
      'a silent container',
      '{containers: [{name: a}]}',
      quiet +
        found('runAsNonRoot != true', 'spec.containers[0].securityContext.runAsNonRoot: Required value') +
        found('seccompProfile', 'spec.containers[0].securityContext.seccompProfile.type: Required value'),
    ],
    [
      'a Pod that says no',
      '{securityContext: {runAsNonRoot: false, runAsUser: 0, seccompProfile: {type: Localhost}}, containers: [{name: a}]}',
      quiet +
        found('runAsNonRoot != true', 'spec.securityContext.runAsNonRoot is forbidden, forbidden values found: false') +
        found('runAsUser=0', 'spec.securityContext.runAsUser is forbidden, forbidden values found: 0'),
    ],
    [
      'volumes, told by both levels',
      `{volumes: [{name: h, hostPath: {path: /a}}, {name: n, nfs: {path: /b}}, {name: s, secret: {}}], containers: [{name: a, securityContext: ${restricted}}]}`,
      found('hostPath volumes', 'spec.volumes[0].hostPath is forbidden, forbidden values found: /a') +
        found('restricted volume types', 'spec.volumes[0].hostPath: Forbidden', 'spec.volumes[1].nfs: Forbidden'),
    ],
    ['a Pod that complies', `{containers: [{name: a, securityContext: ${restricted}}]}`, 'pass'],
  ])('restricted: %s', (_, spec, expected) => {
    expect(judged('{level: restricted, version: latest}', podWith(spec))).toEqual([expected])
  })

  test('annotations stand in brackets', () => {
    const pod = podOf('{metadata: {name: p, annotations: {container.apparmor.security.beta.kubernetes.io/a1: unconfined}}}')
    expect(judged('{level: baseline, version: latest}', pod)).toEqual([
      found(
        'forbidden AppArmor profile',
        'metadata.annotations[container.apparmor.security.beta.kubernetes.io/a1] is forbidden, forbidden values found: unconfined',
      ),
    ])
  })
})

describe('levels and versions', () => {
  const host = podWith('{hostNetwork: true}')
  const keepalive = podWith('{securityContext: {sysctls: [{name: net.ipv4.tcp_keepalive_time}]}}')
  const probe = podWith('{containers: [{name: a, livenessProbe: {httpGet: {host: h}}}]}')
  const forbiddenSysctl = found(
    'forbidden sysctls',
    'spec.securityContext.sysctls[0].name is forbidden, forbidden values found: net.ipv4.tcp_keepalive_time',
  )
  test.each([
    ['privileged asks nothing', '{level: privileged, version: latest}', host, 'pass'],
    ['no version is the latest', '{level: baseline}', keepalive, 'pass'],
    ['latest asks the newest revision alone', '{level: baseline, version: latest}', keepalive, 'pass'],
    ['a version asks every revision up to it', '{level: baseline, version: v1.29}', keepalive, forbiddenSysctl],
    [
      'and tells a field once',
      '{level: baseline, version: v1.24}',
      host,
      found('host namespaces', 'spec.hostNetwork is forbidden, forbidden values found: true'),
    ],
    ['checks that Kyverno does not know yet are not asked', '{level: baseline, version: latest}', probe, 'pass'],
    [
      'an unknown level is an error',
      '{level: strict}',
      host,
      'failed to parse pod security api version: must be one of privileged, baseline, restricted',
    ],
    [
      'an unknown version too',
      '{level: baseline, version: v2}',
      host,
      'failed to parse pod security api version: must be "latest" or "v1.x"',
    ],
  ])('%s', (_, podSecurity, object, expected) => {
    expect(judged(podSecurity, object)).toEqual([expected])
  })
})

describe('kinds', () => {
  const template =
    '{metadata: {annotations: {container.apparmor.security.beta.kubernetes.io/a: unconfined}}, spec: {hostIPC: true, containers: []}}'
  const text = (prefix: string): string =>
    found(
      'forbidden AppArmor profile',
      `${prefix}metadata.annotations[container.apparmor.security.beta.kubernetes.io/a] is forbidden, forbidden values found: unconfined`,
    ) + found('host namespaces', `${prefix}spec.hostIPC is forbidden, forbidden values found: true`)
  test.each([
    ['Deployment', 'apps/v1', `{template: ${template}}`, 'autogen-r', text('spec.template.')],
    ['Job', 'batch/v1', `{template: ${template}}`, 'autogen-r', text('spec.template.')],
    ['ReplicationController', 'v1', `{template: ${template}}`, 'autogen-r', text('spec.template.')],
    ['CronJob', 'batch/v1', `{jobTemplate: {spec: {template: ${template}}}}`, 'autogen-cronjob-r', text('spec.jobTemplate.spec.template.')],
  ])('a template in a %s', (kind, apiVersion, spec, rule, expected) => {
    const object = objectOf(`{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: n, namespace: nn}, spec: ${spec}}`)
    const [outcome] = outcomes(ruleText('{level: baseline, version: latest}'), requestOf(object))
    expect(outcome?.rule).toBe(rule)
    expect(outcome?.message).toBe(`Validation rule '${rule}' failed. It violates PodSecurity "baseline:latest": ${expected}`)
    expect(outcome?.at.map((path) => path.join('.'))).toContain(
      `${kind === 'CronJob' ? 'spec.jobTemplate.spec.template' : 'spec.template'}.spec.hostIPC`,
    )
  })

  test('a kind without a Pod is an error', () => {
    const match = '{any: [{resources: {kinds: [ConfigMap]}}]}'
    const object = objectOf('{apiVersion: v1, kind: ConfigMap, metadata: {name: n}}')
    expect(
      outcomes(ruleText('{level: baseline}', 'Audit', match), requestOf(object)).map(({ result, message }) => `${result}: ${message}`),
    ).toEqual(['error: Error while getting new resource: could not find correct resource type'])
  })

  test('what is deleted is not asked', () => {
    expect(outcomes(ruleText('{level: baseline}'), deletionOf(podWith('{hostIPC: true}')))).toEqual([])
  })
})

describe('exclusions', () => {
  const nginx = 'images: [nginx*]'
  const cap = (image: string, name: string, ...add: readonly string[]): string =>
    `{name: ${name}, image: ${image}, securityContext: {capabilities: {add: [${add.join(', ')}]}}}`
  const addFault = (index: number, ...values: readonly string[]): string =>
    `spec.containers[${index}].securityContext.capabilities.add is forbidden, forbidden values found: [${values.join(' ')}]`
  const field = 'restrictedField: "spec.containers[*].securityContext.capabilities.add"'
  const seccomp =
    '{securityContext: {seccompProfile: {type: Unconfined}}, containers: [{name: a, image: nginx, securityContext: {seccompProfile: {type: Unconfined}}}]}'
  const unconfined = (place: string): string =>
    `${place}.securityContext.seccompProfile.type is forbidden, forbidden values found: Unconfined`
  test.each([
    ['a control of the Pod', '[{controlName: Host Namespaces}]', '{hostNetwork: true, hostPID: true}', 'pass'],
    [
      'one field of it',
      '[{controlName: Host Namespaces, restrictedField: spec.hostNetwork, values: ["true"]}]',
      '{hostNetwork: true, hostPID: true}',
      found('host namespaces', 'spec.hostPID is forbidden, forbidden values found: true'),
    ],
    [
      'values that are excluded',
      '[{controlName: HostPath Volumes, restrictedField: "spec.volumes[*].hostPath", values: [/var/*]}]',
      '{volumes: [{name: a, hostPath: {path: /var/lib}}]}',
      'pass',
    ],
    [
      'values that are not',
      '[{controlName: HostPath Volumes, restrictedField: "spec.volumes[*].hostPath", values: [/var/*]}]',
      '{volumes: [{name: a, hostPath: {path: /etc}}]}',
      found('hostPath volumes', 'spec.volumes[0].hostPath is forbidden, forbidden values found: /etc'),
    ],
    [
      'containers by their image',
      `[{controlName: Capabilities, ${nginx}}]`,
      `{containers: [${cap('nginx:1', 'a', 'XX')}, ${cap('redis', 'b', 'YY')}]}`,
      found('non-default capabilities', addFault(1, 'YY')),
    ],
    [
      'all values of a container must be excluded',
      `[{controlName: Capabilities, ${nginx}, ${field}, values: [XX]}]`,
      `{containers: [${cap('nginx:1', 'a', 'XX', 'YY')}]}`,
      found('non-default capabilities', addFault(0, 'XX', 'YY')),
    ],
    [
      'in the field that is named',
      `[{controlName: Capabilities, ${nginx}, ${field}, values: [XX]}]`,
      `{initContainers: [${cap('nginx:1', 'a', 'XX')}]}`,
      found('non-default capabilities', addFault(0, 'XX').replace('containers', 'initContainers')),
    ],
    ['the Pod alone leaves its containers', '[{controlName: Seccomp}]', seccomp, found('seccompProfile', unconfined('spec.containers[0]'))],
    ['containers alone leave the Pod', '[{controlName: Seccomp, images: ["*"]}]', seccomp, found('seccompProfile', unconfined('spec'))],
    ['both', '[{controlName: Seccomp}, {controlName: Seccomp, images: ["*"]}]', seccomp, 'pass'],
    [
      'another control',
      '[{controlName: Sysctls}]',
      '{hostIPC: true}',
      found('host namespaces', 'spec.hostIPC is forbidden, forbidden values found: true'),
    ],
    [
      'a control that there is not',
      '[{controlName: Anything}]',
      '{hostIPC: true}',
      found('host namespaces', 'spec.hostIPC is forbidden, forbidden values found: true'),
    ],
    [
      'ports',
      `[{controlName: Host Ports, ${nginx}, restrictedField: "spec.containers[*].ports[*].hostPort", values: ["10"]}]`,
      '{containers: [{name: a, image: nginx, ports: [{hostPort: 10}]}]}',
      'pass',
    ],
  ])('%s', (_, exclusions, spec, expected) => {
    expect(judged(`{level: baseline, version: latest, exclude: ${exclusions}}`, podWith(spec))).toEqual([expected])
  })

  test.each([
    [
      'a volume by its type, whatever the values',
      '[{controlName: Volume Types, restrictedField: "spec.volumes[*].flexVolume", values: [driver]}]',
      '{volumes: [{name: f, flexVolume: {driver: x}}], containers: []}',
      'pass',
    ],
    [
      'silence, by the field that is missing',
      '[{controlName: Running as Non-root, images: [a], restrictedField: "spec.containers[*].securityContext.runAsNonRoot", values: ["false"]}]',
      '{securityContext: {seccompProfile: {type: RuntimeDefault}}, containers: [{name: a, image: a, securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}}]}',
      'pass',
    ],
  ])('restricted: %s', (_, exclusions, spec, expected) => {
    expect(judged(`{level: restricted, version: latest, exclude: ${exclusions}}`, podWith(spec))).toEqual([expected])
  })
})

describe('exceptions', () => {
  const exception = (name: string, podSecurity: string): string =>
    `---\napiVersion: kyverno.io/v2\nkind: PolicyException\nmetadata: {name: ${name}, namespace: ns}\nspec: {exceptions: [{policyName: policy, ruleNames: [r]}], match: ${anyPod}${podSecurity}}\n`
  const pod = podWith('{hostIPC: true, containers: [{name: a, image: nginx, securityContext: {privileged: true}}]}')
  const host = exception('host', ', podSecurity: [{controlName: Host Namespaces}]')
  const privileged = exception('privileged', ', podSecurity: [{controlName: Privileged Containers, images: [nginx]}]')
  const said = (...exceptions: readonly string[]): readonly RuleOutcome[] =>
    outcomes(ruleText('{level: baseline, version: latest}') + exceptions.join(''), requestOf(pod))

  test('one that names no control excuses the rule', () => {
    expect(said(host, exception('all', ''))).toMatchObject([
      { result: 'skip', message: 'rule is skipped due to policy exception ns/all', exceptions: ['ns/all'] },
    ])
  })
  test('controls of all exceptions together may excuse it', () => {
    expect(said(host, privileged)).toMatchObject([
      {
        result: 'skip',
        message: 'rule is skipped due to policy exceptions ns/host, ns/privileged',
        exceptions: ['ns/host', 'ns/privileged'],
        properties: { exceptions: 'host,privileged' },
      },
    ])
  })
  test('what is left is told', () => {
    const left = found('host namespaces', 'spec.hostIPC is forbidden, forbidden values found: true')
    expect(said(privileged)).toMatchObject([
      { result: 'fail', message: `Validation rule 'r' failed. It violates PodSecurity "baseline:latest": ${left}`, exceptions: [] },
    ])
  })
  test('a Pod that complies passes', () => {
    expect(outcomes(ruleText('{level: baseline, version: latest}') + host, requestOf(podOf()))).toMatchObject([
      { result: 'pass', message: "Validation rule 'r' passed.", exceptions: [] },
    ])
  })
})

test('a report says which controls failed, with the images of the containers that the check named', () => {
  const pod = podWith(
    '{hostIPC: true, initContainers: [{name: i, image: "busybox:1", securityContext: {capabilities: {add: [XX]}}}], containers: [{name: a, image: a}, {name: b, image: "r.io/b@x", securityContext: {capabilities: {add: [YY]}}}]}',
  )
  const [outcome] = outcomes(
    ruleText('{level: baseline, version: v1.29, exclude: [{controlName: Capabilities, images: ["busybox*"]}]}'),
    requestOf(pod),
  )
  expect(outcome?.properties).toMatchObject({
    standard: 'baseline',
    version: 'v1.29',
    controls: 'capabilities_baseline,hostNamespaces',
    controlsJSON:
      '[{"ID":"capabilities_baseline","Name":"Capabilities","Images":["i","b"]},{"ID":"hostNamespaces","Name":"Host Namespaces","Images":null}]',
  })
})

test('images are told by their whole reference where all of them can be read', () => {
  const pod = podWith('{containers: [{name: a, image: nginx, securityContext: {privileged: true}}]}')
  const [outcome] = outcomes(ruleText('{level: baseline, version: latest}'), requestOf(pod))
  expect(outcome?.properties['controlsJSON']).toBe(
    '[{"ID":"privileged","Name":"Privileged Containers","Images":["docker.io/nginx:latest"]}]',
  )
})

describe('Enforce', () => {
  const text = ruleText('{level: baseline, version: latest}', 'Enforce')
  const bad = podWith('{hostIPC: true}')
  test('denies', () => {
    expect(outcomes(text, requestOf(bad))).toMatchObject([{ result: 'fail', enforcement: 'deny' }])
  })
  test('lets through what was as bad before', () => {
    expect(outcomes(text, updateOf(bad, { ...bad, metadata: { name: 'p', namespace: 'nn', labels: { a: 'b' } } }))).toMatchObject([
      { result: 'skip', message: 'skipping the rule evaluation as pre-existing violations are allowed' },
    ])
    expect(outcomes(text, updateOf(podOf(), bad))).toMatchObject([{ result: 'fail' }])
  })
})

const keys = [
  'containers',
  'initContainers',
  'name',
  'image',
  'securityContext',
  'capabilities',
  'add',
  'drop',
  'volumes',
  'hostPath',
  '__proto__',
  'ports',
  'hostPort',
  'sysctls',
]
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, true, 0, '', 'nginx', 'ALL'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 5 }),
  ),
})).value

test('no Pod and no exclusion makes it throw', () => {
  const [policy] = compileText(
    ruleText(
      '{level: restricted, version: v1.30, exclude: [{controlName: Capabilities, images: ["*"]}, {controlName: Seccomp}, {controlName: Volume Types}, {images: [1], values: [{}]}, 3]}',
    ),
  )
  fc.assert(
    fc.property(json, (value) => {
      const spec = JSON.parse(JSON.stringify({ spec: value })) as JsonObject
      policy?.evaluate('validate', requestOf({ ...podOf(), ...spec }), { read: () => undefined, missing: [] })
    }),
  )
  expect(policy?.rules.length).toBe(3)
})
