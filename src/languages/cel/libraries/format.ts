import { parseRequestUri } from '../../../kube/go-url.ts'
import { dns1035Label, dns1123Label, dns1123Subdomain, labelValue, qualifiedName } from '../../../kube/validation/names.ts'
import { hasFormat } from '../../../kube/structural-schema/formats.ts'
import type { CelLibrary } from '../function.ts'
import { globalFunction, memberFunction } from '../function.ts'
import { celType } from '../types.ts'
import type { CelValue } from '../values.ts'
import { CelOptional, opaqueKind } from '../values.ts'

interface NamedFormat {
  readonly name: string
  /** What is wrong with a text, in Kubernetes' words. */
  readonly check: (text: string) => readonly string[]
}

const formatKind = opaqueKind<NamedFormat>('kubernetes.NamedFormat', (a, b) => a.name === b.name)
const formatType = celType.opaque(formatKind.name)

type Check = NamedFormat['check']

/** What names are generated from: a hyphen may be at the end. */
const asPrefix =
  (check: Check): Check =>
  (text) =>
    check(text.endsWith('-') ? `${text.slice(0, -1)}a` : text)

const known =
  (format: string, message: string): Check =>
  (text) =>
    hasFormat(format)?.(text) === false ? [message] : []

function uri(text: string): readonly string[] {
  const parsed = parseRequestUri(text, { anyInBrackets: true })
  return parsed.ok ? [] : [parsed.error]
}

const checks: Readonly<Record<string, Check>> = {
  dns1123Label,
  dns1123Subdomain,
  dns1035Label,
  qualifiedName: (text) => qualifiedName(text, 'a valid label key'),
  dns1123LabelPrefix: asPrefix(dns1123Label),
  dns1123SubdomainPrefix: asPrefix(dns1123Subdomain),
  dns1035LabelPrefix: asPrefix(dns1035Label),
  labelValue,
  uri,
  uuid: known('uuid', 'does not match the UUID format'),
  byte: known('byte', 'invalid base64'),
  date: known('date', 'invalid date'),
  datetime: known('datetime', 'invalid datetime'),
}

const formats: ReadonlyMap<string, CelValue> = new Map(
  Object.entries(checks).map(([name, check]) => [name, formatKind.wrap({ name, check })]),
)

const none = new CelOptional(undefined)

function named(name: string): CelValue {
  const format = formats.get(name)
  return format === undefined ? none : new CelOptional(format)
}

/** None where the text is good. */
function validate(format: CelValue, text: string): CelValue {
  const messages = formatKind.unwrap(format).check(text)
  return messages.length === 0 ? none : new CelOptional(messages)
}

const cost = (_: CelValue, text: string): number => Math.max(1, Math.ceil(text.length * 0.1) * 30)

/** Kubernetes' formats of texts. */
export const formatLibrary: CelLibrary = {
  name: 'k8s.format',
  types: { [formatKind.name]: formatType },
  functions: [
    ...Array.from(formats, ([name, format]) => globalFunction(`format.${name}`, [], { returns: formatType, evaluate: () => format })),
    globalFunction('format.named', ['string'], { returns: celType.optional(formatType), evaluate: named }),
    memberFunction('validate', [formatType, 'string'], { returns: 'optional(list(string))', evaluate: validate, cost }),
  ],
}
