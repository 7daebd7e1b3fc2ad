import type { DerElement } from '../../../../core/der.ts'
import { contextTag, derBits, derChildren, derInteger, derOid, derTag, derTime, readDer } from '../../../../core/der.ts'
import type { Result } from '../../../../core/result.ts'
import { err, ok } from '../../../../core/result.ts'
import type { Extension } from './extensions.ts'
import { extensionFields, parseExtensions, showExtension } from './extensions.ts'
import { parseName } from './name.ts'
import { pssAlgorithms, rsaPss, signatureAlgorithms } from './oids.ts'
import { parsePublicKeyInfo } from './public-key.ts'
import type { Tree, TreeObject } from './tree.ts'
import { base64, orNull } from './tree.ts'

/** A certificate that was read. */
export interface ParsedCertificate {
  /** DER. */
  readonly raw: Buffer
  /** Fields named and shaped as upstream prints them. */
  readonly shown: TreeObject
  readonly notBefore: Date
  readonly notAfter: Date
  /** Issuer and subject as written: names are compared by their octets. */
  readonly issuer: Buffer
  readonly subject: Buffer
}

const malformed = err('x509: malformed certificate')

/** All certificates in concatenated DER. */
export function parseCertificates(bytes: Buffer): Result<readonly ParsedCertificate[], string> {
  const certificates: ParsedCertificate[] = []
  for (let at = 0; at < bytes.length;) {
    const element = readDer(bytes, at)
    if (!element.ok) return malformed
    const certificate = parseCertificate(element.value)
    if (!certificate.ok) return certificate
    certificates.push(certificate.value)
    at += element.value.raw.length
  }
  return ok(certificates)
}

function parseCertificate(element: DerElement): Result<ParsedCertificate, string> {
  if (element.tag !== derTag.sequence) return malformed
  const [signed, algorithm, signature] = derChildren(element.contents) ?? []
  const bits = signature?.tag === derTag.bitString ? derBits(signature.contents) : undefined
  if (signed?.tag !== derTag.sequence || algorithm === undefined || bits === undefined) return malformed
  const body = parseBody(signed)
  if (!body.ok) return body
  const shown: TreeObject = {
    ...body.value.shown,
    Raw: base64(element.raw),
    RawTBSCertificate: base64(signed.raw),
    Signature: base64(bits.bytes),
    SignatureAlgorithm: signatureAlgorithm(algorithm),
  }
  return ok({ ...body.value, raw: element.raw, shown })
}

function parseBody(signed: DerElement): Result<Omit<ParsedCertificate, 'raw'>, string> {
  const parts = [...(derChildren(signed.contents) ?? [])]
  const version = parts[0]?.tag === contextTag(0, true) ? parts.shift() : undefined
  const [serial, , issuer, validity, subject, key, ...rest] = parts
  if (serial?.tag !== derTag.integer) return err('x509: malformed serial number')
  if (issuer?.tag !== derTag.sequence) return err('x509: malformed issuer')
  const [from, to] = validity === undefined ? [] : (derChildren(validity.contents) ?? [])
  const notBefore = from === undefined ? undefined : derTime(from)
  const notAfter = to === undefined ? undefined : derTime(to)
  if (notBefore === undefined || notAfter === undefined) return err('x509: malformed validity')
  if (subject?.tag !== derTag.sequence) return err('x509: malformed subject')
  const issuerName = parseName(issuer.contents)
  const subjectName = parseName(subject.contents)
  if (issuerName === undefined || subjectName === undefined) return err('x509: invalid RDNSequence')
  const publicKey = parsePublicKeyInfo(key)
  if (publicKey === undefined) return err('x509: malformed spki')
  const written = rest.find(({ tag }) => tag === contextTag(3, true))
  const extensions = written === undefined ? [] : parseExtensions(written.contents)
  if (extensions === undefined) return err('x509: malformed extensions')
  const extra = showExtensions(extensions)
  if (extra === undefined) return err('x509: invalid extension')
  const shown: TreeObject = {
    ...emptyFields,
    ...extra,
    Version: versionOf(version),
    SerialNumber: derInteger(serial.contents),
    Issuer: issuerName,
    Subject: subjectName,
    RawIssuer: base64(issuer.raw),
    RawSubject: base64(subject.raw),
    RawSubjectPublicKeyInfo: base64(publicKey.raw),
    NotBefore: showTime(notBefore),
    NotAfter: showTime(notAfter),
    PublicKeyAlgorithm: publicKey.algorithm,
    PublicKey: publicKey.shown,
  }
  return ok({ shown, notBefore, notAfter, issuer: issuer.raw, subject: subject.raw })
}

