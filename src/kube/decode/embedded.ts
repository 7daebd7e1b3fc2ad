/**
 * Go structs that are made of others by embedding: a path in an error names the embedded struct on the way to its fields
 * (`livenessProbe.ProbeHandler.httpGet`). `type path [field …]`; a row without fields is for all but those after `but`.
 */
const table = `
  Probe ProbeHandler: exec grpc httpGet tcpSocket
  Volume VolumeSource but name
  EphemeralContainer EphemeralContainerCommon but targetContainerName
  PersistentVolumeSpec PersistentVolumeSource but accessModes capacity claimRef mountOptions nodeAffinity persistentVolumeReclaimPolicy storageClassName volumeAttributesClassName volumeMode
  ConfigMapVolumeSource LocalObjectReference: name
  ConfigMapEnvSource LocalObjectReference: name
  ConfigMapKeySelector LocalObjectReference: name
  ConfigMapProjection LocalObjectReference: name
  SecretEnvSource LocalObjectReference: name
  SecretKeySelector LocalObjectReference: name
  SecretProjection LocalObjectReference: name
  IngressRule IngressRuleValue: http
  NamedRuleWithOperations RuleWithOperations.Rule: apiGroups apiVersions resources scope
  NamedRuleWithOperations RuleWithOperations: operations
  RuleWithOperations Rule: apiGroups apiVersions resources scope
  DeviceClassConfiguration DeviceConfiguration: opaque
  DeviceClaimConfiguration DeviceConfiguration: opaque
  DeviceAllocationConfiguration DeviceConfiguration: opaque
`

interface Embedding {
  readonly struct: string
  readonly fields: ReadonlySet<string>
  /** Whether `fields` are those of the embedded struct, or those of the outer one. */
  readonly inner: boolean
}

function readTable(): ReadonlyMap<string, readonly Embedding[]> {
  const found = new Map<string, Embedding[]>()
  for (const line of table.split('\n').filter((text) => text !== '')) {
    const [type = '', struct = '', ...words] = line.trim().split(' ')
    const inner = struct.endsWith(':')
    const embedding = { struct: struct.replace(':', ''), fields: new Set(inner ? words : words.slice(1)), inner }
    found.set(type, [...(found.get(type) ?? []), embedding])
  }
  return found
}

const embeddings = readTable()

/** The struct, or structs with dots between, that a field of a type is embedded from; undefined for a field of its own. */
export function embeddedIn(type: string, field: string): string | undefined {
  return embeddings.get(type)?.find(({ fields, inner }) => fields.has(field) === inner)?.struct
}
