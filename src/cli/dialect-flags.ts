import type { DialectOptions } from '../policy/dialect.ts'
import { dialectsWith } from '../policy/dialect.ts'
import type { Flag, Options } from './command.ts'
import type { Host } from './host.ts'

/** Switches of upstream's programs that change what policies mean. Every command that evaluates policies has them. */
export const dialectFlags: readonly Flag[] = [
  {
    name: 'enable-k8s-native-validation',
    default: 'true',
    doc: 'evaluate Gatekeeper templates that are in CEL, before their Rego; with =false only Rego',
  },
]

export const dialectOptions = (options: Options): DialectOptions => ({ k8sNativeValidation: options.on('enable-k8s-native-validation') })

/** The host with dialects as the flags want them. */
export const hostWith = (options: Options, host: Host): Host => ({
  ...host,
  dialects: dialectsWith(host.dialects, dialectOptions(options)),
})
