import type { KubeObject } from '../../kube/object.ts'

/** An object in the namespace `default`. */
export const object = (apiVersion: string, kind: string, name: string, rest: object = {}): KubeObject =>
  ({ apiVersion, kind, metadata: { name, namespace: 'default' }, ...rest }) as KubeObject
/** An object of no namespace. */
export const global = (apiVersion: string, kind: string, name: string, rest: object = {}): KubeObject =>
  ({ apiVersion, kind, metadata: { name }, ...rest }) as KubeObject
export const nothing: KubeObject = { apiVersion: '', kind: '' }

/** The template of the Pods that `selector` finds. */
export const template = (image = 'nginx:1', extra: object = {}): object => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'c', image, ports: [{ name: 'http', containerPort: 8080 }], ...extra }] },
})
export const selector = { matchLabels: { app: 'web' } }
export const deployment = (replicas: number): KubeObject =>
  object('apps/v1', 'Deployment', 'web', { spec: { replicas, selector, strategy: { type: 'RollingUpdate' }, template: template() } })
