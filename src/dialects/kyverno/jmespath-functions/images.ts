import { parseImageReference } from '../../../kube/image-reference.ts'
import { jmesFunction } from '../../../languages/jmespath/jmespath.ts'
import { invalid } from './problem.ts'

export const imageFunctions = [
  jmesFunction('image_normalize', ['string'], 'string', {
    doc: 'An image reference with the registry and tag that it stands for.',
    examples: [["image_normalize('nginx')", 'docker.io/nginx:latest']],
    evaluate: ([image]) => {
      const reference = parseImageReference(image)
      return reference.ok ? reference.value.reference : invalid('image_normalize', reference.error)
    },
  }),
  jmesFunction('is_external_url', ['string'], 'boolean', {
    doc: 'Whether a URL leads outside: its host is neither loopback nor private. Names are looked up.',
    examples: [["is_external_url('http://192.168.1.1/x')", false]],
    evaluate: ([url], { resolveHost }) => {
      const host = hostOf(url)
      if (host === undefined) return invalid('is_external_url', `cannot parse ${JSON.stringify(url)} as a URL`)
      if (isAddress(host)) return !isInternal(host)
      const addresses = resolveHost(host)
      return addresses === undefined
        ? invalid('is_external_url', `lookup ${host}: no such host`)
        : addresses.every((address) => !isInternal(address))
    },
  }),
]

function hostOf(url: string): string | undefined {
  const authority = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/?#]*)/.exec(url)?.[1] ?? url.split('/')[0] ?? ''
  const host = authority.replace(/^.*@/, '')
  const inBrackets = /^\[([^\]]+)\]/.exec(host)
  return (inBrackets?.[1] ?? host.replace(/:\d+$/, '')) || undefined
}

const isAddress = (host: string): boolean => /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host) || host.includes(':')

/** Loopback and private ranges (RFC 1918, RFC 4193). */
function isInternal(address: string): boolean {
  const mapped = address.toLowerCase().replace(/^::ffff:/, '')
  const parts = mapped.split('.').map(Number)
  if (parts.length === 4) {
    const [a = 0, b = 0] = parts
    return a === 127 || a === 10 || (a === 172 && b >= 16 && b <= 31) || (a === 192 && b === 168)
  }
  return mapped === '::1' || /^0*(?::0*)*:0*1$/.test(mapped) || /^f[cd]/.test(mapped)
}
