import { zoneNameIn, zoneOffset } from '../../../../kube/time-zone.ts'

/** Names of IANA zones at an instant. */

/** Regions whose English knows the local abbreviations. */
const locales = ['en-US', 'en-GB', 'en-AU', 'en-NZ', 'en-IN', 'en-ZA', 'en-CA'] as const

/** Abbreviations that no locale knows, for standard time and summer time, by zone or by the beginning of its name. */
const abbreviations: readonly (readonly [zones: RegExp, standard: string, summer: string])[] = [
  [/^Asia\/(Shanghai|Chongqing|Chungking|Harbin|Macau|Macao|Taipei)$|^(PRC|ROC)$/, 'CST', 'CDT'],
  [/^(America\/Havana|Cuba)$/, 'CST', 'CDT'],
  [/^Asia\/Hong_Kong$|^Hongkong$/, 'HKT', 'HKST'],
  [/^Asia\/Tokyo$|^Japan$/, 'JST', 'JDT'],
  [/^Asia\/(Pyongyang|Seoul)$|^ROK$/, 'KST', 'KDT'],
  [/^Asia\/Karachi$/, 'PKT', 'PKST'],
  [/^Asia\/Manila$/, 'PST', 'PDT'],
  [/^Asia\/(Jakarta|Pontianak)$/, 'WIB', 'WIB'],
  [/^Asia\/(Makassar|Ujung_Pandang)$/, 'WITA', 'WITA'],
  [/^Asia\/Jayapura$/, 'WIT', 'WIT'],
  [/^Asia\/(Jerusalem|Tel_Aviv)$|^Israel$/, 'IST', 'IDT'],
  [/^Asia\/(Beirut|Nicosia|Famagusta|Gaza|Hebron)$/, 'EET', 'EEST'],
  [/^Europe\/(Moscow|Simferopol)$|^W-SU$/, 'MSK', 'MSD'],
  [/^Africa\/(Johannesburg|Maseru|Mbabane)$/, 'SAST', 'SAST'],
  [/^Africa\/(Cairo|Tripoli)$|^(Egypt|Libya)$/, 'EET', 'EEST'],
  [/^Africa\/(Nairobi|Addis_Ababa|Asmara|Dar_es_Salaam|Djibouti|Kampala|Mogadishu)$/, 'EAT', 'EAT'],
  [/^Africa\/(Maputo|Harare|Lusaka|Kigali|Lubumbashi|Gaborone|Blantyre|Bujumbura|Khartoum|Juba|Windhoek)$/, 'CAT', 'CAT'],
  [/^Africa\/(Lagos|Luanda|Kinshasa|Douala|Libreville|Malabo|Niamey|Porto-Novo|Bangui|Brazzaville|Ndjamena)$/, 'WAT', 'WAT'],
  [/^Pacific\/(Guam|Saipan)$/, 'ChST', 'ChST'],
  [/^Pacific\/(Pago_Pago|Midway|Samoa)$|^US\/Samoa$/, 'SST', 'SST'],
  [/^(America\/(Adak|Atka)|US\/Aleutian)$/, 'HST', 'HDT'],
  [/^(America\/(Dawson|Hermosillo|Mazatlan|Whitehorse)|Canada\/Yukon|Mexico\/BajaSur)$/, 'MST', 'MST'],
  [/^(Europe\/Dublin|Eire)$/, 'GMT', 'IST'],
  [/^Europe\/(Guernsey|Isle_of_Man|Jersey)$/, 'GMT', 'BST'],
  [/^MET$/, 'MET', 'MEST'],
  [/^(Etc\/)?GMT(?:[+-]?0)?$/, 'GMT', 'GMT'],
  [/^(Etc\/)?(UTC|UCT|Universal|Zulu)$/, 'UTC', 'UTC'],
]

/** Zones that are known by their offset although English has names for them. */
const nameless =
  /^(?:Africa\/(?:Casablanca|El_Aaiun)|America\/Miquelon|Antarctica\/(?:Casey|Troll)|Asia\/(?:Colombo|Dubai|Muscat)|Atlantic\/Azores|Australia\/(?:Eucla|LHI|Lord_Howe)|Europe\/(?:Istanbul|Minsk)|NZ-CHAT|Pacific\/Chatham)$/

/** By offset in hours: what most of Europe and Africa use. */
const european: Readonly<Record<string, readonly [standard: string, summer: string]>> = {
  0: ['WET', 'WET'],
  1: ['CET', 'WEST'],
  2: ['EET', 'CEST'],
  3: ['MSK', 'EEST'],
}

/** The abbreviation of the zone at the instant: `CET`; offsets such as `-03` where the zone has none. */
export function zoneName(zone: string, seconds: number): string {
  if (zone === '' || zone === 'UTC' || zone === 'Local') return 'UTC'
  const offset = zoneOffset(zone, seconds) ?? 0
  const isSummer = offset > standardOffset(zone, seconds)
  const own = abbreviations.find(([zones]) => zones.test(zone))
  if (own !== undefined) return isSummer ? own[2] : own[1]
  if (nameless.test(zone)) return offsetName(offset)
  const known = locales
    .map((locale) => shortName(locale, zone, seconds))
    .find((name) => /^[A-Z][A-Za-z]{2,4}$/.test(name) && name !== 'UTC')
  if (known !== undefined) return known
  const names = /^(?:Europe|Africa|Atlantic|Arctic)\/|^(?:CET|MET|EET|WET)$/.test(zone) ? european[String(offset / 3600)] : undefined
  return names === undefined ? offsetName(offset) : isSummer ? names[1] : names[0]
}

function standardOffset(zone: string, seconds: number): number {
  const year = new Date(seconds * 1000).getUTCFullYear()
  const [january = 0, july = 0] = [0, 6].map((month) => zoneOffset(zone, Date.UTC(year, month, 1) / 1000) ?? 0)
  return Math.min(january, july)
}

function shortName(locale: string, zone: string, seconds: number): string {
  try {
    return zoneNameIn(new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: 'short' }), seconds)
  } catch {
    return ''
  }
}

function offsetName(offset: number): string {
  const magnitude = Math.abs(offset)
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')
  const minutes = magnitude % 3600 === 0 ? '' : two((magnitude % 3600) / 60)
  return `${offset < 0 ? '-' : '+'}${two(magnitude / 3600)}${minutes}`
}
