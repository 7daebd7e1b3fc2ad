import { valueAt } from '../core/json.ts'
import type { Result } from '../core/result.ts'
import { err, ok } from '../core/result.ts'
import { compileLabelSelector } from '../kube/label-selector.ts'
import type { KubeObject } from '../kube/object.ts'
import { labelsOf } from '../kube/object.ts'
import type { Requirement } from './label-selector-text.ts'
import { parseLabelSelector } from './label-selector-text.ts'
import type { ServedType } from './served-type.ts'

export type Selection = (object: KubeObject) => boolean

function holds({ key, operator, values }: Requirement, labels: Readonly<Record<string, string>>): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined
  switch (operator) {
    case 'exists':
      return value !== undefined
    case 'missing':
      return value === undefined
    case '=':
    case 'in':
      return value !== undefined && values.includes(value)
    case '!=':
    case 'notin':
      return value === undefined || !values.includes(value)
    case '>':
    case '<':
      return isBeyond(value, operator, values[0] ?? '')
  }
}

/** A label that is no whole number is on neither side. */
function isBeyond(value: string | undefined, operator: '>' | '<', bound: string): boolean {
  if (value === undefined || !/^[+-]?\d+$/.test(value)) return false
  const [a, b] = [BigInt(value.replace('+', '')), BigInt(bound.replace('+', ''))]
  return operator === '>' ? a > b : a < b
}

/** Field selectors work on the name, the namespace and the fields that Kubernetes indexes for the kind. */
const selectableFields: Readonly<Record<string, readonly string[]>> = {
  '/pods': [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  '/events': [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  '/secrets': ['type'],
  '/namespaces': ['status.phase'],
  '/nodes': ['spec.unschedulable'],
  '/services': ['spec.clusterIP', 'spec.type'],
  '/replicationcontrollers': ['status.replicas'],
  'apps/replicasets': ['status.replicas'],
  'batch/jobs': ['status.successful'],
  'certificates.k8s.io/certificatesigningrequests': ['spec.signerName'],
}

function fieldText(object: KubeObject, field: string): string {
  const path = field === 'source' ? ['source', 'component'] : field.split('.')
  const value = valueAt(object, path)
  if (field === 'spec.hostNetwork' || field === 'spec.unschedulable') return value === true ? 'true' : 'false'
  return value === undefined || value === null ? '' : typeof value === 'object' ? '' : String(value)
}

function compileFieldSelector(text: string, type: ServedType): Result<Selection, string> {
  const allowed = new Set([
    'metadata.name',
    ...(type.namespaced ? ['metadata.namespace'] : []),
    ...(selectableFields[`${type.storage.group}/${type.storage.resource}`] ?? []),
  ])
  const tests: Selection[] = []
  for (const part of text.split(',').filter((piece) => piece !== '')) {
    const match = /^([^=!]+)(==|!=|=)(.*)$/.exec(part)
    if (match === null) return err(`invalid selector: '${text}'; can't understand '${part}'`)
    const [, field = '', operator = '', value = ''] = match
    if (!allowed.has(field)) return err(`field label not supported: ${field}`)
    tests.push((object) => (fieldText(object, field) === value) !== (operator === '!='))
  }
  return ok((object) => tests.every((test) => test(object)))
}

/** Both selectors of a list, watch or deletecollection request; undefined where everything is selected. */
export function compileSelection(query: URLSearchParams, type: ServedType): Result<Selection | undefined, string> {
  const labels = query.get('labelSelector') ?? ''
  const fields = query.get('fieldSelector') ?? ''
  const tests: Selection[] = []
  if (labels !== '') {
    const parsed = parseLabelSelector(labels)
    if (!parsed.ok) return parsed
    tests.push((object) => {
      const own = labelsOf(object)
      return parsed.value.every((one) => holds(one, own))
    })
  }
  if (fields !== '') {
    const compiled = compileFieldSelector(fields, type)
    if (!compiled.ok) return compiled
    tests.push(compiled.value)
  }
  return ok(tests.length === 0 ? undefined : (object) => tests.every((test) => test(object)))
}

/** A `LabelSelector` object, as webhooks have; one that does not compile selects nothing. */
export function selects(selector: KubeObject[string] | undefined, labels: Readonly<Record<string, string>>): boolean {
  const compiled = compileLabelSelector(selector ?? null)
  return compiled.ok && compiled.value(labels)
}
