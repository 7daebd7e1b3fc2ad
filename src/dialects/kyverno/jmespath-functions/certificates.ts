import { derInteger } from '../../../core/der.ts'
import type { Json, JsonObject } from '../../../core/json.ts'
import { jmesFunction } from '../../../languages/jmespath/jmespath.ts'
import type { DerNode } from './der.ts'
import { objectIdentifier, readTree, textOf, time } from './der.ts'
import { invalid } from './problem.ts'

/** The fields of Go's pkix.Name by attribute type (RFC 4519). */
const nameFields: Readonly<Record<string, string>> = {
  '2.5.4.6': 'Country',
  '2.5.4.10': 'Organization',
  '2.5.4.11': 'OrganizationalUnit',
  '2.5.4.7': 'Locality',
  '2.5.4.8': 'Province',
  '2.5.4.9': 'StreetAddress',
  '2.5.4.17': 'PostalCode',
}
const rsaEncryption = '1.2.840.113549.1.1.1'
const subjectAltName = '2.5.29.17'
const basicConstraints = '2.5.29.19'
const extensionRequest = '1.2.840.113549.1.9.14'

/** A distinguished name as Go prints it. */
function nameOf(name: DerNode | undefined): JsonObject {
  const fields: { [key: string]: Json } = {
    Country: null,
    Organization: null,
    OrganizationalUnit: null,
    Locality: null,
    Province: null,
    StreetAddress: null,
    PostalCode: null,
    SerialNumber: '',
    CommonName: '',
  }
  const names: Json[] = []
  for (const attribute of (name?.children ?? []).flatMap((set) => set.children)) {
    const [type, value] = attribute.children
    if (type === undefined || value === undefined) continue
    const id = objectIdentifier(type)
    const text = textOf(value)
    names.push({ Type: id.split('.').map(Number), Value: text })
    const field = nameFields[id]
    if (field !== undefined) fields[field] = [...((fields[field] as readonly Json[] | null) ?? []), text]
    else if (id === '2.5.4.3') fields['CommonName'] = text
    else if (id === '2.5.4.5') fields['SerialNumber'] = text
  }
  return { ...fields, Names: names.length === 0 ? null : names, ExtraNames: null }
}

/** `{N, E}` of an RSA key, N in decimal; undefined for other algorithms. */
function publicKeyOf(info: DerNode | undefined): JsonObject | undefined {
  const [algorithm, bits] = info?.children ?? []
  const id = algorithm?.children[0]
  if (id === undefined || bits === undefined || objectIdentifier(id) !== rsaEncryption) return undefined
  const [modulus, exponent] = readTree(bits.contents.subarray(1))?.children ?? []
  if (modulus === undefined || exponent === undefined) return undefined
  return { N: derInteger(modulus.contents).toString(), E: Number(derInteger(exponent.contents)) }
}

interface Extensions {
  readonly names: JsonObject
  readonly isCa: boolean
}

function extensionsOf(list: readonly DerNode[]): Extensions {
  let names = alternativeNames(undefined)
  let isCa = false
  for (const { children } of list) {
    const [id] = children
    const value = children.at(-1)
    if (id === undefined || value === undefined) continue
    const content = readTree(value.contents)
    if (objectIdentifier(id) === subjectAltName) names = alternativeNames(content)
    if (objectIdentifier(id) === basicConstraints) isCa = content?.children[0]?.tag === 0x01 && content.children[0].contents[0] !== 0
  }
  return { names, isCa }
}

/** GeneralName tags: 1 mail, 2 DNS, 6 URI, 7 address. */
function alternativeNames(content: DerNode | undefined): JsonObject {
  const of = (tag: number): Json => {
    const found = (content?.children ?? []).filter((node) => (node.tag & 0x1f) === tag)
    return found.length === 0 ? null : found.map((node) => (tag === 7 ? [...node.contents].join('.') : node.contents.toString('latin1')))
  }
  return { DNSNames: of(2), EmailAddresses: of(1), IPAddresses: of(7), URIs: of(6) }
}

function certificate(root: DerNode): JsonObject | undefined {
  const fields = [...(root.children[0]?.children ?? [])]
  const version = fields[0]?.tag === 0xa0 ? fields.shift() : undefined
  const [serial, , issuer, validity, subject, keyInfo, ...rest] = fields
  const [from, to] = (validity?.children ?? []).map(time)
  const key = publicKeyOf(keyInfo)
  if (serial === undefined || from === undefined || to === undefined || key === undefined) return undefined
  const extensions = extensionsOf(rest.find((node) => node.tag === 0xa3)?.children[0]?.children ?? [])
  const versionNumber = version?.children[0]
  return {
    Version: versionNumber === undefined ? 1 : Number(derInteger(versionNumber.contents)) + 1,
    SerialNumber: Number(derInteger(serial.contents)),
    Issuer: nameOf(issuer),
    Subject: nameOf(subject),
    NotBefore: from,
    NotAfter: to,
    IsCA: extensions.isCa,
    PublicKeyAlgorithm: 1,
    PublicKey: key,
    ...extensions.names,
  }
}

function certificateRequest(root: DerNode): JsonObject | undefined {
  const [version, subject, keyInfo, attributes] = root.children[0]?.children ?? []
  const key = publicKeyOf(keyInfo)
  if (version === undefined || key === undefined) return undefined
  const requested = attributes?.children.find(
    ({ children }) => children[0] !== undefined && objectIdentifier(children[0]) === extensionRequest,
  )
  const extensions = extensionsOf(requested?.children[1]?.children[0]?.children ?? [])
  return {
    Version: Number(derInteger(version.contents)),
    Subject: nameOf(subject),
    PublicKeyAlgorithm: 1,
    PublicKey: key,
    ...extensions.names,
  }
}

const pem = /-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----/

export const certificateFunctions = [
  jmesFunction('x509_decode', ['string'], 'object', {
    doc: 'The fields of a PEM certificate or certificate request with an RSA key, as Go names them.',
    examples: [],
    evaluate: ([text]) => {
      const match = pem.exec(text)
      if (match === null) return invalid('x509_decode', 'invalid certificate')
      const root = readTree(Buffer.from(match[2] ?? '', 'base64'))
      const decoded =
        root === undefined
          ? undefined
          : match[1] === 'CERTIFICATE REQUEST'
            ? certificateRequest(root)
            : match[1] === 'CERTIFICATE'
              ? certificate(root)
              : undefined
      return decoded ?? invalid('x509_decode', 'expected a PEM CERTIFICATE or CERTIFICATE REQUEST with an RSA key')
    },
  }),
]
