/**
 * Go structs that are made of others by embedding: errors about an embedded field name the struct it comes from on the way
 * (`livenessProbe.ProbeHandler.httpGet`).
 */
const embedded: Readonly<Record<string, { readonly struct: string; readonly own: ReadonlySet<string> }>> = {
  Probe: {
    struct: 'ProbeHandler',
    own: new Set([
      'initialDelaySeconds',
      'timeoutSeconds',
      'periodSeconds',
      'successThreshold',
      'failureThreshold',
      'terminationGracePeriodSeconds',
    ]),
  },
  Volume: { struct: 'VolumeSource', own: new Set(['name']) },
  EphemeralContainer: { struct: 'EphemeralContainerCommon', own: new Set(['targetContainerName']) },
  PersistentVolumeSpec: {
    struct: 'PersistentVolumeSource',
    own: new Set([
      'capacity',
      'accessModes',
      'claimRef',
      'persistentVolumeReclaimPolicy',
      'storageClassName',
      'mountOptions',
      'volumeMode',
      'nodeAffinity',
      'volumeAttributesClassName',
    ]),
  },
}

/** The struct that a field of a type is embedded from; undefined for a field of its own. */
export function embeddedIn(type: string, field: string): string | undefined {
  const entry = Object.hasOwn(embedded, type) ? embedded[type] : undefined
  return entry === undefined || entry.own.has(field) ? undefined : entry.struct
}
