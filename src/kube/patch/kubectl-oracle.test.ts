import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isJsonArray, isJsonObject } from '../../core/json.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { isKubeObject, nameOf } from '../object.ts'
import { applyKustomizeMerge } from './kustomize-merge.ts'
import { applyStrategicMerge } from './strategic-merge.ts'

/** kubectl, without a cluster, says what merging really does. */
function kubectl(args: readonly string[], input = ''): string {
  return execFileSync('kubectl', args, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'], maxBuffer: 64 * 1024 * 1024 })
}

function hasKubectl(): boolean {
  try {
    return kubectl(['version', '--client']) !== ''
  } catch {
    return false
  }
}

const key = fc.constantFrom('a', 'b', 'c', 'd')
const optional = <T extends JsonObject>(record: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<JsonObject> =>
  fc.record(record, { requiredKeys: [] }) as fc.Arbitrary<JsonObject>
const keyed = (name: string, keys: fc.Arbitrary<string | number>, rest: fc.Arbitrary<JsonObject>): fc.Arbitrary<Json> =>
  fc.uniqueArray(
    fc.tuple(keys, rest).map(([value, fields]) => ({ [name]: value, ...fields })),
    { maxLength: 3, selector: (item) => item[name] },
  ) as fc.Arbitrary<Json>

/** A pod spec; as a patch it may hold nulls and directives where both mergers mean the same by them. */
function podSpec(patch: boolean): fc.Arbitrary<JsonObject> {
  const text: fc.Arbitrary<Json> = patch ? fc.constantFrom('x', 'y', null) : fc.constantFrom('x', 'y')
  const texts = fc.dictionary(fc.constantFrom('k1', 'k2', 'k3'), text, { maxKeys: 3 }) as fc.Arbitrary<Json>
  const container = optional({
    image: fc.constantFrom<Json>('i', 'j'),
    args: fc.array(fc.constantFrom('p', 'q'), { maxLength: 2 }) as fc.Arbitrary<Json>,
    env: keyed('name', key, optional({ value: text })),
    ports: keyed('containerPort', fc.constantFrom(80, 81, 82), fc.constantFrom({ protocol: 'TCP' }, { protocol: 'TCP', name: 'n' })),
    volumeMounts: keyed('mountPath', key, fc.constantFrom({ name: 'v' }, { name: 'w' })),
    resources: optional({ limits: texts }),
  })
  return optional({
    containers: keyed('name', key, container),
    initContainers: keyed('name', key, container),
    volumes: keyed('name', key, fc.constantFrom<JsonObject>({ emptyDir: {} }, { hostPath: { path: '/x' } })),
    nodeSelector: texts,
    tolerations: fc.array(fc.constantFrom({ key: 'x' }, { key: 'y' }), { maxLength: 2 }) as fc.Arbitrary<Json>,
    hostAliases: keyed('ip', key, fc.constantFrom<JsonObject>({ hostnames: ['h'] }, { hostnames: [] })),
  })
}

const specs = fc.sample(podSpec(false), { numRuns: 40, seed: 1 })
const patches = fc.sample(podSpec(true), { numRuns: 40, seed: 2 })
const deployment = (spec: JsonObject, index: number): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: `n${index}` },
  spec: { template: { spec } },
})
const gvk = { group: 'apps', version: 'v1', kind: 'Deployment' }

const stream = (objects: readonly JsonObject[], separator = '\n'): string => objects.map((object) => JSON.stringify(object)).join(separator)

/** kubectl prints several objects one after the other. */
function readStream(output: string): ReadonlyMap<string, Json> {
  const objects = output.split(/^(?=\{)/m).map((text) => JSON.parse(text) as Json)
  return new Map(objects.flatMap((object) => (isKubeObject(object) ? [[nameOf(object), object] as const] : [])))
}

/** kubectl leaves nulls in elements that a patch adds. */
function withoutNulls(value: Json): Json {
  if (isJsonArray(value)) return value.map(withoutNulls)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).flatMap(([name, item]) => (item === null ? [] : [[name, withoutNulls(item)]])))
}

describe.skipIf(!hasKubectl())('as kubectl does (SKIPPED where kubectl is not installed)', () => {
  test('strategic merge patches', () => {
    const documents = specs.map(deployment)
    for (const patch of patches.slice(0, 4).map((spec) => ({ spec: { template: { spec } } }))) {
      const args = ['patch', '--local', '--type=strategic', '-f', '-', '-o', 'json', '-p', JSON.stringify(patch)]
      const theirs = readStream(kubectl(args, stream(documents)))
      for (const document of documents) {
        const ours = applyStrategicMerge(document, patch, gvk)
        expect(ours.ok && withoutNulls(ours.value)).toEqual(withoutNulls(theirs.get(nameOf(document)) ?? null))
      }
    }
  })

  test('kustomize merges', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kustomize-'))
    const documents = specs.map(deployment)
    writeFileSync(join(folder, 'documents.yaml'), stream(documents, '\n---\n'))
    for (const [index, patch] of patches.entries()) writeFileSync(join(folder, `${index}.yaml`), JSON.stringify(deployment(patch, index)))
    const list = patches.map((_, index) => ({ path: `${index}.yaml` }))
    writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify({ resources: ['documents.yaml'], patches: list }))
    // The empty patch turns YAML into JSON.
    const output = kubectl(['patch', '--local', '--type=merge', '-p', '{}', '-f', '-', '-o', 'json'], kubectl(['kustomize', folder]))
    rmSync(folder, { recursive: true })
    const theirs = readStream(output)
    for (const [index, document] of documents.entries()) {
      const ours = applyKustomizeMerge(document, deployment(patches[index] ?? {}, index), gvk)
      expect(ours).toEqual({ ok: true, value: theirs.get(nameOf(document)) })
    }
  })
})
