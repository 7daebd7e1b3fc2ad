import type { Diagnostic } from '../../core/diagnostic.ts'
import { objectField, stringField, stringsField } from '../../core/fields.ts'
import { isJsonArray, isJsonObject } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { Manifest } from '../../kube/manifest.ts'
import { locate } from '../../kube/yaml/yaml.ts'
import type { Requester } from '../../policy/request.ts'

const strings = (object: JsonObject | undefined, key: string): readonly string[] => stringsField(object, key) ?? []

/** A `UserInfo` file of the Kyverno CLI: `roles`, `clusterRoles` and `userInfo` with `username`, `uid`, `groups`, `extra`. */
export function parseUserInfo(manifest: Manifest): Result<Requester, readonly Diagnostic[]> {
  const { object, document } = manifest
  const userInfo = objectField(object, 'userInfo')
  const wrong = ['roles', 'clusterRoles'].find((key) => Object.hasOwn(object, key) && object[key] !== null && !isJsonArray(object[key]))
  if (wrong !== undefined) {
    return err([
      {
        code: 'invalid-user-info',
        severity: 'error',
        message: `expected \`${wrong}\` to be a list of names`,
        source: document.source,
        span: locate(document, [wrong], 'key'),
      },
    ])
  }
  const extra = objectField(userInfo, 'extra')
  return ok({
    userInfo: {
      username: stringField(userInfo, 'username') ?? '',
      uid: stringField(userInfo, 'uid') ?? '',
      groups: strings(userInfo, 'groups'),
      extra:
        extra !== undefined && isJsonObject(extra) ? Object.fromEntries(Object.keys(extra).map((key) => [key, strings(extra, key)])) : {},
    },
    roles: strings(object, 'roles'),
    clusterRoles: strings(object, 'clusterRoles'),
  })
}
