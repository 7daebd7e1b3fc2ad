import { appendFileSync } from 'node:fs'
import type { Clock } from '../sandbox/client.ts'
import type { AuditEntry } from '../sandbox/api-server.ts'

/**
 * Appends every finished request to a file, as kube-apiserver does with a policy of level Metadata: one `Event` of audit.k8s.io/v1 a line. Throws where
 * the file cannot be written at the start.
 */
export function auditLog(file: string, clock: Clock): (entry: AuditEntry) => void {
  try {
    appendFileSync(file, '')
  } catch (error) {
    throw new Error(`--audit-log-path: ${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`)
  }
  return (entry) => {
    try {
      appendFileSync(file, `${JSON.stringify(eventOf(entry, clock.now()))}\n`)
    } catch {
      // A log that cannot be written must not stop the server.
    }
  }
}

const eventOf = ({ id, user, verb, uri, status, annotations }: AuditEntry, at: Date): unknown => ({
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'Metadata',
  auditID: id,
  stage: 'ResponseComplete',
  requestURI: uri,
  verb,
  user: { username: user.username, ...(user.groups.length === 0 ? {} : { groups: user.groups }) },
  responseStatus: { metadata: {}, code: status },
  stageTimestamp: at.toISOString(),
  ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
})
