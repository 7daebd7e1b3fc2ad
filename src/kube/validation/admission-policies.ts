import { duplicate, forbidden, invalid, required } from '../field-error.ts'
import type { Errors, Field } from './field.ts'
import { at, countOf, exactlyOneOf, invalidAll, isSet, itemsOf, oneOf, requiredOneOf, shownOf, textOf, textsOf } from './field.ts'
import { dns1123Subdomain, kindName, qualifiedName } from './names.ts'
import { validateLabelSelector } from './selectors.ts'
import { validateMatchConditions, validateRule } from './webhooks.ts'

/** ValidatingAdmissionPolicy. Whether its expressions compile is checked by those who know CEL. */
export function* validateValidatingPolicy(object: Field): Errors {
  const spec = at(object, 'spec')
  yield* validateCommon(spec)
  const [validations, annotations] = [at(spec, 'validations'), at(spec, 'auditAnnotations')]
  if (countOf(validations) === 0 && countOf(annotations) === 0) {
    const text = 'validations or auditAnnotations must contain at least one item'
    yield required(validations.path, text)
    yield required(annotations.path, text)
    return
  }
  for (const validation of itemsOf(validations)) yield* validateValidation(validation)
  yield* validateAuditAnnotations(annotations, textOf(at(object, 'metadata', 'name')))
}

function* validateCommon(spec: Field): Errors {
  const [kind, constraints] = [at(spec, 'paramKind'), at(spec, 'matchConstraints')]
  yield* requiredOneOf(at(spec, 'failurePolicy'), ['Fail', 'Ignore'])
  if (isSet(kind)) yield* validateParamKind(kind)
  if (isSet(constraints)) {
    yield* validateMatchResources(constraints)
    if (countOf(at(constraints, 'resourceRules')) === 0) yield required(at(constraints, 'resourceRules').path)
  } else yield required(constraints.path)
  yield* validateMatchConditions(at(spec, 'matchConditions'))
  yield* validateVariables(at(spec, 'variables'))
}

function* validateParamKind(kind: Field): Errors {
  const [version, name] = [at(kind, 'apiVersion'), at(kind, 'kind')]
  if (textOf(version) === '') yield required(version.path)
  else if (textOf(version).split('/').length > 2)
    yield invalid(version.path, textOf(version), `unexpected GroupVersion string: ${textOf(version)}`)
  if (textOf(name) === '') yield required(name.path)
  else yield* invalidAll(name, kindName(textOf(name)))
}

export function* validateMatchResources(match: Field): Errors {
  yield* requiredOneOf(at(match, 'matchPolicy'), ['Equivalent', 'Exact'])
  for (const name of ['namespaceSelector', 'objectSelector']) {
    const selector = at(match, name)
    if (isSet(selector)) yield* validateLabelSelector(selector)
    else yield required(selector.path)
  }
  for (const name of ['resourceRules', 'excludeResourceRules'])
    for (const rule of itemsOf(at(match, name))) {
      yield* validateRule(rule)
      yield* validateUnique(at(rule, 'resourceNames'))
    }
}

function* validateUnique(list: Field): Errors {
  const seen = new Set<string>()
  for (const item of itemsOf(list)) {
    if (seen.has(textOf(item))) yield duplicate(item.path, textOf(item))
    seen.add(textOf(item))
  }
}

const identifier = /^[_a-zA-Z][_a-zA-Z0-9]*$/

function* validateVariables(variables: Field): Errors {
  for (const variable of itemsOf(variables)) {
    const [name, expression] = [at(variable, 'name'), at(variable, 'expression')]
    if (textOf(name) === '') yield required(name.path, 'name is not specified')
    else if (!identifier.test(textOf(name))) yield invalid(name.path, textOf(name), 'must be a valid CEL identifier')
    if (textOf(expression).trim() === '') yield required(expression.path, 'expression is not specified')
  }
}

const reasons = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'] as const

