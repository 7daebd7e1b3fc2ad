import type { KeyObject } from 'node:crypto'
import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { isJsonObject } from '../../core/json.ts'
import type { Json } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { UserInfo } from '../../policy/request.ts'
import type { Clock } from '../client.ts'
import { uidOf } from '../registry/metadata.ts'
import { serviceAccountUser } from './authenticate.ts'
import type { TokenReader } from './authenticate.ts'

export interface TokenIssuer extends TokenReader {
  issue(
    account: { readonly namespace: string; readonly name: string; readonly uid: string },
    seconds: number,
    audiences: readonly string[],
  ): string
}

const issuer = 'https://kubernetes.default.svc.cluster.local'

export const newSigningKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey

const encode = (value: Json): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Tokens of service accounts: JSON Web Tokens signed with a key that only this sandbox has. `accountOf` tells whether the account still exists. */
export function serviceAccountTokens(
  key: KeyObject,
  clock: Clock,
  accountOf: (namespace: string, name: string) => KubeObject | undefined,
): TokenIssuer {
  const publicKey = createPublicKey(key)
  return {
    issue: ({ namespace, name, uid }, seconds, audiences) => {
      const now = Math.floor(clock.now().getTime() / 1000)
      const claims = {
        aud: audiences.length === 0 ? [issuer] : audiences,
        exp: now + seconds,
        iat: now,
        nbf: now,
        iss: issuer,
        'kubernetes.io': { namespace, serviceaccount: { name, uid } },
        sub: `system:serviceaccount:${namespace}:${name}`,
      }
      const signed = `${encode({ alg: 'ES256', typ: 'JWT' })}.${encode(claims)}`
      return `${signed}.${sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
    },
    userOf: (token): UserInfo | undefined => {
      const [head = '', body = '', signature = ''] = token.split('.')
      const valid = verify(
        'sha256',
        Buffer.from(`${head}.${body}`),
        { key: publicKey, dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64url'),
      )
      if (!valid) return undefined
      const claims = parse(body)
      const subject = isJsonObject(claims) ? claims['sub'] : undefined
      const expires = isJsonObject(claims) ? claims['exp'] : undefined
      if (typeof subject !== 'string' || typeof expires !== 'number' || expires * 1000 < clock.now().getTime()) return undefined
      const [, namespace = '', name = ''] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(subject) ?? []
      const account = accountOf(namespace, name)
      return account === undefined ? undefined : serviceAccountUser(namespace, name, uidOf(account))
    },
  }
}

function parse(body: string): Json {
  try {
    return JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as Json
  } catch {
    return null
  }
}
