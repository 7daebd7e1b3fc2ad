import { formatIp, parseIp } from '../../../kube/validation/ip.ts'
import type { Builtin } from './contract.ts'
import { setOf } from '../values/value.ts'
import { builtin, failure, isError, stringAt, type } from './operands.ts'

/** Built-ins that reach outside of an evaluation. An evaluation never waits, so what needs the network is refused. */

const noNetwork = 'not supported: policies are evaluated without network access'

/** An address is its own answer; names would have to be looked up. */
const lookup = builtin(
  'net.lookup_ip_addr',
  [type.string],
  type.set(type.string),
  (args) => {
    const name = stringAt('net.lookup_ip_addr', args, 0)
    if (isError(name)) return name
    // RFC 6761: this name is never looked up.
    if (name === 'localhost') return setOf(['127.0.0.1', '::1'])
    const address = parseIp(name)
    return address === undefined ? failure('net.lookup_ip_addr', noNetwork) : setOf([formatIp(address.family, address.bits)])
  },
  { nondeterministic: true, needs: 'network' },
)

export const providerBuiltins: readonly Builtin[] = [
  lookup,
  builtin('opa.runtime', [], type.object(type.string, type.any), (_, context) => context.runtime ?? {}, {
    nondeterministic: true,
    needs: 'runtime',
  }),
]
