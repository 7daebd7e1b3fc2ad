import { valueAt } from '../core/json.ts'
import type { Result } from '../core/result.ts'
import { err, ok } from '../core/result.ts'
import { compileLabelSelector } from '../kube/label-selector.ts'
import type { KubeObject } from '../kube/object.ts'
import { labelsOf } from '../kube/object.ts'
import type { ServedType } from './served-type.ts'

export type Selection = (object: KubeObject) => boolean

interface Requirement {
  readonly key: string
  readonly operator: '=' | '!=' | 'in' | 'notin' | 'exists' | 'missing'
  readonly values: readonly string[]
}

const requirement = /^\s*(?:(!)\s*([^\s=!,()]+)|([^\s=!,()]+)\s*(?:(==|=|!=)\s*([^\s,()=!]*)|\s(in|notin)\s*\(([^()]*)\))?)\s*$/

/** `a=b,c!=d,e in (f,g),!h,i`, as in `labelSelector` of a list. */
export function parseLabelSelector(text: string): Result<readonly Requirement[], string> {
  const requirements: Requirement[] = []
  for (const part of splitOutsideParentheses(text)) {
    const match = requirement.exec(part)
    if (match === null)
      return err(
        `unable to parse requirement: found '${part.trim()}', expected: a label requirement such as 'key=value', 'key in (a,b)' or '!key'`,
      )
    const [, not, absent = '', key = '', equality, value = '', set, members = ''] = match
    if (not !== undefined) requirements.push({ key: absent, operator: 'missing', values: [] })
    else if (equality !== undefined) requirements.push({ key, operator: equality === '!=' ? '!=' : '=', values: [value] })
    else if (set === 'in' || set === 'notin')
      requirements.push({ key, operator: set, values: members.split(',').map((member) => member.trim()) })
    else requirements.push({ key, operator: 'exists', values: [] })
  }
  return ok(requirements)
}

function splitOutsideParentheses(text: string): readonly string[] {
  const parts: string[] = []
  let [depth, from] = [0, 0]
  for (let i = 0; i < text.length; i += 1) {
    if (text[i] === '(') depth += 1
    else if (text[i] === ')') depth -= 1
    else if (text[i] === ',' && depth === 0) {
      parts.push(text.slice(from, i))
      from = i + 1
    }
  }
  parts.push(text.slice(from))
  return parts.filter((part) => part.trim() !== '')
}

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
  }
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
