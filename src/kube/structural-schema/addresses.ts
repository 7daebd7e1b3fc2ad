/** Addresses as Go's older parser reads them: leading zeros are allowed. */
function isV4(text: string): boolean {
  return /^\d+(?:\.\d+){3}$/.test(text) && text.split('.').every((part) => Number(part) <= 255)
}

function isV6(text: string): boolean {
  if (text.length > 256) return false
  const halves = text.split('::')
  if (halves.length > 2) return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  const last = groups.at(-1)
  const hasV4 = last !== undefined && last.includes('.') && !text.endsWith('::')
  if (hasV4 && !isV4(last)) return false
  const plain = hasV4 ? groups.slice(0, -1) : groups
  if (!plain.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false
  const count = plain.length + (hasV4 ? 2 : 0)
  return halves.length === 2 ? count < 8 : count === 8
}

/** An address of IPv4 may be written as one of IPv6: it is both. */
export function ipVersion(text: string): { readonly is4: boolean; readonly is6: boolean } {
  if (isV4(text)) return { is4: true, is6: false }
  if (!isV6(text)) return { is4: false, is6: false }
  return { is4: /^(?:0*:)*:?(?:0*:)*ffff:/i.test(text) && text.includes('.'), is6: true }
}

/** 4, 6, or 0 for what is no range. */
export function cidrVersion(text: string): 0 | 4 | 6 {
  const slash = text.indexOf('/')
  if (slash < 0) return 0
  const [address, bits] = [text.slice(0, slash), text.slice(slash + 1)]
  const version = isV4(address) ? 4 : isV6(address) ? 6 : 0
  return version !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128) ? version : 0
}