function* validateValidation(validation: Field): Errors {
  const [expression, message, computed] = [at(validation, 'expression'), at(validation, 'message'), at(validation, 'messageExpression')]
  const [code, text] = [textOf(expression).trim(), textOf(message)]
  if (code === '') yield required(expression.path, 'expression is not specified')
  if (textOf(computed) !== '' && textOf(computed).trim() === '')
    yield invalid(computed.path, textOf(computed), 'must be non-empty if specified')
  if (text !== '' && text.trim() === '') yield invalid(message.path, text, 'must be non-empty if specified')
  else if (/[\n\r]/.test(text.trim())) yield invalid(message.path, text, 'must not contain line breaks')
  yield* oneOf(at(validation, 'reason'), reasons)
}

function* validateAuditAnnotations(annotations: Field, policy: string): Errors {
  const keys = new Set<string>()
  for (const annotation of itemsOf(annotations)) {
    const [key, expression] = [at(annotation, 'key'), at(annotation, 'valueExpression')]
    const name = `${policy}/${textOf(key)}`
    yield* invalidAll({ ...key, value: name }, qualifiedName(name))
    if (textOf(expression).trim() === '') yield required(expression.path, 'valueExpression is not specified')
    if (textOf(key) !== '' && keys.has(textOf(key))) yield duplicate(key.path, textOf(key))
    keys.add(textOf(key))
  }
}

const actions = ['Audit', 'Deny', 'Warn'] as const

function* validateBinding(spec: Field): Errors {
  const [name, reference, match] = [at(spec, 'policyName'), at(spec, 'paramRef'), at(spec, 'matchResources')]
  if (textOf(name) === '') yield required(name.path)
  else yield* invalidAll(name, dns1123Subdomain(textOf(name)))
  if (isSet(reference)) yield* validateParamReference(reference)
  if (isSet(match)) yield* validateMatchResources(match)
}

function* validateParamReference(reference: Field): Errors {
  const [name, selector, action] = [at(reference, 'name'), at(reference, 'selector'), at(reference, 'parameterNotFoundAction')]
  const both = 'name and selector are mutually exclusive'
  if (textOf(name) !== '' && isSet(selector)) {
    yield forbidden(name.path, both)
    yield forbidden(selector.path, both)
  }
  if (textOf(name) === '' && !isSet(selector)) yield required(reference.path, 'one of name or selector must be specified')
  if (isSet(action)) yield* exactlyOneOf(action, ['Deny', 'Allow'])
  else yield required(action.path)
  if (isSet(selector)) yield* validateLabelSelector(selector)
}

export function* validateValidatingBinding(object: Field): Errors {
  const list = at(object, 'spec', 'validationActions')
  yield* validateBinding(at(object, 'spec'))
  if (countOf(list) === 0) yield required(list.path, 'at least one validation action is required')
  const seen = new Set<string>()
  for (const action of itemsOf(list)) {
    yield* exactlyOneOf(action, actions)
    if (seen.has(textOf(action))) yield duplicate(action.path, textOf(action))
    seen.add(textOf(action))
  }
  if (textsOf(list).includes('Deny') && textsOf(list).includes('Warn'))
    yield invalid(
      list.path,
      shownOf(list),
      'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
    )
}

export function* validateMutatingPolicy(object: Field): Errors {
  const spec = at(object, 'spec')
  yield* validateCommon(spec)
  const mutations = at(spec, 'mutations')
  if (countOf(mutations) === 0) yield required(mutations.path, 'mutations must contain at least one item')
  for (const mutation of itemsOf(mutations)) yield* validateMutation(mutation)
  yield* requiredOneOf(at(spec, 'reinvocationPolicy'), ['IfNeeded', 'Never'])
}

function* validateMutation(mutation: Field): Errors {
  const type = at(mutation, 'patchType')
  const field = { ApplyConfiguration: 'applyConfiguration', JSONPatch: 'jsonPatch' }[textOf(type)]
  yield* requiredOneOf(type, ['ApplyConfiguration', 'JSONPatch'])
  if (field === undefined) return
  const patch = at(mutation, field)
  if (!isSet(patch)) yield required(patch.path, `must be specified when patchType is ${textOf(type)}`)
  else if (textOf(at(patch, 'expression')).trim() === '') yield required(at(patch, 'expression').path)
}

export const validateMutatingBinding = (object: Field): Errors => validateBinding(at(object, 'spec'))
