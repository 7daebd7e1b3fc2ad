import { isIP } from './addresses.ts'
import { parseTime, rfc3339 } from '../go-time.ts'

const patterns: Readonly<Record<string, RegExp>> = {
  uuid: /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i,
  uuid3: /^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i,
  uuid4: /^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i,
  uuid5: /^[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i,
  date: /^\d{4}-\d{2}-\d{2}$/,
  email: /^[^\s@]+@[^\s@]+$/,
  hostname: /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/,
  mac: /^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i,
  byte: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  duration: /^(?:\d+(?:\.\d+)?\s*(?:ns|us|µs|ms|s|m|h|d|w|sec|min|hour|day|week)\w*\s*)+$/,
  hexcolor: /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i,
}

/** Formats that kube-apiserver checks; true where the text has not the format. Formats it does not know it ignores. */
export function whyNotFormat(format: string, value: string): true | undefined {
  switch (format) {
    case 'date-time':
      return parseTime(rfc3339, value) === undefined ? true : undefined
    case 'ipv4':
      return isIP(value) === 4 ? undefined : true
    case 'ipv6':
      return isIP(value) === 6 ? undefined : true
    case 'ip':
      return isIP(value) === 0 ? true : undefined
    case 'cidr': {
      const [address = '', bits = ''] = value.split('/')
      const version = isIP(address)
      const most = version === 4 ? 32 : 128
      return version !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most ? undefined : true
    }
    case 'uri':
      return URL.canParse(value) || value.startsWith('/') ? undefined : true
    default: {
      const pattern = Object.hasOwn(patterns, format) ? patterns[format] : undefined
      return pattern === undefined || pattern.test(value) ? undefined : true
    }
  }
}
