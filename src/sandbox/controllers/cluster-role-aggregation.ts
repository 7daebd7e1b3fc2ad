import { has, objectsAt } from '../../core/fields.ts'
import { marshalJson } from '../../core/go-format.ts'
import type { Json } from '../../core/json.ts'
import { compileLabelSelector } from '../../kube/label-selector.ts'
import type { KubeObject } from '../../kube/object.ts'
import { labelsOf, nameOf } from '../../kube/object.ts'
import type { Controller, ControllerContext } from './controller.ts'
import { done } from './controller.ts'
import { clusterRoles } from './kinds.ts'

/** Gives a ClusterRole with an `aggregationRule` the rules of the roles it selects. */
export const clusterRoleAggregation = (context: ControllerContext): Controller => ({
  name: 'clusterrole-aggregation',
  kinds: [clusterRoles],
  keysOf: () =>
    context.client
      .list(clusterRoles)
      .filter((role) => has(role, 'aggregationRule'))
      .map((role) => ({ namespace: '', name: nameOf(role) })),
  reconcile: async ({ name }) => {
    const role = context.client.get(clusterRoles, '', name)
    if (role === undefined || !has(role, 'aggregationRule')) return done
    const rules = aggregated(role, context.client.list(clusterRoles))
    if (sameRules(objectsAt(role, 'rules'), rules)) return done
    const updated = await context.client.update(clusterRoles, { ...role, rules })
    return updated.ok || updated.error.reason === 'NotFound' ? done : updated
  },
})

function aggregated(role: KubeObject, all: readonly KubeObject[]): readonly Json[] {
  const rules = new Map<string, Json>()
  for (const selector of objectsAt(role, 'aggregationRule', 'clusterRoleSelectors')) {
    const compiled = compileLabelSelector(selector)
    if (!compiled.ok) continue
    for (const other of all) {
      if (nameOf(other) === nameOf(role) || !compiled.value(labelsOf(other))) continue
      for (const rule of objectsAt(other, 'rules')) rules.set(marshalJson(rule), rule)
    }
  }
  return [...rules.values()]
}

/** In whatever order they were written. */
const sameRules = (a: readonly Json[], b: readonly Json[]): boolean => {
  const texts = new Set(a.map(marshalJson))
  return texts.size === new Set(b.map(marshalJson)).size && b.every((rule) => texts.has(marshalJson(rule)))
}
