import { expect, test } from 'vitest'
import type { JsonObject } from '../core/json.ts'
import { mayRunOn } from './node-placement.ts'
import type { KubeObject } from './object.ts'

const node = (spec: JsonObject = {}, labels: JsonObject = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n', labels },
  spec,
})
const taint = (effect: string): JsonObject => ({ taints: [{ key: 'k', value: 'v', effect }] })
const affinity = (...expressions: readonly JsonObject[]): JsonObject => ({
  affinity: {
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: expressions }] } },
  },
})

test.each<[string, boolean, JsonObject, KubeObject]>([
  ['any Pod on a plain node', true, {}, node()],
  ['on the node that it names', true, { nodeName: 'n' }, node({ unschedulable: true })],
  ['on no other', false, { nodeName: 'm' }, node()],
  ['not on a cordoned node', false, {}, node({ unschedulable: true })],
  ['a Pod that tolerates that', true, { tolerations: [{ operator: 'Exists' }] }, node({ unschedulable: true })],
  ['not on a tainted node', false, {}, node(taint('NoSchedule'))],
  ['nor where it would be put out', false, {}, node(taint('NoExecute'))],
  ['where it is only preferred not to be', true, {}, node(taint('PreferNoSchedule'))],
  ['a Pod that tolerates the taint', true, { tolerations: [{ key: 'k', value: 'v', effect: 'NoSchedule' }] }, node(taint('NoSchedule'))],
  ['another value is not tolerated', false, { tolerations: [{ key: 'k', value: 'w' }] }, node(taint('NoSchedule'))],
  ['by its selector', true, { nodeSelector: { a: 'b' } }, node({}, { a: 'b' })],
  ['not against it', false, { nodeSelector: { a: 'b' } }, node({}, { a: 'c' })],
  ['by its affinity', true, affinity({ key: 'a', operator: 'In', values: ['b'] }), node({}, { a: 'b' })],
  ['not against that', false, affinity({ key: 'a', operator: 'DoesNotExist' }), node({}, { a: 'b' })],
  ['a larger number', true, affinity({ key: 'a', operator: 'Gt', values: ['9'] }), node({}, { a: '10' })],
  ['no expression matches nothing', false, affinity(), node()],
])('%s: %s', (_, expected, spec, on) => {
  expect(mayRunOn({ spec }, on)).toBe(expected)
})
