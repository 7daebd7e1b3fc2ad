import type { GoUrl } from '../../../kube/go-url.ts'
import { hostnameOf, parseGoUrl, portOf } from '../../../kube/go-url.ts'
import type { RegoRecord } from '../values/value.ts'
import type { Builtin } from './contract.ts'
import { builtin, failure, ofString, type } from './operands.ts'

/** Only parts that are there. User information is checked and not shown. */
function describe(url: GoUrl): RegoRecord {
  const parts: RegoRecord = {
    scheme: url.scheme,
    hostname: hostnameOf(url),
    port: portOf(url),
    path: url.path,
    raw_path: url.rawPath === '' ? url.path : url.rawPath,
    raw_query: url.rawQuery,
    fragment: url.fragment,
  }
  return Object.fromEntries(Object.entries(parts).filter(([, text]) => text !== ''))
}

export const uriBuiltins: readonly Builtin[] = [
  builtin('uri.is_valid', [type.string], type.boolean, ([text]) => typeof text === 'string' && text !== '' && parseGoUrl(text).ok),
  ofString('uri.parse', type.object(type.string, type.string), (text) => {
    const url = parseGoUrl(text)
    return url.ok ? describe(url.value) : failure('uri.parse', url.error)
  }),
]
