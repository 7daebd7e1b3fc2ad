import type { Builtin } from './contract.ts'
import type { HashName } from './crypto/primitives.ts'
import { equalBytes, hash, hmac } from './crypto/primitives.ts'
import { ofString, ofStrings, type } from './operands.ts'
import { x509Builtins } from './x509.ts'

const hashOf = (name: HashName): Builtin => ofString(`crypto.${name}`, type.string, (text) => hash(name, text).toString('hex'))
const macOf = (name: HashName): Builtin =>
  ofStrings(`crypto.hmac.${name}`, type.string, (text, key) => hmac(name, key, text).toString('hex'))

export const cryptoBuiltins: readonly Builtin[] = [
  ...(['md5', 'sha1', 'sha256'] as const).map(hashOf),
  ...(['md5', 'sha1', 'sha256', 'sha512'] as const).map(macOf),
  ofStrings('crypto.hmac.equal', type.boolean, (first, second) => equalBytes(Buffer.from(first), Buffer.from(second))),
  ...x509Builtins,
]
