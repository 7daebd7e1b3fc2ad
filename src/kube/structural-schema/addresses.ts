/** 4, 6, or 0 for what is no IP address. */
export function isIP(text: string): 0 | 4 | 6 {
  if (/^(?:\d{1,3}\.){3}\d{1,3}$/.test(text)) return text.split('.').every((part) => Number(part) <= 255 && String(Number(part)) === part) ? 4 : 0
  if (text.length > 45 || !/^[0-9a-f:.]+$/i.test(text)) return 0
  return URL.canParse(`http://[${text}]/`) ? 6 : 0
}
