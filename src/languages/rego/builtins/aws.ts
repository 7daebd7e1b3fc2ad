import { formatValue } from '../values/format.ts'
import { marshalValue } from '../values/json.ts'
import { numberText } from '../values/number.ts'
import type { AnyObject, RegoValue } from '../values/value.ts'
import { isObject, objectEntries, objectGet, objectKeys, objectOf, setOf, typeName } from '../values/value.ts'
import type { Builtin } from './contract.ts'
import { BuiltinError } from './contract.ts'
import { hash, hmac } from './crypto/primitives.ts'
import { define, number, object } from './define.ts'
import { knownRequestKeys } from './http-send.ts'
import { failure, isError, type } from './operands.ts'
import { encodedPath, parseGoUrl } from '../../../kube/go-url.ts'

const name = 'providers.aws.sign_req'

interface Config {
  readonly accessKey: string
  readonly secretKey: string
  readonly region: string
  readonly service: string
  readonly sessionToken: string | undefined
  readonly signsPayload: boolean
}

const wrong = (operand: number, text: string): BuiltinError => new BuiltinError('eval_type_error', `${name}: operand ${operand} ${text}`)

/** The names of what is missing, or is no string. */
function checkTexts(given: AnyObject, keys: readonly string[], what: string, operand: number): BuiltinError | undefined {
  const missing = keys.filter((key) => objectGet(given, key) === undefined)
  if (missing.length > 0) return wrong(operand, `missing required ${what} parameters(s): ${formatValue(setOf(missing))}`)
  const invalid = keys.filter((key) => typeof objectGet(given, key) !== 'string')
  return invalid.length > 0
    ? wrong(operand, `invalid values for required ${what} parameters(s): ${formatValue(setOf(invalid))}`)
    : undefined
}

const textAt = (given: AnyObject, key: string): string | undefined => {
  const value = objectGet(given, key)
  return typeof value === 'string' ? value : undefined
}

function readConfig(given: AnyObject): Config | BuiltinError {
  const required = ['aws_access_key', 'aws_region', 'aws_secret_access_key', 'aws_service']
  const problem = checkTexts(given, required, 'AWS config', 2)
  if (problem !== undefined) return problem
  const unsigned = objectGet(given, 'disable_payload_signing')
  if (unsigned !== undefined && typeof unsigned !== 'boolean') return wrong(2, "invalid value for 'disable_payload_signing' in AWS config")
  return {
    accessKey: textAt(given, 'aws_access_key') ?? '',
    secretKey: textAt(given, 'aws_secret_access_key') ?? '',
    region: textAt(given, 'aws_region') ?? '',
    service: textAt(given, 'aws_service') ?? '',
    sessionToken: textAt(given, 'aws_session_token'),
    signsPayload: unsigned !== true,
  }
}

const second = 1_000_000_000n

/** `20151228T140825Z`, of the second that has begun. */
function stamp(nanoseconds: bigint): string {
  const rest = ((nanoseconds % second) + second) % second
  return new Date(Number((nanoseconds - rest) / 1_000_000n)).toISOString().replaceAll(/[-:]|\.\d+/g, '')
}

const hex = (bytes: Buffer): string => bytes.toString('hex')

function bodyOf(request: AnyObject): string {
  const raw = objectGet(request, 'raw_body')
  if (raw !== undefined) return typeof raw === 'string' ? raw : ''
  const body = objectGet(request, 'body')
  return body === undefined ? '' : marshalValue(body)
}

/** Headers that proxies change are not signed. */
const unsignedHeaders: ReadonlySet<string> = new Set(['authorization', 'user-agent', 'x-amzn-trace-id'])

function sign(request: AnyObject, config: Config, time: bigint): RegoValue | BuiltinError {
  const url = parseGoUrl(textAt(request, 'url') ?? '')
  if (!url.ok) return failure(name, url.error)
  const given = objectGet(request, 'headers')
  if (given !== undefined && !isObject(given)) return wrong(0, `must be object but got ${typeName(given)}`)
  const kept = new Map<string, string>()
  for (const [key, value] of given === undefined ? [] : objectEntries(given)) {
    const header = typeof key === 'string' ? key : ''
    if (header.toLowerCase() !== 'authorization') kept.set(header, typeof value === 'string' ? value : '')
  }
  const date = stamp(time)
  const payload = config.signsPayload ? hex(hash('sha256', bodyOf(request))) : 'UNSIGNED-PAYLOAD'
  const own = new Map([
    ['host', url.value.host],
    ['x-amz-date', date],
    ...(/^(s3|glacier)$/.test(config.service) ? ([['x-amz-content-sha256', payload]] as const) : []),
    ...(config.sessionToken === undefined ? [] : ([['x-amz-security-token', config.sessionToken]] as const)),
  ])
  // What was given is signed, even where it does not stay.
  const written = [...kept].map(([key, value]) => [key.toLowerCase(), value] as const)
  const signed = new Map([...own, ...written.filter(([key]) => !unsignedHeaders.has(key))])
  const names = [...signed.keys()].sort()
  const canonical = [
    textAt(request, 'method') ?? '',
    encodedPath(url.value),
    url.value.rawQuery,
    ...names.map((key) => `${key}:${signed.get(key) ?? ''}`),
    '',
    names.join(';'),
    payload,
  ].join('\n')
  const scope = `${date.slice(0, 8)}/${config.region}/${config.service}/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', date, scope, hex(hash('sha256', canonical))].join('\n')
  let key: Buffer | string = `AWS4${config.secretKey}`
  for (const part of scope.split('/')) key = hmac('sha256', key, part)
  const signature = hex(hmac('sha256', key, toSign))
  const authorization = `AWS4-HMAC-SHA256 Credential=${config.accessKey}/${scope},SignedHeaders=${names.join(';')},Signature=${signature}`
  const headers = objectOf([...kept, ...own, ['Authorization', authorization]])
  return objectOf([...objectEntries(request).filter(([member]) => member !== 'headers'), ['headers', headers]])
}

/** `providers.aws.sign_req(request, config, time)`: the request with the headers of Signature Version 4. */
export const awsBuiltins: readonly Builtin[] = [
  define(
    name,
    [{ ...object, type: type.object(type.string, type.any) }, { ...object, type: type.object(type.string, type.any) }, number],
    type.object(type.any, type.any),
    ([request, given, time]) => {
      const unknown = objectKeys(request).filter((key) => !knownRequestKeys.has(key))
      if (unknown.length > 0) return wrong(1, `invalid request parameters(s): ${formatValue(setOf(unknown))}`)
      const problem = checkTexts(request, ['method', 'url'], 'request', 1)
      if (problem !== undefined) return problem
      const config = readConfig(given)
      if (isError(config)) return config
      const text = numberText(time)
      if (!/^-?\d+$/.test(text) || BigInt.asIntN(64, BigInt(text)) !== BigInt(text))
        return wrong(3, 'could not convert time_ns value into a unix timestamp')
      return sign(request, config, BigInt(text))
    },
  ),
]
