import type { DerElement } from '../../../../core/der.ts'
import { contextTag, derBits, derChildren, derInteger, derOid, derTag, derText, readDer } from '../../../../core/der.ts'
import type { Result } from '../../../../core/result.ts'
import { err, ok } from '../../../../core/result.ts'
import { signatureAlgorithm } from './certificate.ts'
import type { Extension } from './extensions.ts'
import { alternativeNames, parseExtensions, showExtension } from './extensions.ts'
import { parseName } from './name.ts'
import { parsePublicKeyInfo } from './public-key.ts'
import type { Tree, TreeObject } from './tree.ts'
import { base64, orNull } from './tree.ts'

const extensionRequest = '1.2.840.113549.1.9.14'

/** A certificate request (PKCS #10) from DER, shaped as upstream prints it. */
export function parseRequest(bytes: Buffer): Result<TreeObject, string> {
  const tag = bytes[0]
  if (tag === undefined) return err('asn1: syntax error: sequence truncated')
  if (tag !== derTag.sequence) return err(tagMismatch(tag))
  const whole = readDer(bytes)
  if (!whole.ok) return err('asn1: syntax error: data truncated')
  if (whole.value.contents.length === 0) return err('asn1: syntax error: sequence truncated')
  if (whole.value.raw.length !== bytes.length) return err('asn1: syntax error: trailing data')
  const [info, algorithm, signature] = derChildren(whole.value.contents) ?? []
  const bits = signature?.tag === derTag.bitString ? derBits(signature.contents) : undefined
  if (info?.tag !== derTag.sequence || algorithm === undefined || bits === undefined) return err('asn1: structure error: malformed request')
  const body = parseInfo(info)
  if (body === undefined) return err('asn1: structure error: malformed request')
  return ok({
    ...body,
    Raw: base64(whole.value.raw),
    RawTBSCertificateRequest: base64(info.raw),
    Signature: base64(bits.bytes),
    SignatureAlgorithm: signatureAlgorithm(algorithm),
  })
}

function tagMismatch(tag: number): string {
  const shown = `class:${tag >> 6} tag:${tag & 0x1f}`
  return `asn1: structure error: tags don't match (16 vs {${shown}})`
}

function parseInfo(info: DerElement): TreeObject | undefined {
  const [version, subject, key, attributes] = derChildren(info.contents) ?? []
  const name = subject?.tag === derTag.sequence ? parseName(subject.contents) : undefined
  const publicKey = parsePublicKeyInfo(key)
  if (version?.tag !== derTag.integer || subject === undefined || name === undefined || publicKey === undefined) return undefined
  const written = attributes?.tag === contextTag(0, true) ? (derChildren(attributes.contents) ?? []) : []
  const extensions = requestedExtensions(written)
  if (extensions === undefined) return undefined
  const names = extensions.find(({ id }) => id.join('.') === '2.5.29.17')
  const shownNames = names === undefined ? noNames : alternativeNames(names.value)
  if (shownNames === undefined) return undefined
  const { URIStrings: _, ...requestNames } = shownNames
  return {
    Version: Number(derInteger(version.contents)),
    Subject: name,
    RawSubject: base64(subject.raw),
    RawSubjectPublicKeyInfo: base64(publicKey.raw),
    PublicKeyAlgorithm: publicKey.algorithm,
    PublicKey: publicKey.shown,
    Attributes: orNull(written.flatMap(showAttribute)),
    Extensions: orNull(extensions.map(showExtension)),
    ExtraExtensions: null,
    ...requestNames,
  }
}

const noNames: TreeObject = { DNSNames: null, EmailAddresses: null, IPAddresses: null, URIs: null }

const oidOf = (attribute: DerElement): readonly number[] => {
  const id = derChildren(attribute.contents)?.[0]
  return id === undefined ? [] : (derOid(id.contents) ?? [])
}

function requestedExtensions(attributes: readonly DerElement[]): readonly Extension[] | undefined {
  const request = attributes.find((attribute) => oidOf(attribute).join('.') === extensionRequest)
  const values = request === undefined ? undefined : derChildren(request.contents)?.[1]
  return values === undefined ? [] : parseExtensions(values.contents)
}

/** Only attributes that are lists of names and values are shown. */
function showAttribute(attribute: DerElement): readonly TreeObject[] {
  const values = derChildren(attribute.contents)?.[1]
  const lists = values === undefined ? undefined : derChildren(values.contents)
  if (lists === undefined || !lists.every(({ tag }) => tag === derTag.sequence)) return []
  const shown = lists.map((list) => derChildren(list.contents)?.map(showPair) ?? [undefined])
  if (!shown.every((pairs): pairs is TreeObject[] => pairs.every((pair) => pair !== undefined))) return []
  return [{ Type: oidOf(attribute), Value: shown }]
}

function showPair(pair: DerElement): TreeObject | undefined {
  const [id, value, more] = derChildren(pair.contents) ?? []
  const oid = id?.tag === derTag.oid ? derOid(id.contents) : undefined
  if (oid === undefined || value === undefined || more !== undefined) return undefined
  const shown: Tree | undefined = value.tag === derTag.octetString ? base64(value.contents) : derText(value)
  return shown === undefined ? undefined : { Type: oid, Value: shown }
}
