import type { DerElement } from '../../../../core/der.ts'
import { contextTag, derBit, derBits, derChildren, derInteger, derOid, derSequence, derTag, readDer } from '../../../../core/der.ts'
import { showIp, showNetwork, showUri } from './names-shown.ts'
import { extendedKeyUsages } from './oids.ts'
import type { Tree, TreeObject } from './tree.ts'
import { base64, orNull } from './tree.ts'

export interface Extension {
  readonly id: readonly number[]
  readonly critical: boolean
  readonly value: Buffer
}

export interface ExtensionFields {
  /** Fields of the certificate that the extensions fill. */
  readonly fields: TreeObject
  readonly unhandledCritical: readonly (readonly number[])[]
}

/** The contents of `Extensions`, or undefined where malformed. */
export function parseExtensions(contents: Buffer): readonly Extension[] | undefined {
  const list = derSequence(contents)
  if (list === undefined) return undefined
  const extensions: Extension[] = []
  for (const element of list) {
    const parts = derChildren(element.contents) ?? []
    const id = parts[0]?.tag === derTag.oid ? derOid(parts[0].contents) : undefined
    const critical = parts[1]?.tag === derTag.boolean && parts[1].contents[0] !== 0
    const value = parts.at(-1)
    if (id === undefined || value?.tag !== derTag.octetString) return undefined
    extensions.push({ id, critical, value: value.contents })
  }
  return extensions
}

export const showExtension = ({ id, critical, value }: Extension): TreeObject => ({ Id: id, Critical: critical, Value: base64(value) })

/** Reads one extension into fields; undefined where it is malformed, and no fields where it is not known. */
type Reader = (value: Buffer) => TreeObject | undefined

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['2.5.29.15', keyUsage],
  ['2.5.29.19', basicConstraints],
  ['2.5.29.17', alternativeNames],
  ['2.5.29.30', nameConstraints],
  ['2.5.29.31', distributionPoints],
  ['2.5.29.35', authorityKeyId],
  ['2.5.29.37', extendedKeyUsage],
  ['2.5.29.14', subjectKeyId],
  ['2.5.29.32', policies],
  ['2.5.29.54', (value) => skipCerts(value, 'InhibitAnyPolicy')],
  ['1.3.6.1.5.5.7.1.1', authorityInfoAccess],
])

/** What upstream knows of the extensions of a certificate; undefined where one that it knows is malformed. */
export function extensionFields(extensions: readonly Extension[]): ExtensionFields | undefined {
  let fields: TreeObject = {}
  const unhandledCritical: (readonly number[])[] = []
  for (const { id, critical, value } of extensions) {
    const read = readers.get(id.join('.'))
    const found = read === undefined ? undefined : read(value)
    if (read !== undefined && found === undefined) return undefined
    if (found === undefined && critical) unhandledCritical.push(id)
    fields = { ...fields, ...found }
  }
  return { fields, unhandledCritical }
}

function keyUsage(value: Buffer): TreeObject | undefined {
  const element = readDer(value)
  const bits = element.ok && element.value.tag === derTag.bitString ? derBits(element.value.contents) : undefined
  if (bits === undefined) return undefined
  let usage = 0
  for (let index = 0; index < Math.min(9, bits.length); index += 1) if (derBit(bits.bytes, index)) usage |= 1 << index
  return { KeyUsage: usage }
}

function basicConstraints(value: Buffer): TreeObject | undefined {
  const parts = derSequence(value)
  if (parts === undefined) return undefined
  const isAuthority = parts[0]?.tag === derTag.boolean && parts[0].contents[0] !== 0
  const length = parts.find(({ tag }) => tag === derTag.integer)
  const most = length === undefined ? -1 : Number(derInteger(length.contents))
  return { BasicConstraintsValid: true, IsCA: isAuthority, MaxPathLen: most, MaxPathLenZero: most === 0 }
}

/** The names of GeneralNames. */
export function alternativeNames(value: Buffer): TreeObject | undefined {
  const names = derSequence(value)
  if (names === undefined) return undefined
  const dns: string[] = []
  const email: string[] = []
  const addresses: string[] = []
  const uris: TreeObject[] = []
  const uriStrings: string[] = []
  for (const { tag, contents } of names) {
    const text = contents.toString('latin1')
    if (tag === contextTag(1, false)) email.push(text)
    else if (tag === contextTag(2, false)) dns.push(text)
    else if (tag === contextTag(6, false)) {
      const uri = showUri(text)
      if (uri === undefined) return undefined
      uris.push(uri)
      uriStrings.push(text)
    } else if (tag === contextTag(7, false)) {
      const address = showIp(contents)
      if (address === undefined) return undefined
      addresses.push(address)
    }
  }
  return {
    DNSNames: orNull(dns),
    EmailAddresses: orNull(email),
    IPAddresses: orNull(addresses),
    URIs: orNull(uris),
    URIStrings: orNull(uriStrings),
  }
}

