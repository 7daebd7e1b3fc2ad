import type { FieldError } from '../../../kube/field-error.ts'
import { invalid } from '../../../kube/field-error.ts'

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const label = /^[a-z]([-a-z0-9]*[a-z0-9])?$/
const notSubdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const notLabel =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
const tooLong = 'must be no more than 63 characters'

/** What is wrong with the names of a CustomResourceDefinition for constraints of a kind. */
export function namesErrors(kind: string): readonly FieldError[] {
  const lower = kind.toLowerCase()
  const definition = `${lower}.constraints.gatekeeper.sh`
  return [
    ...(subdomain.test(definition) ? [] : [invalid('metadata.name', definition, notSubdomain)]),
    ...labelErrors('spec.names.plural', lower),
    ...labelErrors('spec.names.singular', lower),
    ...mixedErrors('spec.names.kind', kind),
    ...mixedErrors('spec.names.listKind', `${kind}List`),
  ]
}

function labelErrors(field: string, text: string): readonly FieldError[] {
  return [...(text.length > 63 ? [invalid(field, text, tooLong)] : []), ...(label.test(text) ? [] : [invalid(field, text, notLabel)])]
}

function mixedErrors(field: string, text: string): readonly FieldError[] {
  return labelErrors(field, text.toLowerCase()).map(({ message }) => {
    const [, why = ''] = /: ((?:a DNS|must be).*)$/s.exec(message) ?? []
    return invalid(field, text, `may have mixed case, but should otherwise match: ${why}`)
  })
}
