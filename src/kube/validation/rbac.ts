import { invalid, notSupported, required } from '../field-error.ts'
import type { Errors, Field } from './field.ts'
import { at, countOf, invalidAll, isSet, itemsOf, shownOf, textOf } from './field.ts'
import { goValue } from './go-view.ts'
import { sameValue } from './metadata.ts'
import { dns1123Subdomain, pathSegment } from './names.ts'
import { validateLabelSelector } from './selectors.ts'

const group = 'rbac.authorization.k8s.io'

function* validateRule(rule: Field, isNamespaced: boolean): Errors {
  const [verbs, urls, groups, resources] = [at(rule, 'verbs'), at(rule, 'nonResourceURLs'), at(rule, 'apiGroups'), at(rule, 'resources')]
  if (countOf(verbs) === 0) yield required(verbs.path, 'verbs must contain at least one value')
  if (countOf(urls) > 0) {
    if (isNamespaced) yield invalid(urls.path, shownOf(urls), 'namespaced rules cannot apply to non-resource URLs')
    if (countOf(groups) > 0 || countOf(resources) > 0 || countOf(at(rule, 'resourceNames')) > 0)
      yield invalid(urls.path, shownOf(urls), 'rules cannot apply to both regular resources and non-resource URLs')
    return
  }
  if (countOf(groups) === 0) yield required(groups.path, 'resource rules must supply at least one api group')
  if (countOf(resources) === 0) yield required(resources.path, 'resource rules must supply at least one resource')
}

export function* validateRole(object: Field): Errors {
  for (const rule of itemsOf(at(object, 'rules'))) yield* validateRule(rule, true)
}

export function* validateClusterRole(object: Field): Errors {
  for (const rule of itemsOf(at(object, 'rules'))) yield* validateRule(rule, false)
  const aggregation = at(object, 'aggregationRule')
  if (!isSet(aggregation)) return
  const selectors = at(aggregation, 'clusterRoleSelectors')
  if (countOf(selectors) === 0) yield required(selectors.path, 'at least one clusterRoleSelector required if aggregationRule is non-nil')
  for (const selector of itemsOf(selectors)) {
    const errors = [...validateLabelSelector(selector)]
    yield* errors
    if (errors.length > 0) yield invalid(selector.path, null, 'invalid label selector.')
  }
}

function* validateBinding(object: Field, kinds: readonly string[]): Errors {
  const reference = at(object, 'roleRef')
  const [apiGroup, kind, name] = [at(reference, 'apiGroup'), at(reference, 'kind'), at(reference, 'name')]
  if (textOf(apiGroup) !== group) yield notSupported(apiGroup.path, textOf(apiGroup), [group])
  if (!kinds.includes(textOf(kind))) yield notSupported(kind.path, textOf(kind), kinds)
  if (textOf(name) === '') yield required(name.path)
  else yield* invalidAll(name, pathSegment(textOf(name)))
  for (const subject of itemsOf(at(object, 'subjects'))) yield* validateSubject(subject, kinds.length > 1)
}

function* validateSubject(subject: Field, isNamespaced: boolean): Errors {
  const [kind, name, apiGroup, namespace] = [at(subject, 'kind'), at(subject, 'name'), at(subject, 'apiGroup'), at(subject, 'namespace')]
  if (textOf(name) === '') yield required(name.path)
  switch (textOf(kind)) {
    case 'ServiceAccount':
      if (textOf(name) !== '') yield* invalidAll(name, dns1123Subdomain(textOf(name)))
      if (textOf(apiGroup) !== '') yield notSupported(apiGroup.path, textOf(apiGroup), [''])
      if (!isNamespaced && textOf(namespace) === '') yield required(namespace.path)
      return
    case 'User':
    case 'Group':
      if (textOf(apiGroup) !== group) yield notSupported(apiGroup.path, textOf(apiGroup), [group])
      return
    default:
      yield notSupported(kind.path, textOf(kind), ['ServiceAccount', 'User', 'Group'])
  }
}

export const validateRoleBinding = (object: Field): Errors => validateBinding(object, ['Role', 'ClusterRole'])
export const validateClusterRoleBinding = (object: Field): Errors => validateBinding(object, ['ClusterRole'])

function* validateSameRole(object: Field, old: Field): Errors {
  const reference = at(object, 'roleRef')
  if (!sameValue(reference, at(old, 'roleRef'))) yield invalid(reference.path, goValue('RoleRef', reference.value), 'cannot change roleRef')
}

export function* validateRoleBindingUpdate(object: Field, old: Field): Errors {
  yield* validateRoleBinding(object)
  yield* validateSameRole(object, old)
}

export function* validateClusterRoleBindingUpdate(object: Field, old: Field): Errors {
  yield* validateClusterRoleBinding(object)
  yield* validateSameRole(object, old)
}
