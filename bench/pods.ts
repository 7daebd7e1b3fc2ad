import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KubeObject } from '../src/kube/object.ts'
import { printYaml } from '../src/kube/yaml/yaml.ts'

/** Pods of about 2 kB with one to three containers, most with some violation; the same for the same seed. */
export function makePods(count: number, seed = 42): readonly KubeObject[] {
  let state = seed >>> 0
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const chance = (p: number): boolean => random() < p
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? ''
  const container = (name: string): { readonly [key: string]: string | object } => ({
    name,
    image: `${pick(['registry.example.com/team', 'docker.io/library', 'quay.io/org'])}/${pick(['nginx', 'redis', 'api', 'worker'])}:${chance(0.1) ? 'latest' : `1.${Math.floor(random() * 30)}`}`,
    resources: chance(0.8)
      ? { limits: { cpu: pick(['100m', '1']), memory: pick(['128Mi', '1Gi']) }, requests: { cpu: '50m', memory: '64Mi' } }
      : {},
    securityContext: {
      ...(chance(0.85) ? { allowPrivilegeEscalation: false } : {}),
      ...(chance(0.05) ? { privileged: true } : {}),
      ...(chance(0.7) ? { capabilities: { drop: ['ALL'], ...(chance(0.2) ? { add: ['SYS_ADMIN'] } : {}) } } : {}),
      ...(chance(0.6) ? { runAsNonRoot: true, runAsUser: 1000 } : {}),
      ...(chance(0.5) ? { seccompProfile: { type: pick(['RuntimeDefault', 'Unconfined']) } } : {}),
    },
    ports: [{ containerPort: 8000 + Math.floor(random() * 1000), ...(chance(0.05) ? { hostPort: 80 } : {}) }],
    env: Array.from({ length: Math.floor(random() * 6) }, (_, index) => ({
      name: `ENV_${index}`,
      value: `v${Math.floor(random() * 1e6)}`,
    })),
    volumeMounts: [
      { name: 'data', mountPath: '/data' },
      { name: 'cfg', mountPath: '/etc/cfg', readOnly: true },
    ],
  })
  return Array.from({ length: count }, (_, index) => {
    const pod: unknown = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `pod-${index}`,
        namespace: `ns-${index % 20}`,
        labels: { app: pick(['nginx', 'redis']), tier: pick(['fe', 'be']) },
        annotations: { 'example.com/rev': String(index) },
      },
      spec: {
        ...(chance(0.05) ? { hostNetwork: true } : {}),
        ...(chance(0.4) ? { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } } : {}),
        containers: Array.from({ length: 1 + Math.floor(random() * 3) }, (__, n) => container(`c${n}`)),
        volumes: [
          { name: 'data', ...(chance(0.1) ? { hostPath: { path: '/var/run' } } : { emptyDir: {} }) },
          { name: 'cfg', configMap: { name: 'cfg' } },
        ],
      },
    }
    // Plain JSON built above, with both header fields.
    return pod as KubeObject
  })
}

/** Writes that many Pods into a file of the folder; its path. */
export function writePods(folder: string, count: number): string {
  const file = join(folder, `${count}.yaml`)
  const texts = makePods(count).map((object) => printYaml(object))
  writeFileSync(file, texts.join('---\n'))
  return file
}
