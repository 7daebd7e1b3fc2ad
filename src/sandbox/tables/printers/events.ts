import type { Json, JsonObject } from '../../../core/json.ts'
import { nameOf } from '../../../kube/object.ts'
import { ageOf } from '../human-duration.ts'
import { has, map, number, text } from '../text.ts'

/** An event of `v1`; those of `events.k8s.io/v1` have other names for the same fields. */
function asCoreEvent(event: JsonObject): JsonObject {
  if (!has(event, 'regarding') && !has(event, 'note') && !text(event, 'apiVersion').startsWith('events.k8s.io/')) return event
  return {
    ...event,
    involvedObject: map(event, 'regarding'),
    message: text(event, 'note'),
    source: map(event, 'deprecatedSource'),
    firstTimestamp: event['deprecatedFirstTimestamp'] ?? null,
    lastTimestamp: event['deprecatedLastTimestamp'] ?? null,
    count: number(event, 'deprecatedCount'),
    reportingComponent: text(event, 'reportingController'),
  }
}

function sourceOf(event: JsonObject): string {
  const component = text(event, 'source.component') || text(event, 'reportingComponent')
  const host = text(event, 'source.host') || text(event, 'reportingInstance')
  return host === '' ? component : `${component}, ${host}`
}

function aboutOf(event: JsonObject): string {
  const [kind, name] = [text(event, 'involvedObject.kind').toLowerCase(), text(event, 'involvedObject.name')]
  return name === '' ? kind : `${kind}/${name}`
}

/** Events of both APIs. Unlike other tables theirs ends with the name. */
export function eventCells(given: JsonObject, now: Date): readonly Json[] {
  const event = asCoreEvent(given)
  const first = text(event, 'firstTimestamp') || text(event, 'eventTime')
  const isSeries = has(event, 'series')
  const last = isSeries ? text(event, 'series.lastObservedTime') : text(event, 'lastTimestamp') || first
  const count = isSeries ? number(event, 'series.count') : number(event, 'count') || 1
  return [
    ageOf(last, now),
    text(event, 'type'),
    text(event, 'reason'),
    aboutOf(event),
    text(event, 'involvedObject.fieldPath'),
    sourceOf(event),
    text(event, 'message').trim(),
    ageOf(first, now),
    count,
    nameOf(event),
  ]
}
