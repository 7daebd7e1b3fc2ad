import { bench, run } from 'mitata'
import type { JsonObject } from '../src/core/json.ts'
import { isJsonObject } from '../src/core/json.ts'
import type { EvaluationMode, LevelVersion } from '../src/standards/pod-security/pod-security.ts'
import { detailsText, evaluatePod, latest } from '../src/standards/pod-security/pod-security.ts'
import { makePods } from './pods.ts'

/** What the Pod Security Standards cost: one Pod against all checks, with the messages that Kubernetes shows. */
export async function benchPodSecurity(): Promise<void> {
  const restricted: LevelVersion = { level: 'restricted', version: latest }
  const mode: EvaluationMode = 'overrides'
  const judge = (spec: JsonObject): string => detailsText(evaluatePod(restricted, { annotations: {} }, spec, mode))
  const [pod] = makePods(1)
  const generated = pod === undefined || !isJsonObject(pod['spec'] ?? null) ? {} : (pod['spec'] as JsonObject)
  for (const [name, spec] of Object.entries({
    'that complies': complying,
    'of nginx': nginx,
    generated: generated,
    'with every fault': faulty,
  })) {
    bench(`restricted, a Pod ${name} (${evaluatePod(restricted, {}, spec).length} violations)`, () => judge(spec))
  }
  await run()
}

const nginx: JsonObject = { containers: [{ image: 'nginx', name: 'nginx', ports: [{ containerPort: 80 }] }] }

const complying: JsonObject = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    { image: 'nginx', name: 'nginx', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } },
    { image: 'envoy', name: 'proxy', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } },
  ],
  volumes: [{ name: 'tmp', emptyDir: {} }],
}

const faulty: JsonObject = {
  hostNetwork: true,
  securityContext: {
    sysctls: [{ name: 'kernel.msgmax', value: '1' }],
    seLinuxOptions: { type: 'x', user: 'u' },
    seccompProfile: { type: 'Unconfined' },
  },
  containers: [
    {
      image: 'nginx',
      name: 'nginx',
      ports: [{ containerPort: 80, hostPort: 80 }],
      livenessProbe: { httpGet: { host: '127.0.0.1', port: 80 } },
      securityContext: {
        privileged: true,
        procMount: 'Unmasked',
        runAsUser: 0,
        runAsNonRoot: false,
        capabilities: { add: ['SYS_ADMIN'] },
        appArmorProfile: { type: 'Unconfined' },
        windowsOptions: { hostProcess: true },
      },
    },
  ],
  volumes: [{ name: 'host', hostPath: { path: '/' } }],
}
