/** IANA time zones as Go's time.LoadLocation knows them. */

/** Making a format takes long; a few zones are used again and again. */
const formats = new Map<string, Intl.DateTimeFormat | undefined>()
const mostZones = 600

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  if (formats.has(zone)) return formats.get(zone)
  if (formats.size >= mostZones) formats.clear()
  const format = makeFormat(zone)
  formats.set(zone, format)
  return format
}

function makeFormat(zone: string): Intl.DateTimeFormat | undefined {
  // Offsets such as `+01:00` are zones for Intl and not for IANA, whose names are written with capitals.
  if (!/^[A-Z][A-Za-z0-9_+-]*(?:\/[A-Z][A-Za-z0-9_+-]*)*$/.test(zone)) return undefined
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  } catch {
    return undefined
  }
}

/** Seconds east of UTC at an instant (in seconds since 1970), or undefined where there is no such zone. '' and `Local` are UTC. */
export function zoneOffset(zone: string, seconds: number): number | undefined {
  if (zone === '' || zone === 'UTC' || zone === 'Local') return 0
  const format = formatOf(zone)
  if (format === undefined) return undefined
  const match = /^GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(zoneNameIn(format, seconds))
  if (match === null) return 0
  const [, sign = '+', hours = '0', minutes = '0', rest = '0'] = match
  const offset = Number(hours) * 3600 + Number(minutes) * 60 + Number(rest)
  return sign === '-' ? -offset : offset
}

/** What a format shows as the name of its zone. */
export function zoneNameIn(format: Intl.DateTimeFormat, seconds: number): string {
  return format.formatToParts(seconds * 1000).find((part) => part.type === 'timeZoneName')?.value ?? ''
}
