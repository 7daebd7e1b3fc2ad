import type { RegoValue } from '../values/value.ts'
import { formatValue } from '../values/format.ts'
import { objectGet, objectKeys, setOf } from '../values/value.ts'
import { BuiltinError } from './contract.ts'
import type { Builtin } from './contract.ts'
import { define, object } from './define.ts'
import { failure, type } from './operands.ts'

const name = 'http.send'
const required: readonly string[] = ['method', 'url']

/** What a request may have. */
export const knownRequestKeys: ReadonlySet<RegoValue> = new Set([
  ...required,
  'body',
  'cache',
  'cache_ignored_headers',
  'caching_mode',
  'enable_redirect',
  'force_cache',
  'force_cache_duration_seconds',
  'force_json_decode',
  'force_yaml_decode',
  'headers',
  'max_retry_attempts',
  'raise_error',
  'raw_body',
  'timeout',
  'tls_ca_cert',
  'tls_ca_cert_env_variable',
  'tls_ca_cert_file',
  'tls_client_cert',
  'tls_client_cert_env_variable',
  'tls_client_cert_file',
  'tls_client_key',
  'tls_client_key_env_variable',
  'tls_client_key_file',
  'tls_insecure_skip_verify',
  'tls_server_name',
  'tls_use_system_certs',
])

/** A request is checked; none is ever sent, for policies are evaluated without the network. */
export const httpBuiltins: readonly Builtin[] = [
  {
    ...define(name, [{ ...object, type: type.object(type.string, type.any) }], type.object(type.any, type.any), ([request]) => {
      const unknown = objectKeys(request).filter((key) => !knownRequestKeys.has(key))
      if (unknown.length > 0) return wrong(`invalid request parameters(s): ${formatValue(setOf(unknown))}`)
      const missing = required.filter((key) => objectGet(request, key) === undefined)
      if (missing.length > 0) return wrong(`missing required request parameters(s): ${formatValue(setOf(missing))}`)
      const notText = required.find((key) => typeof objectGet(request, key) !== 'string')
      return failure(
        name,
        notText === undefined ? 'not supported: policies are evaluated without network access' : `"${notText}" must be a string`,
      )
    }),
    nondeterministic: true,
    needs: 'network',
  },
]

const wrong = (text: string): BuiltinError => new BuiltinError('eval_type_error', `${name}: operand 1 ${text}`)
