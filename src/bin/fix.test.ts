import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyEdits, editDocuments } from '../cli/yaml-edit.ts'
import type { Json, JsonObject } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import { withAdditionsAt } from '../core/json-additions.ts'
import { podSecurityTools } from '../dialects/podsecurity/podsecurity.ts'
import type { KubeObject } from '../kube/object.ts'
import { loadDocuments, printYaml, toManifests } from '../kube/yaml/yaml.ts'
import type { PodSecurityLevel } from '../policy/pod-security.ts'

/** `kanon fix` from text to text: the parts of it come together only here. */

const restricted: PodSecurityLevel = { level: 'restricted', version: { text: 'latest', minor: Infinity } }

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })
const defined = (fields: Readonly<Record<string, Json | undefined>>): JsonObject =>
  Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, Json] => entry[1] !== undefined))

const securityContext = fc
  .record({
    readOnlyRootFilesystem: maybe(fc.boolean()),
    allowPrivilegeEscalation: maybe(fc.constantFrom(false, null)),
    runAsNonRoot: maybe(fc.constantFrom(true, null)),
    runAsUser: maybe(fc.constantFrom(1000)),
    seccompProfile: maybe(fc.constantFrom({ type: 'RuntimeDefault' }, { type: 'Unconfined' }, null)),
    capabilities: maybe(
      fc
        .record({ add: maybe(fc.constant(['NET_BIND_SERVICE'])), drop: maybe(fc.constantFrom([], ['all'], ['ALL'], ['NET_RAW', 'KILL'])) })
        .map(defined),
    ),
  })
  .map(defined)

const container = (index: number): fc.Arbitrary<JsonObject> =>
  fc
    .record({
      args: maybe(fc.constantFrom(['a # b'], ['- x', "it's"], ['|\n  # y\n'])),
      securityContext: maybe(fc.option(securityContext)),
      env: maybe(fc.constantFrom([{ name: 'A', value: '{' }], [{ name: 'B', value: '}' }])),
    })
    .map((fields) => ({ name: `c${index}`, image: 'nginx', ...defined(fields) }))

const podSpec = fc
  .record({
    hostPID: maybe(fc.constant(true)),
    securityContext: maybe(fc.option(securityContext)),
    volumes: maybe(fc.constantFrom([{ name: 'v', emptyDir: {} }], [{ name: 'v' }], [{ name: 'v', hostPath: { path: '/' } }])),
    initContainers: maybe(fc.tuple(container(0))),
    containers: fc.oneof(fc.tuple(container(1)), fc.tuple(container(1), container(2))),
  })
  .map(defined)

const owner = fc.constantFrom<(spec: JsonObject) => KubeObject>(
  (spec) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec }),
  (spec) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'a' },
    spec: { template: { metadata: {}, spec }, replicas: 2 },
  }),
  (spec) => ({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'a' },
    spec: { schedule: '* * * * *', jobTemplate: { spec: { template: { spec } } } },
  }),
)

const object = fc.tuple(owner, podSpec).map(([make, spec]) => make(spec))

/** As people and programs write manifests. */
const style = fc.constantFrom<(value: KubeObject) => string>(
  (value) => printYaml(value),
  (value) => `# top\n${printYaml(value).replaceAll(/^( *)(image: nginx)$/gm, '$1$2 # the image\n$1# own line')}\n# end\n`,
  (value) => printYaml(value).replaceAll('\n', '\r\n'),
  (value) => JSON.stringify(value),
  (value) => `${JSON.stringify(value, undefined, 2)}\n`,
  (value) => `kind: Other\napiVersion: v1\n---\n${printYaml(value)}---\nkind: Last\napiVersion: v1\n`,
)

test('a fixed manifest needs nothing more, says what it said before, and keeps every character', () => {
  fc.assert(
    fc.property(object, style, (value, print) => {
      const text = print(value)
      const { manifests } = toManifests(loadDocuments({ name: 'a.yaml', text }).documents)
      const planned = manifests.flatMap((manifest) => {
        const fix = podSecurityTools.fix(manifest.object, restricted)
        return fix?.ok === true ? [{ document: manifest.document, ...fix.value }] : []
      })
      const { edits, left } = editDocuments(planned)
      expect(left).toEqual([])
      const after = applyEdits(text, edits)
      const again = toManifests(loadDocuments({ name: 'a.yaml', text: after }).documents).manifests
      const fixed = again.find(({ object: { kind } }) => kind === value.kind)
      const [plan] = planned
      const meant = (plan?.additions ?? []).reduce((root, { path, add }) => withAdditionsAt(root, path, add), value as Json)
      expect(fixed?.object).toEqual(meant)
      expect(again.length).toBe(manifests.length)
      const second = fixed === undefined ? undefined : podSecurityTools.fix(fixed.object, restricted)
      expect(second?.ok === true ? second.value : undefined).toEqual({ additions: [], decisions: plan?.decisions })
      // Only a null makes room for what is written instead.
      const kept = text.replaceAll('null', '')
      let found = 0
      for (const character of after) if (character === kept[found]) found += 1
      expect(found).toBe(kept.length)
    }),
    { numRuns: 150 },
  )
})

test('where nothing has to be decided, what is fixed passes', () => {
  const asksNothing = object.filter((value) => {
    const fix = podSecurityTools.fix(value, restricted)
    return fix?.ok === true && fix.value.decisions.length === 0
  })
  fc.assert(
    fc.property(asksNothing, (value) => {
      const fix = podSecurityTools.fix(value, restricted)
      const fixed = (fix?.ok === true ? fix.value.additions : []).reduce(
        (root, { path, add }) => withAdditionsAt(root, path, add),
        value as Json,
      )
      const [namespace] = podSecurityTools.simulate({
        objects: isJsonObject(fixed) ? [{ ...fixed, apiVersion: value.apiVersion, kind: value.kind }] : [],
        levels: [restricted],
        configuration: undefined,
      })
      expect(namespace?.pods === 1 || namespace?.workloads === 1).toBe(true)
      expect(namespace?.levels[0]).toMatchObject({ pods: [], workloads: [] })
    }),
    { numRuns: 200 },
  )
})