const showTime = (date: Date): string => date.toISOString().replace('.000Z', 'Z')

function versionOf(element: DerElement | undefined): number {
  const number = element === undefined ? undefined : derChildren(element.contents)?.[0]
  return number === undefined ? 1 : Number(derInteger(number.contents)) + 1
}

function showExtensions(extensions: readonly Extension[]): TreeObject | undefined {
  const found = extensionFields(extensions)
  if (found === undefined) return undefined
  const hasConstraints = extensions.find(({ id }) => id.join('.') === '2.5.29.30')
  return {
    ...found.fields,
    Extensions: orNull(extensions.map(showExtension)),
    UnhandledCriticalExtensions: orNull(found.unhandledCritical),
    PermittedDNSDomainsCritical: hasConstraints?.critical === true,
  }
}

/** The number of the algorithm of an AlgorithmIdentifier; 0 where it is not known. */
export function signatureAlgorithm(identifier: DerElement): number {
  const [oid, parameters] = derChildren(identifier.contents) ?? []
  const dotted = oid === undefined ? '' : (derOid(oid.contents) ?? []).join('.')
  return dotted === rsaPss ? pssAlgorithm(parameters) : (signatureAlgorithms.get(dotted) ?? 0)
}

function pssAlgorithm(parameters: DerElement | undefined): number {
  const hash = parameters === undefined ? undefined : derChildren(parameters.contents)?.find(({ tag }) => tag === contextTag(0, true))
  const identifier = hash === undefined ? undefined : derChildren(hash.contents)?.[0]
  const oid = identifier === undefined ? undefined : derChildren(identifier.contents)?.[0]
  return oid === undefined ? 0 : (pssAlgorithms.get((derOid(oid.contents) ?? []).join('.')) ?? 0)
}

const nullFields = [
  'ExtraExtensions',
  'ExtKeyUsage',
  'UnknownExtKeyUsage',
  'SubjectKeyId',
  'AuthorityKeyId',
  'OCSPServer',
  'IssuingCertificateURL',
  'DNSNames',
  'EmailAddresses',
  'IPAddresses',
  'URIs',
  'URIStrings',
  'PermittedDNSDomains',
  'ExcludedDNSDomains',
  'PermittedIPRanges',
  'ExcludedIPRanges',
  'PermittedEmailAddresses',
  'ExcludedEmailAddresses',
  'PermittedURIDomains',
  'ExcludedURIDomains',
  'CRLDistributionPoints',
  'PolicyIdentifiers',
  'Policies',
  'PolicyMappings',
] as const

/** What a certificate without extensions shows. */
const emptyFields: TreeObject = {
  ...Object.fromEntries(nullFields.map((field): [string, Tree] => [field, null])),
  KeyUsage: 0,
  BasicConstraintsValid: false,
  IsCA: false,
  MaxPathLen: 0,
  MaxPathLenZero: false,
  InhibitAnyPolicy: 0,
  InhibitAnyPolicyZero: false,
  InhibitPolicyMapping: 0,
  InhibitPolicyMappingZero: false,
  RequireExplicitPolicy: 0,
  RequireExplicitPolicyZero: false,
}
