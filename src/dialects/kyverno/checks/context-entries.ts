import { objectField, stringField } from '../../../core/fields.ts'
import type { JsonObject, JsonPath } from '../../../core/json.ts'
import type { Report } from './report.ts'
import { itemsAt, present } from './rule-view.ts'

const sources = ['variable', 'configMap', 'apiCall', 'imageRegistry', 'globalReference'] as const

/** Names that every rule has; a context entry may not hide them. */
export const predefined = [
  'request',
  'images',
  'image',
  'serviceAccountName',
  'serviceAccountNamespace',
  'element',
  'elementIndex',
] as const
export const isPredefined = (name: string): boolean => predefined.some((known) => known === name) || /^element(?:Index)?\d+$/.test(name)

/** The `context` of a rule, a target or a foreach. */
export function checkContext(holder: JsonObject, path: JsonPath, policyNamespace: string, report: Report): void {
  for (const { item, path: at } of itemsAt(holder, 'context', path)) {
    checkName(item, at, report)
    checkSource(item, at, report)
    checkEntry(item, at, report)
    if (policyNamespace !== '') checkNamespaced(item, at, policyNamespace, report)
  }
}

function checkName(entry: JsonObject, path: JsonPath, report: Report): void {
  const name = stringField(entry, 'name') ?? ''
  const conflict = predefined.find((known) => name === known || name.startsWith(`${known}.`)) ?? (isPredefined(name) ? name : undefined)
  if (conflict === undefined) return
  report.error(
    'reserved-name',
    { path: [...path, 'name'] },
    `entry name ${name} is invalid as it conflicts with a pre-defined variable ${conflict}`,
  )
}

function checkSource(entry: JsonObject, path: JsonPath, report: Report): void {
  const [first, second] = present(entry, sources)
  const all = sources.map((name) => `\`${name}\``).join(', ')
  if (first === undefined) report.error('context-source', { path: [...path, 'name'] }, `expected one of ${all} in the context entry`)
  else if (second !== undefined) {
    report.error(
      'context-source',
      { path: [...path, second], part: 'key' },
      `expected exactly one of ${all} in the context entry, found \`${first}\` and \`${second}\``,
    )
  }
}

function checkEntry(entry: JsonObject, path: JsonPath, report: Report): void {
  const variable = objectField(entry, 'variable')
  if (variable !== undefined && present(variable, ['value', 'jmesPath']).length === 0) {
    report.error('context-variable', { path: [...path, 'variable'], part: 'key' }, 'expected `value` or `jmesPath` in the variable')
  }
  const reference = objectField(entry, 'globalReference')
  if (reference !== undefined && (stringField(reference, 'name') ?? '') === '') {
    report.warning(
      'missing-field',
      { path: [...path, 'globalReference'], part: 'key' },
      'expected the name of a GlobalContextEntry in `globalReference`',
    )
  }
  const apiCall = objectField(entry, 'apiCall')
  if (apiCall === undefined) return
  const at = [...path, 'apiCall']
  const service = objectField(apiCall, 'service')
  const urlPath = stringField(apiCall, 'urlPath') ?? ''
  if (urlPath === '' && service === undefined)
    report.error('context-api-call', { path: at, part: 'key' }, 'expected `urlPath` or `service` in the API call')
  if (urlPath !== '' && service !== undefined)
    report.error('context-api-call', { path: [...at, 'service'], part: 'key' }, 'a service cannot be used with a urlPath')
  if (stringField(apiCall, 'method') !== 'POST' && present(apiCall, ['data']).length > 0) {
    report.error('context-api-call', { path: [...at, 'data'], part: 'key' }, 'data requires the POST method', 'add `method: POST`')
  }
}

/** A Policy reads only its own namespace. */
function checkNamespaced(entry: JsonObject, path: JsonPath, policyNamespace: string, report: Report): void {
  const namespace = stringField(objectField(entry, 'configMap'), 'namespace') ?? ''
  if (namespace !== '' && !namespace.includes('{{') && namespace !== policyNamespace) {
    report.error(
      'other-namespace',
      { path: [...path, 'configMap', 'namespace'] },
      `a Policy cannot read ConfigMaps of another namespace, expected ${policyNamespace}, found ${namespace}`,
    )
  }
  const urlPath = stringField(objectField(entry, 'apiCall'), 'urlPath') ?? ''
  const inUrl = /\/namespaces\/([^/{?]+)/.exec(urlPath)?.[1]
  if (inUrl !== undefined && inUrl !== policyNamespace) {
    report.error(
      'other-namespace',
      { path: [...path, 'apiCall', 'urlPath'] },
      `a Policy cannot call the API for another namespace, expected ${policyNamespace}, found ${inUrl}`,
    )
  }
}
