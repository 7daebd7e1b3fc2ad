import type { Diagnostic } from '../../core/diagnostic.ts'
import type { Json, JsonObject, JsonPath } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { Source } from '../../core/source.ts'
import type { FieldError } from '../../kube/field-error.ts'
import { duplicate, invalid, printFieldError } from '../../kube/field-error.ts'
import type { Document } from '../../kube/manifest.ts'
import type { Messages } from '../../kube/validation/names.ts'
import { dns1123Label, dns1123Subdomain } from '../../kube/validation/names.ts'
import { loadDocuments, locate } from '../../kube/yaml/yaml.ts'
import { latest, parseLevel, parseVersion } from '../../standards/pod-security/pod-security.ts'
import type { Mode, Policy } from './policy.ts'
import { modes, privilegedPolicy } from './policy.ts'

/** Who and what Pod Security does not look at. Names are whole: there are no wildcards. */
export interface Exemptions {
  readonly usernames: readonly string[]
  readonly runtimeClasses: readonly string[]
  readonly namespaces: readonly string[]
}

/** `PodSecurityConfiguration` of pod-security.admission.config.k8s.io. */
export interface PodSecurityConfiguration {
  /** Of namespaces without labels. */
  readonly defaults: Policy
  readonly exemptions: Exemptions
}

/** What an API server has without a configuration. */
export const privilegedConfiguration: PodSecurityConfiguration = {
  defaults: privilegedPolicy,
  exemptions: { usernames: [], runtimeClasses: [], namespaces: [] },
}

/** Reads the file that a plugin of an `AdmissionConfiguration` names by `path`; the error says why it cannot. */
export type ReadFile = (path: string) => Result<Source, string>

/**
 * The configuration in a file that holds a `PodSecurityConfiguration`, or an `AdmissionConfiguration` with one among its plugins, as
 * `--admission-control-config-file` takes it. Unknown and repeated fields are errors.
 */
export function parsePodSecurityConfiguration(source: Source, readFile: ReadFile): Result<PodSecurityConfiguration, readonly Diagnostic[]> {
  const first = firstDocument(source)
  if (!first.ok) return first
  return first.value === undefined ? err([emptyFile(source)]) : readPodSecurityConfiguration(first.value, readFile)
}

/** The API server takes none; a file that a plugin names may be empty. */
const emptyFile = (source: Source): Diagnostic => ({
  code: 'missing-field',
  severity: 'error',
  message: "Object 'Kind' is missing in ''",
  source,
  span: { start: 0, end: 0 },
})

/** `parsePodSecurityConfiguration` of a document that is loaded already. */
export function readPodSecurityConfiguration(
  document: Document,
  readFile: ReadFile,
): Result<PodSecurityConfiguration, readonly Diagnostic[]> {
  const problems: Diagnostic[] = []
  const here: Place = { document, path: [], problems }
  const kind = kindAt(here, document.value)
  let found = privilegedConfiguration
  if (kind === 'PodSecurityConfiguration') found = readConfiguration(here, document.value)
  else if (kind === 'AdmissionConfiguration') found = ofPlugins(here, document.value, readFile)
  return problems.length > 0 ? err(problems) : ok(found)
}

/** Of several documents the API server reads the first. */
function firstDocument(source: Source): Result<Document | undefined, readonly Diagnostic[]> {
  const { documents, diagnostics } = loadDocuments(source)
  if (diagnostics.length > 0) return err(diagnostics.map((diagnostic) => ({ ...diagnostic, severity: 'error' })))
  return ok(documents[0])
}

/** A value of the document, and where problems with it go. */
interface Place {
  readonly document: Document
  readonly path: JsonPath
  readonly problems: Diagnostic[]
}

type Code = 'missing-field' | 'unknown-kind' | 'unknown-field' | 'wrong-type' | 'invalid-value' | 'unreadable-file'

function report(place: Place, code: Code, message: string, part: 'key' | 'value' = 'value'): void {
  const { document, path, problems } = place
  problems.push({ code, severity: 'error', message, source: document.source, span: locate(document, path, part) })
}

const below = (place: Place, ...steps: JsonPath): Place => ({ ...place, path: [...place.path, ...steps] })

/** `group/version` of the files that hold a configuration, and their kinds. */
export const versionsOf: Readonly<Record<string, string>> = {
  'apiserver.config.k8s.io/v1': 'AdmissionConfiguration',
  'apiserver.k8s.io/v1alpha1': 'AdmissionConfiguration',
  'pod-security.admission.config.k8s.io/v1': 'PodSecurityConfiguration',
  'pod-security.admission.config.k8s.io/v1beta1': 'PodSecurityConfiguration',
  'pod-security.admission.config.k8s.io/v1alpha1': 'PodSecurityConfiguration',
}

function kindAt(place: Place, value: Json): string | undefined {
  if (!isJsonObject(value)) {
    report(place, 'wrong-type', `expected an object, found ${typeName(value)}`)
    return undefined
  }
  const apiVersion = ownValue(value, 'apiVersion')
  const kind = ownValue(value, 'kind')
  if (typeof kind !== 'string' || kind === '') report(place, 'missing-field', "Object 'Kind' is missing")
  if (typeof apiVersion !== 'string' || apiVersion === '') report(place, 'missing-field', "Object 'apiVersion' is missing")
  if (typeof kind !== 'string' || typeof apiVersion !== 'string' || kind === '' || apiVersion === '') return undefined
  if (Object.hasOwn(versionsOf, apiVersion) && versionsOf[apiVersion] === kind) return kind
  report(place, 'unknown-kind', `no kind "${kind}" is registered for version "${apiVersion}"`)
  return undefined
}