function nameConstraints(value: Buffer): TreeObject | undefined {
  const parts = derSequence(value)
  if (parts === undefined || parts.length === 0) return undefined
  const permitted = subtrees(parts.find(({ tag }) => tag === contextTag(0, true)))
  const excluded = subtrees(parts.find(({ tag }) => tag === contextTag(1, true)))
  if (permitted === undefined || excluded === undefined) return undefined
  return {
    PermittedDNSDomains: orNull(permitted.dns),
    PermittedEmailAddresses: orNull(permitted.email),
    PermittedIPRanges: orNull(permitted.ranges),
    PermittedURIDomains: orNull(permitted.uris),
    ExcludedDNSDomains: orNull(excluded.dns),
    ExcludedEmailAddresses: orNull(excluded.email),
    ExcludedIPRanges: orNull(excluded.ranges),
    ExcludedURIDomains: orNull(excluded.uris),
  }
}

interface Subtrees {
  readonly dns: string[]
  readonly email: string[]
  readonly ranges: Tree[]
  readonly uris: string[]
}

function subtrees(list: DerElement | undefined): Subtrees | undefined {
  const found: Subtrees = { dns: [], email: [], ranges: [], uris: [] }
  for (const subtree of list === undefined ? [] : (derChildren(list.contents) ?? [undefined])) {
    const base = subtree === undefined ? undefined : derChildren(subtree.contents)?.[0]
    if (base === undefined) return undefined
    const text = base.contents.toString('latin1')
    if (base.tag === contextTag(1, false)) found.email.push(text)
    else if (base.tag === contextTag(2, false)) found.dns.push(text)
    else if (base.tag === contextTag(6, false)) found.uris.push(text)
    else if (base.tag === contextTag(7, false)) {
      const range = showNetwork(base.contents)
      if (range === undefined) return undefined
      found.ranges.push(range)
    }
  }
  return found
}

function distributionPoints(value: Buffer): TreeObject | undefined {
  const points = derSequence(value)
  if (points === undefined) return undefined
  const urls: string[] = []
  for (const point of points) {
    const name = derChildren(point.contents)?.find(({ tag }) => tag === contextTag(0, true))
    const full = name === undefined ? undefined : derChildren(name.contents)?.find(({ tag }) => tag === contextTag(0, true))
    for (const { tag, contents } of full === undefined ? [] : (derChildren(full.contents) ?? []))
      if (tag === contextTag(6, false)) urls.push(contents.toString('latin1'))
  }
  return { CRLDistributionPoints: orNull(urls) }
}

function authorityKeyId(value: Buffer): TreeObject | undefined {
  const parts = derSequence(value)
  const id = parts?.find(({ tag }) => tag === contextTag(0, false))
  return parts === undefined ? undefined : { AuthorityKeyId: base64(id?.contents) }
}

function subjectKeyId(value: Buffer): TreeObject | undefined {
  const element = readDer(value)
  return element.ok && element.value.tag === derTag.octetString ? { SubjectKeyId: base64(element.value.contents) } : undefined
}

function extendedKeyUsage(value: Buffer): TreeObject | undefined {
  const oids = derSequence(value)?.map(({ contents }) => derOid(contents))
  if (oids === undefined) return undefined
  const known: number[] = []
  const unknown: (readonly number[])[] = []
  for (const oid of oids) {
    if (oid === undefined) return undefined
    const usage = extendedKeyUsages.get(oid.join('.'))
    if (usage === undefined) unknown.push(oid)
    else known.push(usage)
  }
  return { ExtKeyUsage: orNull(known), UnknownExtKeyUsage: orNull(unknown) }
}

function policies(value: Buffer): TreeObject | undefined {
  const oids: (readonly number[])[] = []
  for (const policy of derSequence(value) ?? [undefined]) {
    const id = policy === undefined ? undefined : derChildren(policy.contents)?.[0]
    const oid = id?.tag === derTag.oid ? derOid(id.contents) : undefined
    if (oid === undefined) return undefined
    oids.push(oid)
  }
  return { PolicyIdentifiers: orNull(oids), Policies: orNull(oids.map((oid) => oid.join('.'))) }
}

function skipCerts(value: Buffer, field: string): TreeObject | undefined {
  const element = readDer(value)
  if (!element.ok || element.value.tag !== derTag.integer) return undefined
  const count = Number(derInteger(element.value.contents))
  return { [field]: count, [`${field}Zero`]: count === 0 }
}

function authorityInfoAccess(value: Buffer): TreeObject | undefined {
  const responders: string[] = []
  const issuers: string[] = []
  for (const description of derSequence(value) ?? [undefined]) {
    const [method, location] = description === undefined ? [] : (derChildren(description.contents) ?? [])
    const oid = method?.tag === derTag.oid ? derOid(method.contents)?.join('.') : undefined
    if (oid === undefined || location === undefined) return undefined
    if (location.tag !== contextTag(6, false)) continue
    if (oid === '1.3.6.1.5.5.7.48.1') responders.push(location.contents.toString('latin1'))
    if (oid === '1.3.6.1.5.5.7.48.2') issuers.push(location.contents.toString('latin1'))
  }
  return { OCSPServer: orNull(responders), IssuingCertificateURL: orNull(issuers) }
}
