import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonObject, ownValue, setOwn } from '../../core/json.ts'
import type { Schema, SchemaSet } from '../schema.ts'
import { resolveSchema } from '../schema.ts'
import type { TypeOf } from './shape.ts'

/**
 * Fields of built-in types that are structs in Go and no pointers to them: they are there even when nothing is in them, so that no request ever adds them
 * and nobody owns them. The `metadata`, `spec` and `status` of whole objects are all of this sort.
 */
const table = `
apps.v1.DaemonSetSpec template updateStrategy
apps.v1.DeploymentSpec strategy template
apps.v1.ReplicaSetSpec template
apps.v1.StatefulSetSpec template updateStrategy
autoscaling.v1.HorizontalPodAutoscalerSpec scaleTargetRef
autoscaling.v2.HorizontalPodAutoscalerSpec scaleTargetRef
batch.v1.CronJobSpec jobTemplate
batch.v1.JobSpec template
batch.v1.JobTemplateSpec metadata spec
core.v1.Binding target
core.v1.Event involvedObject source
core.v1.NodeDaemonEndpoints kubeletEndpoint
core.v1.NodeStatus daemonEndpoints nodeInfo
core.v1.PersistentVolumeClaimSpec resources
core.v1.PodTemplate template
core.v1.PodTemplateSpec metadata spec
core.v1.ServiceStatus loadBalancer
events.v1.Event deprecatedSource regarding
flowcontrol.v1.FlowSchemaSpec priorityLevelConfiguration
networking.v1.IngressStatus loadBalancer
networking.v1.NetworkPolicySpec podSelector
rbac.v1.ClusterRoleBinding roleRef
rbac.v1.RoleBinding roleRef
resource.v1.ResourceClaimSpec devices
resource.v1.ResourceClaimTemplateSpec metadata spec
resource.v1.ResourceSliceSpec pool
storage.v1.VolumeAttachmentSpec source
apiextensions.v1.CustomResourceDefinitionSpec names
apiextensions.v1.CustomResourceDefinitionStatus acceptedNames
`

const structFields: ReadonlyMap<string, readonly string[]> = new Map(
  table
    .trim()
    .split('\n')
    .map((line) => {
      const [type = '', ...fields] = line.split(' ')
      return [type, fields]
    }),
)

/** `apps.v1.DeploymentSpec` of `io.k8s.api.apps.v1.DeploymentSpec`. */
const shortName = (definition: string): string => definition.split('.').slice(-3).join('.')

/** The object with the structs that Go would have in it. An object of a custom type has none. */
export function withStructs(object: JsonObject, { schema, definitions }: TypeOf): JsonObject {
  if (schema.$ref === undefined) return object
  const resolved = resolveSchema(schema, definitions)
  const own = ['metadata', 'spec', 'status'].filter((field) => resolved.properties?.[field]?.$ref !== undefined)
  return completed(object, [...own, ...(structFields.get(shortName(schema.$ref)) ?? [])], resolved, definitions)
}

function completed(
  object: JsonObject,
  fields: readonly string[],
  { properties = {}, required = [] }: Schema,
  definitions: SchemaSet,
): JsonObject {
  const full: { [key: string]: Json } = { ...object }
  for (const field of fields) {
    const schema = properties[field]
    const value = ownValue(object, field) ?? {}
    if (schema?.$ref === undefined || !isJsonObject(value)) continue
    const inner = structFields.get(shortName(schema.$ref)) ?? []
    setOwn(full, field, completed(value, inner, resolveSchema(schema, definitions), definitions))
  }
  // Required lists and maps are null where there is nothing in them.
  for (const field of required) {
    const schema = properties[field]
    const isEmpty = schema?.type === 'array' || schema?.type === 'object'
    if (isEmpty && !Object.hasOwn(full, field)) setOwn(full, field, null)
  }
  return full
}