function ofPlugins(place: Place, value: Json, readFile: ReadFile): PodSecurityConfiguration {
  const plugins = isJsonObject(value) ? (ownValue(value, 'plugins') ?? null) : null
  if (plugins === null || !isJsonArray(plugins)) {
    if (plugins !== null) report(below(place, 'plugins'), 'wrong-type', `plugins: expected a list, found ${typeName(plugins)}`)
    return privilegedConfiguration
  }
  const index = plugins.findIndex((plugin) => isJsonObject(plugin) && ownValue(plugin, 'name') === 'PodSecurity')
  const plugin = plugins[index]
  return plugin !== undefined && isJsonObject(plugin) ? ofPlugin(below(place, 'plugins', index), plugin, readFile) : privilegedConfiguration
}

function ofPlugin(place: Place, plugin: JsonObject, readFile: ReadFile): PodSecurityConfiguration {
  const configuration = ownValue(plugin, 'configuration') ?? null
  if (configuration !== null) return readKind(below(place, 'configuration'), configuration)
  const path = ownValue(plugin, 'path')
  if (typeof path !== 'string' || path === '') return privilegedConfiguration
  const file = readFile(path)
  if (!file.ok) {
    report(below(place, 'path'), 'unreadable-file', `path: ${file.error}`)
    return privilegedConfiguration
  }
  const document = firstDocument(file.value)
  if (!document.ok) place.problems.push(...document.error)
  if (!document.ok || document.value === undefined) return privilegedConfiguration
  return readKind({ document: document.value, path: [], problems: place.problems }, document.value.value)
}

function readKind(place: Place, value: Json): PodSecurityConfiguration {
  const kind = kindAt(place, value)
  if (kind === 'PodSecurityConfiguration') return readConfiguration(place, value)
  if (kind !== undefined) report(below(place, 'kind'), 'unknown-kind', `expected kind "PodSecurityConfiguration", found "${kind}"`)
  return privilegedConfiguration
}

function readConfiguration(place: Place, value: Json): PodSecurityConfiguration {
  const root = objectOf(place, value, ['apiVersion', 'kind', 'defaults', 'exemptions'])
  const defaults = objectOf(
    below(place, 'defaults'),
    ownValue(root, 'defaults'),
    modes.flatMap((mode) => [mode, `${mode}-version`]),
  )
  const exemptions = objectOf(below(place, 'exemptions'), ownValue(root, 'exemptions'), ['usernames', 'runtimeClasses', 'namespaces'])
  return { defaults: readDefaults(below(place, 'defaults'), defaults), exemptions: readExemptions(below(place, 'exemptions'), exemptions) }
}

function readDefaults(place: Place, defaults: JsonObject): Policy {
  const read = <T>(field: string, parse: (text: string) => Result<T, string>, absent: T): T => {
    const at = below(place, field)
    const text = ownValue(defaults, field) ?? ''
    if (typeof text !== 'string') {
      report(at, 'wrong-type', `defaults.${field}: expected a string, found ${typeName(text)}`)
      return absent
    }
    const parsed = text === '' ? ok(absent) : parse(text)
    if (parsed.ok) return parsed.value
    reportField(at, invalid(`defaults.${field}`, text, parsed.error))
    return absent
  }
  const mode = (name: Mode): Policy[Mode] => ({
    level: read(name, parseLevel, 'privileged'),
    version: read(`${name}-version`, parseVersion, latest),
  })
  // In the order in which Kubernetes reports them.
  const enforce = mode('enforce')
  const warn = mode('warn')
  const audit = mode('audit')
  return { enforce, audit, warn }
}

const usernameMistakes = (name: string): Messages => (name === '' ? ['username must not be empty'] : [])

function readExemptions(place: Place, exemptions: JsonObject): Exemptions {
  const read = (field: keyof Exemptions, mistakes: (text: string) => Messages): readonly string[] =>
    readNames(below(place, field), ownValue(exemptions, field) ?? [], mistakes)
  const namespaces = read('namespaces', dns1123Label)
  const runtimeClasses = read('runtimeClasses', dns1123Subdomain)
  return { usernames: read('usernames', usernameMistakes), runtimeClasses, namespaces }
}

function readNames(place: Place, list: Json, mistakes: (text: string) => Messages): readonly string[] {
  const field = `exemptions.${String(place.path.at(-1))}`
  if (!isJsonArray(list)) {
    report(place, 'wrong-type', `${field}: expected a list, found ${typeName(list)}`)
    return []
  }
  const names = new Set<string>()
  for (const [index, item] of list.entries()) {
    const at = below(place, index)
    const name = item ?? ''
    if (typeof name !== 'string') {
      report(at, 'wrong-type', `${field}[${index}]: expected a string, found ${typeName(name)}`)
      continue
    }
    const wrong = mistakes(name)
    if (wrong.length > 0) reportField(at, invalid(`${field}[${index}]`, name, wrong.join(', ')))
    else if (names.has(name)) reportField(at, duplicate(`${field}[${index}]`, name))
    else names.add(name)
  }
  return [...names]
}

const reportField = (place: Place, error: FieldError): void => report(place, 'invalid-value', printFieldError(error))

/** The object at a place, with everything in it known; {} where there is none. */
function objectOf(place: Place, value: Json | undefined, known: readonly string[]): JsonObject {
  if (value === undefined || value === null) return {}
  if (!isJsonObject(value)) {
    report(place, 'wrong-type', `expected an object, found ${typeName(value)}`)
    return {}
  }
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue
    const field = [...place.path.filter((step) => step === 'defaults' || step === 'exemptions'), key].join('.')
    report(below(place, key), 'unknown-field', `strict decoding error: unknown field "${field}"`, 'key')
  }
  return value
}

function typeName(value: Json): string {
  if (value === null) return 'null'
  if (isJsonArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
