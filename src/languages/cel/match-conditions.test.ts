import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import type { AccessQuery } from './cel.ts'
import { compileMatchConditions, kubernetesFunctions } from './cel.ts'

const functions = kubernetesFunctions()

const request: JsonObject = {
  uid: '1',
  kind: { group: '', version: 'v1', kind: 'ConfigMap' },
  resource: { group: '', version: 'v1', resource: 'configmaps' },
  requestKind: { group: '', version: 'v1', kind: 'ConfigMap' },
  requestResource: { group: '', version: 'v1', resource: 'configmaps' },
  name: 'foo',
  namespace: 'default',
  operation: 'CREATE',
  userInfo: { username: 'ann', groups: ['dev'], extra: { team: ['a', 'b'] } },
  object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'foo', labels: { app: 'x' } } },
  oldObject: null,
  dryRun: false,
  options: { kind: 'CreateOptions' },
}

function decide(expressions: readonly string[], authorize: (query: AccessQuery) => boolean = () => false): unknown {
  const conditions = expressions.map((expression, index) => ({ name: `c${index}`, expression }))
  return compileMatchConditions(
    conditions,
    functions,
  )({
    request,
    authorize: (query) => ({ allowed: authorize(query), reason: 'because' }),
  })
}

const ok = (value: boolean): unknown => ({ ok: true, value })
const err = (error: string): unknown => ({ ok: false, error })

test.each([
  [[], ok(true)],
  [["object.metadata.labels.app == 'x'", 'oldObject == null'], ok(true)],
  [["request.operation == 'CREATE' && request.userInfo.username == 'ann' && 'b' in request.userInfo.extra['team']"], ok(true)],
  [["request.kind.kind == 'Pod'"], ok(false)],
  [['1'], err("expression '1' resulted in error: must evaluate to bool")],
  [['object.metadata'], err("expression 'object.metadata' resulted in error: must evaluate to bool")],
  [['has(request.subResource)'], ok(false)],
  [["object.data.x == 'y'"], err("expression 'object.data.x == 'y'' resulted in error: no such key: data")],
  [["object.data.x == 'y'", 'false'], ok(false)],
  [
    ["object.data.x == 'y'", "object.data.z == 'y'"],
    err(
      "[expression 'object.data.x == 'y'' resulted in error: no such key: data, expression 'object.data.z == 'y'' resulted in error: no such key: data]",
    ),
  ],
  [
    ["authorizer.path('').check('get').allowed()"],
    err("expression 'authorizer.path('').check('get').allowed()' resulted in error: path must not be empty"),
  ],
])('%j: %j', (expressions, verdict) => {
  expect(decide(expressions)).toEqual(verdict)
})

test('the authorizer is asked what the expression says', () => {
  const asked: Partial<AccessQuery>[] = []
  const note = (query: AccessQuery): boolean => asked.push(query) > 0
  expect(
    decide(
      [
        "authorizer.group('apps').resource('deployments').subresource('scale').namespace('n').name('x').check('get').allowed()",
        "authorizer.serviceAccount('n', 'bot').path('/healthz').check('get').reason() == 'because'",
        "authorizer.requestResource.check('create').allowed()",
      ],
      note,
    ),
  ).toEqual(ok(true))
  expect(asked).toMatchObject([
    { group: 'apps', resource: 'deployments', subresource: 'scale', namespace: 'n', name: 'x', verb: 'get' },
    { serviceAccount: { namespace: 'n', name: 'bot' }, path: '/healthz', verb: 'get' },
    { group: '', resource: 'configmaps', namespace: 'default', name: 'foo', verb: 'create' },
  ])
})

test('a third question of the authorizer is one too many', () => {
  const question = "authorizer.group('').resource('pods').check('get').allowed()"
  const two = `${question} && ${question}`
  expect(decide([two], () => true)).toEqual(ok(true))
  expect(decide([`${two} && ${question}`], () => true)).toEqual(
    err(`expression '${two} && ${question}' resulted in error: operation cancelled: actual cost limit exceeded`),
  )
})
