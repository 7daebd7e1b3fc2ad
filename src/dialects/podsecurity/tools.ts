import type { Json, JsonObject, JsonPath } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { Manifest } from '../../kube/manifest.ts'
import type { KubeObject } from '../../kube/object.ts'
import { groupVersionKind } from '../../kube/object.ts'
import { resourceOf } from '../../kube/resources.ts'
import type { PodSecurityFix, PodSecurityLevel, PodSecurityTools } from '../../policy/pod-security.ts'
import { applyDefaults } from '../../kube/defaults/defaults.ts'
import { latest, levels, newestMinor, parseLevel, parseVersion, planFixes } from '../../standards/pod-security/pod-security.ts'
import type { PodSecurityConfiguration } from './configuration.ts'
import { parsePodSecurityConfiguration, privilegedConfiguration, readPodSecurityConfiguration } from './configuration.ts'
import { contextOf } from './context.ts'
import { objectMistake } from './object-mistake.ts'
import { podPath, podTemplateOf } from './pod-template.ts'
import { modes } from './policy.ts'
import { simulate } from './simulate.ts'

/** What commands can do with the Pod Security Standards. */
export const podSecurityTools: PodSecurityTools = {
  parseLevel: parseLevelAtVersion,
  enforcing: (level) => manifestOf({ ...privilegedConfiguration, defaults: { ...privilegedConfiguration.defaults, enforce: level } }),
  readConfiguration: (source, readFile) => {
    const configuration = parsePodSecurityConfiguration(source, readFile)
    return configuration.ok ? ok(manifestOf(configuration.value)) : configuration
  },
  simulate: ({ objects, levels: asked, configuration }) =>
    simulate(
      contextOf({ configuration: configurationOf(configuration), newestMinor, results: 'overrides', clock: () => 0 }),
      objects,
      asked,
    ),
  fix,
}

/** `restricted`, `restricted@v1.24` */
function parseLevelAtVersion(text: string): Result<PodSecurityLevel, string> {
  const [name = '', version = latest.text, ...more] = text.split('@')
  const level = parseLevel(name)
  const read = parseVersion(version)
  if (level.ok && read.ok && more.length === 0) return ok({ level: level.value, version: read.value })
  return err(`expected a level (${levels.join(', ')}), with @latest or @v1.x after it where it is not the latest version, not \`${text}\``)
}

/** The shortest file that says the same. */
function manifestOf({ defaults, exemptions }: PodSecurityConfiguration): Manifest {
  const object: KubeObject = {
    apiVersion: 'pod-security.admission.config.k8s.io/v1',
    kind: 'PodSecurityConfiguration',
    defaults: Object.fromEntries(
      modes.flatMap((mode): readonly (readonly [string, Json])[] => [
        [mode, defaults[mode].level],
        [`${mode}-version`, defaults[mode].version.text],
      ]),
    ),
    exemptions: { ...exemptions },
  }
  const text = JSON.stringify(object)
  return { object, document: { source: { name: 'Pod Security', text }, start: 0, end: text.length, base: [], value: object } }
}

function configurationOf(manifest: Manifest | undefined): PodSecurityConfiguration {
  if (manifest === undefined) return privilegedConfiguration
  const read = readPodSecurityConfiguration(manifest.document, () => err('no file is read here'))
  return read.ok ? read.value : privilegedConfiguration
}

function fix(object: KubeObject, level: PodSecurityLevel): Result<PodSecurityFix, string> | undefined {
  const kind = groupVersionKind(object)
  const of = { group: kind.group, resource: resourceOf(kind).plural }
  const path = podPath(of)
  const mistake = path === undefined ? undefined : objectMistake(object)
  if (mistake !== undefined) return err(mistake)
  const parts = podTemplateOf(of, object)
  if (path === undefined || parts === undefined) return undefined
  // What the API server fills in is judged, and not written.
  const defaulted = podTemplateOf(of, applyDefaults(object)) ?? parts
  const { additions, decisions } = planFixes(level, parts.metadata, withDefaultsOf(parts.spec, defaulted.spec))
  const inObject = (inPod: JsonPath): JsonPath => [...path, ...inPod]
  return ok({
    additions: additions.map(({ path: at, add }) => ({ path: inObject(at), add })),
    decisions: decisions.map((decision) => ({ ...decision, at: decision.at.map(inObject) })),
  })
}

/** The spec with its defaults, but with `securityContext` as it is written: an empty one that a default has made is no place to write to. */
function withDefaultsOf(spec: JsonObject, defaulted: JsonObject): JsonObject {
  const { securityContext: _made, ...rest } = defaulted
  const own = spec['securityContext']
  return own !== undefined && isJsonObject(own) ? { ...rest, securityContext: own } : rest
}
