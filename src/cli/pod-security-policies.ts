import { dirname, resolve } from 'node:path'
import { readSource } from '../cluster/files.ts'
import type { Diagnostic } from '../core/diagnostic.ts'
import { jsonEqual } from '../core/json.ts'
import type { Result } from '../core/result.ts'
import { err, ok } from '../core/result.ts'
import type { Manifest } from '../kube/manifest.ts'
import type { Flag, Options } from './command.ts'
import type { Host } from './host.ts'

/** The flags of commands that evaluate Pod Security besides policies. */
export const podSecurityFlags: readonly Flag[] = [
  {
    name: 'pod-security',
    argument: 'level[@version]',
    doc: 'enforce this level of the Pod Security Standards in namespaces whose labels say nothing else: privileged, baseline or restricted, and @v1.x for other than the latest version',
  },
  {
    name: 'pod-security-config',
    argument: 'file',
    doc: 'an AdmissionConfiguration or PodSecurityConfiguration: the levels of namespaces whose labels say nothing, and who is exempt',
  },
]

export const asksForPodSecurity = (options: Options): boolean =>
  options.text('pod-security') !== undefined || options.text('pod-security-config') !== undefined

/** The policies that the flags stand for. A string is about the command line, diagnostics are about the file. */
export function podSecurityPolicies(options: Options, host: Host): Result<readonly Manifest[], string | readonly Diagnostic[]> {
  const { podSecurity } = host
  const level = options.text('pod-security')
  const file = options.text('pod-security-config')
  if (podSecurity === undefined || (level === undefined && file === undefined)) return ok([])
  if (level !== undefined && file !== undefined)
    return err('--pod-security and --pod-security-config exclude each other: the file has the levels')
  if (level !== undefined) {
    const parsed = podSecurity.parseLevel(level)
    return parsed.ok ? ok([podSecurity.enforcing(parsed.value)]) : err(`--pod-security: ${parsed.error}`)
  }
  const configuration = podSecurityConfiguration(file ?? '', host)
  return configuration.ok ? ok([configuration.value]) : configuration
}

/** What `--pod-security-config` names. Files that it names are looked for beside it. */
export function podSecurityConfiguration(file: string, host: Host): Result<Manifest, string | readonly Diagnostic[]> {
  const source = readSource(file, host.cwd)
  if (!source.ok) return err(`--pod-security-config: ${source.error}`)
  const read = host.podSecurity?.readConfiguration(source.value, (path) => readSource(path, dirname(resolve(host.cwd, file))))
  if (read?.ok === true && saysNothing(read.value, host))
    host.err(`--pod-security-config: ${file} sets no levels and exempts nobody; only the labels of namespaces count\n`)
  return read ?? err('--pod-security-config: Pod Security is not known here')
}

function saysNothing({ object }: Manifest, { podSecurity }: Host): boolean {
  const nothing = podSecurity?.parseLevel('privileged')
  return podSecurity !== undefined && nothing?.ok === true && jsonEqual(object, podSecurity.enforcing(nothing.value).object)
}
