import { numberFromBigInt, toBigInt } from '../values/number.ts'
import type { AnyObject, RegoRecord, RegoValue } from '../values/value.ts'
import { isArray, isNumber, isObject, isSet, objectEntries, typeName } from '../values/value.ts'
import type { Builtin, BuiltinContext, BuiltinError } from './contract.ts'
import { jwkOf, publicKeyOf, spkiKey } from './crypto/primitives.ts'
import { builtin, failure, isError, ofString, ofStrings, stringAt, type, wrongOperand } from './operands.ts'
import type { ParsedCertificate } from './x509/certificate.ts'
import { decodeBase64, parseCertificateInput, pemBlocks, pemText } from './x509/input.ts'
import { extendedKeyUsageNames } from './x509/oids.ts'
import { readPem } from './x509/pem.ts'
import { readPrivateKey, showPrivateKey } from './x509/private-keys.ts'
import { parseRequest } from './x509/request.ts'
import type { Tree, TreeObject } from './x509/tree.ts'
import type { VerifyOptions } from './x509/verify.ts'
import { verifyChain } from './x509/verify.ts'

/** Integers of any size become numbers. */
function toValue(tree: Tree): RegoValue {
  if (typeof tree === 'bigint') return numberFromBigInt(tree)
  if (typeof tree !== 'object' || tree === null) return tree
  return isTrees(tree) ? tree.map(toValue) : toRecord(tree)
}

const isTrees = (tree: Tree): tree is readonly Tree[] => Array.isArray(tree)
const toRecord = (tree: TreeObject): RegoRecord => Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, toValue(value)]))

function parseCertificatesOf(text: string): RegoValue | BuiltinError {
  const certificates = parseCertificateInput(text)
  return certificates.ok
    ? certificates.value.map(({ shown }) => toValue(shown))
    : failure('crypto.x509.parse_certificates', certificates.error)
}

const unverified: RegoValue = [false, []]

/** The first certificate is the root, the last one the leaf, the others are between. */
function verifyText(text: string, options: Omit<VerifyOptions, 'roots' | 'intermediates'>): RegoValue {
  const certificates = parseCertificateInput(text)
  if (!certificates.ok) return unverified
  const [root, ...rest] = certificates.value
  const leaf = rest.pop()
  if (root === undefined || leaf === undefined) return unverified
  const chain = verifyChain(leaf, { ...options, roots: [root], intermediates: rest })
  return chain.ok ? [true, chain.value.map(({ shown }: ParsedCertificate) => toValue(shown))] : unverified
}

const dateOf = (nanos: bigint): Date => new Date(Number(nanos / 1_000_000n))
const serverAuth = 1

const defaults = (context: BuiltinContext): Omit<VerifyOptions, 'roots' | 'intermediates'> => ({
  now: dateOf(context.now),
  dnsName: '',
  keyUsages: [serverAuth],
})

const withOptions = 'crypto.x509.parse_and_verify_certificates_with_options'

function verifyWithOptions(args: readonly RegoValue[], context: BuiltinContext): RegoValue | BuiltinError {
  const text = stringAt(withOptions, args, 0)
  if (isError(text)) return text
  const given = args[1] ?? null
  if (!isObject(given)) return wrongOperand(withOptions, 1, 'object', typeName(given))
  const certificates = parseCertificateInput(text)
  if (!certificates.ok) return unverified
  const options = readOptions(given, context)
  return isError(options) ? options : verifyText(text, options)
}

function readOptions(given: AnyObject, context: BuiltinContext): ReturnType<typeof defaults> | BuiltinError {
  let options = defaults(context)
  for (const [key, value] of objectEntries(given)) {
    const read = readOption(key, value)
    if (isError(read)) return read
    options = { ...options, ...read }
  }
  return options
}

function readOption(key: RegoValue, value: RegoValue): Partial<ReturnType<typeof defaults>> | BuiltinError {
  switch (key) {
    case 'DNSName':
      return typeof value === 'string' ? { dnsName: value } : failure(withOptions, "'DNSName' should be a string")
    case 'CurrentTime': {
      if (!isNumber(value)) return failure(withOptions, "'CurrentTime' should be a number")
      const nanos = toBigInt(value)
      return nanos === undefined ? failure(withOptions, "'CurrentTime' should be a valid int64 number") : { now: dateOf(nanos) }
    }
    case 'MaxConstraintComparisons':
      return isNumber(value) ? {} : failure(withOptions, "'MaxConstraintComparisons' should be a number")
    case 'KeyUsages':
      return readUsages(value)
    default:
      return failure(withOptions, 'invalid key option')
  }
}

/** What is no string is passed over; without any name the default stays. */
function readUsages(value: RegoValue): Partial<ReturnType<typeof defaults>> | BuiltinError {
  if (!isArray(value) && !isSet(value)) return failure(withOptions, "'KeyUsages' should be an Array or Set")
  const names = (isSet(value) ? value.sorted : value).filter((name) => typeof name === 'string')
  const unknown = names.filter((name) => !extendedKeyUsageNames.has(name))
  if (unknown.length > 0) return failure(withOptions, `invalid entries for 'KeyUsages' found: [${unknown.join(' ')}]`)
  const usages = names.flatMap((name) => extendedKeyUsageNames.get(name) ?? [])
  return usages.length === 0 ? {} : { keyUsages: usages }
}

