import { expect, test } from 'vitest'
import type { KubeObject } from '../kube/object.ts'
import type { UserInfo } from '../policy/request.ts'
import { requestersIn } from './requester.ts'

const binding = (namespace: string, role: string, name: string, ...subjects: KubeObject['subjects'][]): KubeObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: namespace === '' ? 'ClusterRoleBinding' : 'RoleBinding',
  metadata: { name: 'b', ...(namespace === '' ? {} : { namespace }) },
  roleRef: { kind: role, name },
  subjects: subjects as never,
})
const user = (username: string, ...groups: readonly string[]): UserInfo => ({ username, uid: '', groups, extra: {} })
const alice = { kind: 'User', name: 'alice' }
const robot = { kind: 'ServiceAccount', name: 'robot', namespace: 'team' }
const readers = { kind: 'Group', name: 'readers' }

test.each<[string, readonly KubeObject[], UserInfo, readonly string[], readonly string[]]>([
  ['a Role of a namespace', [binding('x', 'Role', 'r', alice)], user('alice'), ['x:r'], []],
  ['a ClusterRole in one namespace counts as such', [binding('x', 'ClusterRole', 'r', alice)], user('alice'), [], ['r']],
  ['a ClusterRole everywhere', [binding('', 'ClusterRole', 'r', alice)], user('alice'), [], ['r']],
  ['a role by group', [binding('x', 'Role', 'r', readers)], user('bob', 'readers'), ['x:r'], []],
  ['a role of a service account', [binding('', 'ClusterRole', 'r', robot)], user('system:serviceaccount:team:robot'), [], ['r']],
  ['a user of the same name as a group is none', [binding('', 'ClusterRole', 'r', readers)], user('readers'), [], []],
  ['a service account elsewhere is another', [binding('', 'ClusterRole', 'r', robot)], user('system:serviceaccount:other:robot'), [], []],
  [
    'each role once',
    [binding('', 'ClusterRole', 'r', alice), binding('x', 'ClusterRole', 'r', readers)],
    user('alice', 'readers'),
    [],
    ['r'],
  ],
  ['a binding of nobody', [{ ...binding('', 'ClusterRole', 'r'), subjects: 'x' }], user('alice'), [], []],
  ['a subject that is none', [binding('', 'ClusterRole', 'r', 'x', { kind: 'Thing', name: 'alice' })], user('alice'), [], []],
])('%s', (_, bindings, who, roles, clusterRoles) => {
  const roleBindings = bindings.filter(({ kind }) => kind === 'RoleBinding')
  const clusterRoleBindings = bindings.filter(({ kind }) => kind !== 'RoleBinding')
  expect(requestersIn({ roleBindings, clusterRoleBindings })(who)).toEqual({ userInfo: who, roles, clusterRoles })
})
