import type { FieldError } from '../../kube/field-error.ts'
import { forbidden, notSupported } from '../../kube/field-error.ts'
import type { Status } from '../../kube/status.ts'
import { badRequest, invalidStatus } from '../../kube/status.ts'

const match = 'resourceVersionMatch'

function* listErrors(query: URLSearchParams): Iterable<FieldError> {
  const [wanted, version] = [query.get(match) ?? '', query.get('resourceVersion') ?? '']
  if (wanted !== '') {
    if (version === '') yield forbidden(match, `${match} is forbidden unless resourceVersion is provided`)
    if ((query.get('continue') ?? '') !== '') yield forbidden(match, `${match} is forbidden when continue is provided`)
    if (wanted !== 'Exact' && wanted !== 'NotOlderThan') yield notSupported(match, wanted, ['Exact', 'NotOlderThan', ''])
    if (wanted === 'Exact' && version === '0') yield forbidden(match, `${match} "exact" is forbidden for resourceVersion "0"`)
  }
  if (query.has('sendInitialEvents')) yield forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list')
}

function* watchErrors(query: URLSearchParams): Iterable<FieldError> {
  const wanted = query.get(match) ?? ''
  if (query.has('sendInitialEvents')) {
    if (wanted !== 'NotOlderThan') yield forbidden(match, `sendInitialEvents requires setting ${match} to NotOlderThan`)
    if (wanted !== '' && wanted !== 'NotOlderThan') yield notSupported(match, wanted, ['NotOlderThan'])
  } else if (wanted !== '') yield forbidden(match, `${match} is forbidden for watch unless sendInitialEvents is provided`)
}

/** What is wrong with the options of a list or a watch, before anything is looked at. */
export function whyMalformed(query: URLSearchParams, verb: 'list' | 'watch'): Status | undefined {
  for (const name of ['limit', 'timeoutSeconds']) {
    const value = query.get(name) ?? ''
    if (value !== '' && !/^[+-]?\d+$/.test(value)) return badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`)
  }
  const errors = [...(verb === 'list' ? listErrors(query) : watchErrors(query))]
  return errors.length === 0 ? undefined : invalidStatus({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors)
}