function parseRequestText(text: string): RegoValue | BuiltinError {
  const name = 'crypto.x509.parse_certificate_request'
  const pem = readPem(text)
  const isRequest = pem?.block.label === 'CERTIFICATE REQUEST'
  const decoded = isRequest ? { ok: true as const, value: pem.block.bytes } : decodeBase64(text)
  if (!decoded.ok) return failure(name, decoded.error)
  const inner = isRequest ? undefined : readPem(decoded.value.toString('latin1'))
  const request = parseRequest(inner?.block.label === 'CERTIFICATE REQUEST' ? inner.block.bytes : decoded.value)
  return request.ok ? toValue(request.value) : failure(name, request.error)
}

function parsePrivateKeys(text: string): RegoValue | BuiltinError {
  if (text === '') return null
  const pem = pemText(text)
  const keys = pemBlocks(pem.ok ? pem.value : text).map(readPrivateKey)
  return keys.flatMap((key) => (key === undefined ? [] : [toValue(showPrivateKey(key))]))
}

/** The first private key as a JSON Web Key; of any kind, whatever the name says. */
function parseRsaPrivateKey(text: string): RegoValue | BuiltinError | undefined {
  const name = 'crypto.x509.parse_rsa_private_key'
  if (text === '') return failure(name, 'input PEM data was empty')
  const pem = pemText(text)
  if (!pem.ok) return failure(name, pem.error)
  const [key] = pemBlocks(pem.value).flatMap((block) => readPrivateKey(block) ?? [])
  const jwk = key === undefined ? undefined : jwkOf(key)
  if (jwk === undefined) return null
  return Object.fromEntries(Object.entries(jwk).flatMap(([field, value]) => (typeof value === 'string' ? [[field, value]] : [])))
}

function parseKeyPair(certificateText: string, keyText: string): RegoValue | BuiltinError {
  const name = 'crypto.x509.parse_keypair'
  const certificatePem = pemText(certificateText)
  if (!certificatePem.ok) return failure(name, certificatePem.error)
  const keyPem = pemText(keyText)
  if (!keyPem.ok) return failure(name, keyPem.error)
  const blocks = pemBlocks(certificatePem.value).filter(({ label }) => label === 'CERTIFICATE')
  const parsed = parseCertificateInput(certificatePem.value)
  const leaf = parsed.ok ? parsed.value[0] : undefined
  if (leaf === undefined) return failure(name, 'tls: failed to find any PEM data in certificate input')
  const [key] = pemBlocks(keyPem.value).flatMap((block) => readPrivateKey(block) ?? [])
  if (key === undefined) return failure(name, 'tls: failed to find any PEM data in key input')
  const problem = mismatch(leaf, key)
  if (problem !== undefined) return failure(name, problem)
  return {
    Certificate: blocks.map(({ bytes }) => bytes.toString('base64')),
    PrivateKey: toValue(showPrivateKey(key)),
    SupportedSignatureAlgorithms: null,
    OCSPStaple: null,
    SignedCertificateTimestamps: null,
    Leaf: withoutUriStrings(leaf),
  }
}

function withoutUriStrings({ shown }: ParsedCertificate): RegoValue {
  const { URIStrings: _, ...rest } = shown
  return toRecord(rest)
}

function mismatch({ shown }: ParsedCertificate, key: Parameters<typeof publicKeyOf>[0]): string | undefined {
  const raw = shown['RawSubjectPublicKeyInfo']
  const certified = typeof raw === 'string' ? spkiKey(Buffer.from(raw, 'base64')) : undefined
  const own = publicKeyOf(key)
  if (certified === undefined || own === undefined) return 'tls: unknown public key algorithm'
  if (certified.asymmetricKeyType !== own.asymmetricKeyType) return 'tls: private key type does not match public key type'
  return certified.equals(own) ? undefined : 'tls: private key does not match public key'
}

const object = type.object(type.string, type.any)
const verified = type.tuple(type.boolean, type.array(object))

export const x509Builtins: readonly Builtin[] = [
  ofString('crypto.parse_private_keys', type.array(type.object(type.string, type.any)), parsePrivateKeys),
  ofString('crypto.x509.parse_certificates', type.array(object), parseCertificatesOf),
  {
    ...ofString('crypto.x509.parse_and_verify_certificates', verified, (text, context) => verifyText(text, defaults(context))),
    nondeterministic: true,
  },
  builtin(withOptions, [type.string, object], verified, verifyWithOptions, { nondeterministic: true }),
  ofString('crypto.x509.parse_certificate_request', object, parseRequestText),
  ofString('crypto.x509.parse_rsa_private_key', object, parseRsaPrivateKey),
  ofStrings('crypto.x509.parse_keypair', object, parseKeyPair),
]
