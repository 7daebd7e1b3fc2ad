import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import { allow } from '../policy/admission.ts'
import type { ReviewContext } from './review.ts'
import { answerReview, readReview } from './review.ts'

const context: ReviewContext = {
  requesterOf: (userInfo) => ({ userInfo, roles: [], clusterRoles: [] }),
  kindOf: (_group, _version, resource) => (resource === 'deployments' ? 'Deployment' : undefined),
  now: new Date(0),
}
const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' } }
const request = {
  uid: 'u',
  operation: 'UPDATE',
  kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
  resource: { group: 'apps', version: 'v1', resource: 'deployments' },
  namespace: 'default',
  name: 'a',
  userInfo: { username: 'alice', uid: '7', groups: ['a', 3, 'b'], extra: { x: ['y', 1], z: 'no list' } },
  object,
  oldObject: object,
  dryRun: true,
} satisfies JsonObject
const read = (more: JsonObject = {}) =>
  readReview(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: { ...request, ...more } }), context)
const requestOf = (more: JsonObject = {}) => {
  const result = read(more)
  return result.ok ? result.value.request : undefined
}

describe('reading', () => {
  test('what a review says', () => {
    expect(requestOf()).toMatchObject({
      uid: 'u',
      operation: 'UPDATE',
      namespace: 'default',
      name: 'a',
      dryRun: true,
      subresource: '',
      object,
      oldObject: object,
    })
  })

  test('of a user only what has the right type', () => {
    expect(requestOf()?.requester?.userInfo).toEqual({ username: 'alice', uid: '7', groups: ['a', 'b'], extra: { x: ['y', '1'], z: [] } })
    expect(requestOf({ userInfo: null })?.requester?.userInfo).toEqual({ username: '', uid: '', groups: [], extra: {} })
  })

  test('a deletion has no object, whatever the review holds', () => {
    expect(requestOf({ operation: 'DELETE' })).toMatchObject({ object: undefined, oldObject: object })
  })

  test('a subresource is of the kind of its resource, and remembers what it shows', () => {
    const scale = { subResource: 'scale', kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' } }
    expect(requestOf(scale)).toMatchObject({
      kind: { group: 'apps', kind: 'Deployment' },
      objectKind: { kind: 'Scale' },
      subresource: 'scale',
    })
    expect(requestOf({ ...scale, subResource: 'status', kind: request.kind })?.objectKind).toBeUndefined()
    expect(requestOf({ ...scale, resource: { group: '', version: 'v1', resource: 'unheard-of' } })?.kind.kind).toBe('Scale')
  })

  test.each<[string, Json]>([
    ['text', 'a'],
    ['a list', []],
    ['an object without a kind', { metadata: {} }],
  ])('an object that is %s is none', (_, value) => {
    expect(requestOf({ object: value })?.object).toBeUndefined()
  })

  test('no text makes it throw', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(readReview(text, context).ok).toBe(false)
      }),
    )
  })

  test('no request makes it throw', () => {
    const parts = fc.dictionary(fc.constantFrom(...Object.keys(request), 'subResource'), fc.jsonValue() as fc.Arbitrary<Json>)
    fc.assert(
      fc.property(parts, (more) => {
        const result = read(more)
        if (!result.ok) expect(result.error).toMatch(/uid|operation/)
      }),
    )
  })
})

describe('answering', () => {
  const answer = (...args: Parameters<typeof answerReview>): Json => {
    const value = JSON.parse(answerReview(...args)) as Json
    return isJsonObject(value) ? (value['response'] ?? null) : null
  }
  const review = { apiVersion: 'admission.k8s.io/v1', uid: 'u' } as const

  test('an allowance is no more than that', () => {
    expect(answer(review, allow)).toEqual({ uid: 'u', allowed: true })
  })

  test('a patch is sent in base64, one that is empty or refused is not', () => {
    const patch = [{ op: 'remove', path: '/a' }]
    expect(answer(review, allow, patch)).toEqual({
      uid: 'u',
      allowed: true,
      patchType: 'JSONPatch',
      patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
    })
    expect(answer(review, allow, [])).toEqual({ uid: 'u', allowed: true })
    expect(answer(review, { ...allow, allowed: false, message: 'no', code: 400 }, patch)).toEqual({
      uid: 'u',
      allowed: false,
      status: { status: 'Failure', message: 'no', code: 400 },
    })
  })

  test('reasons, warnings and annotations', () => {
    const verdict = { allowed: false, reason: 'Forbidden', warnings: ['w'], auditAnnotations: { a: 'b' } }
    expect(answer(review, verdict)).toEqual({
      uid: 'u',
      allowed: false,
      status: { reason: 'Forbidden' },
      warnings: ['w'],
      auditAnnotations: { a: 'b' },
    })
  })
})
