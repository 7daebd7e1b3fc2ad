import type { Diagnostic } from '../core/diagnostic.ts'
import type { Json } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import type { Manifest } from '../kube/manifest.ts'
import { loadValue } from '../kube/yaml/yaml.ts'
import type { RequestInputs } from '../policy/dialect.ts'
import type { Requester } from '../policy/request.ts'
import type { Flag, Options } from './command.ts'
import type { Host } from './host.ts'
import { loadPaths } from './load.ts'

/** What a person says about requests that no cluster makes. */
export const inputFlags: readonly Flag[] = [
  { name: 'values-file', shorthand: 'f', argument: 'file', doc: 'values for variables, by policy and resource' },
  { name: 'set', shorthand: 's', argument: 'key=value,...', many: true, doc: 'values for variables' },
  { name: 'userinfo', shorthand: 'u', argument: 'file', doc: 'who asks: user, groups, roles' },
]

export interface Inputs {
  readonly values: RequestInputs | undefined
  readonly requester: Requester | undefined
  readonly diagnostics: readonly Diagnostic[]
}

/** Reads what the flags of `inputFlags` name. */
export async function readInputs(options: Options, host: Host): Promise<Inputs> {
  const formats = host.dialects.map((dialect) => dialect.inputs).find((inputs) => inputs !== undefined)
  if (formats === undefined) return { values: undefined, requester: undefined, diagnostics: [] }
  const diagnostics: Diagnostic[] = []
  const one = async (name: string): Promise<Manifest | undefined> => {
    const path = options.text(name)
    if (path === undefined) return undefined
    const loaded = await loadPaths([path], host)
    diagnostics.push(...loaded.diagnostics)
    const [other] = loaded.others
    // Older versions of these files have no apiVersion and kind.
    const bare =
      other !== undefined && isJsonObject(other.value)
        ? { object: { ...other.value, apiVersion: '', kind: '' }, document: other }
        : undefined
    return loaded.manifests[0] ?? bare
  }
  const valuesFile = await one('values-file')
  const userInfo = await one('userinfo')
  const set = Object.fromEntries(
    options
      .list('set')
      .flatMap((pairs) => pairs.split(','))
      .map(readPair),
  )
  const values = formats.parseValues(valuesFile, set)
  if (!values.ok) diagnostics.push(...values.error)
  const requester = userInfo === undefined ? undefined : formats.parseUserInfo(userInfo)
  if (requester !== undefined && !requester.ok) diagnostics.push(...requester.error)
  return { values: values.ok ? values.value : undefined, requester: requester?.ok === true ? requester.value : undefined, diagnostics }
}

function readPair(pair: string): readonly [string, Json] {
  const equals = pair.indexOf('=')
  const value = loadValue(pair.slice(equals + 1))
  return [pair.slice(0, equals), value.ok ? value.value : pair.slice(equals + 1)]
}
