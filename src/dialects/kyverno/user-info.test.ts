import { expect, test } from 'vitest'
import type { Requester } from '../../policy/request.ts'
import { anyPod, manifestsOf, podOf, requestOf, said } from './testbed.ts'
import { parseUserInfo } from './user-info.ts'

const nobody = { username: '', uid: '', groups: [], extra: {} }

function parse(body: string): ReturnType<typeof parseUserInfo> {
  const [manifest] = manifestsOf(`apiVersion: cli.kyverno.io/v1alpha1\nkind: UserInfo\nmetadata: {name: u}\n${body}\n`)
  if (manifest === undefined) throw new Error(body)
  return parseUserInfo(manifest)
}

function requesterFrom(body: string): Requester {
  const requester = parse(body)
  if (!requester.ok) throw new Error(requester.error[0]?.message)
  return requester.value
}

test.each<[string, string, Requester]>([
  [
    'everything',
    "roles: ['nn:r']\nclusterRoles: [admin]\nuserInfo: {username: u, uid: '1', groups: [g, h], extra: {scopes: [a]}}",
    { userInfo: { username: 'u', uid: '1', groups: ['g', 'h'], extra: { scopes: ['a'] } }, roles: ['nn:r'], clusterRoles: ['admin'] },
  ],
  ['a user alone', 'userInfo: {username: u}', { userInfo: { ...nobody, username: 'u' }, roles: [], clusterRoles: [] }],
  ['cluster roles alone', 'clusterRoles: [a, b]', { userInfo: nobody, roles: [], clusterRoles: ['a', 'b'] }],
  ['nothing', '', { userInfo: nobody, roles: [], clusterRoles: [] }],
  ['null is nothing', 'roles: null\nclusterRoles: null\nuserInfo: null', { userInfo: nobody, roles: [], clusterRoles: [] }],
  [
    'names that are no names',
    'clusterRoles: [a, 1, {b: c}]\nuserInfo: {username: 7, groups: [g, null]}',
    {
      userInfo: { ...nobody, groups: ['g'] },
      roles: [],
      clusterRoles: ['a'],
    },
  ],
])('%s', (_, body, expected) => {
  expect(requesterFrom(body)).toEqual(expected)
})

test.each(['roles', 'clusterRoles'])('%s is to be a list', (field) => {
  expect(parse(`${field}: admin`)).toMatchObject({
    ok: false,
    error: [{ code: 'invalid-user-info', message: `expected \`${field}\` to be a list of names` }],
  })
})

test.each([
  ['{{request.userInfo.username}} {{request.userInfo.groups}}', 'fail: system:serviceaccount:ci:robot ["g"]'],
  ['{{request.roles}} {{request.clusterRoles}}', 'fail: ["nn:r"] ["admin"]'],
  ['{{serviceAccountNamespace}}/{{serviceAccountName}}', 'fail: ci/robot'],
])('rules see who asks: %s', (message, expected) => {
  const requester = requesterFrom(
    "roles: ['nn:r']\nclusterRoles: [admin]\nuserInfo: {username: 'system:serviceaccount:ci:robot', groups: [g]}",
  )
  expect(said(`validate: {message: '${message}', deny: {}}`, { request: requestOf(podOf(), { requester }) })).toEqual([expected])
})

test('rules match who asks', () => {
  const match = anyPod.replace('{resources', '{clusterRoles: [admin], resources')
  const matches = (body: string): boolean =>
    said('validate: {deny: {}}', { match, request: requestOf(podOf(), { requester: requesterFrom(body) }) }).length > 0
  expect([matches('clusterRoles: [admin]'), matches('clusterRoles: [view]')]).toEqual([true, false])
})
