import { compileWildcard } from '../core/wildcard.ts'
import type { GroupVersionKind } from './object.ts'

/** A kind selector such as `Pod`, `apps/v1/Deployment` or `Pod/exec`. Each part may be a wildcard; `subresource` '' is the object itself. */
export interface KindPattern {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly subresource: string
}

const version = /^(v\d+((alpha|beta)\d+)?|\*)$/

/**
 * Reads `kind`, `version/kind`, `kind/subresource`, `group/version/kind`, `version/kind/subresource` or `group/version/kind/subresource`;
 * the last slash may be a dot (`Pod.status`). Undefined where there are more than four parts: such a selector matches nothing.
 */
export function parseKindPattern(text: string): KindPattern | undefined {
  const slash = text.lastIndexOf('/')
  const parts = [...(slash < 0 ? [] : text.slice(0, slash).split('/')), ...text.slice(slash + 1).split('.')]
  const [a = '', b = '', c = '', d = ''] = parts
  switch (parts.length) {
    case 1:
      return { group: '*', version: '*', kind: a, subresource: '' }
    case 2:
      return parseTwoParts(a, b)
    case 3:
      return version.test(a) ? { group: '*', version: a, kind: b, subresource: c } : { group: a, version: b, kind: c, subresource: '' }
    case 4:
      return { group: a, version: b, kind: c, subresource: d }
    default:
      return undefined
  }
}

function parseTwoParts(first: string, second: string): KindPattern {
  // `*/*` is everything; `*/scale` a subresource of any kind; but `*/Pod` a kind in any version.
  if (first === '*' && second === second.toLowerCase()) return { group: '*', version: '*', kind: '*', subresource: second }
  if (version.test(first)) return { group: '*', version: first, kind: second, subresource: '' }
  return { group: '*', version: '*', kind: first, subresource: second }
}

/** Prints a pattern in full, so that reading it gives the same pattern. Parts that hold `/`, and last parts that hold `.`, cannot be written. */
export function printKindPattern({ group, version: v, kind, subresource }: KindPattern): string {
  return subresource === '' && !version.test(group) ? `${group}/${v}/${kind}` : `${group}/${v}/${kind}/${subresource}`
}

/** Compiles to a test of one kind and subresource. `Pod` alone also stands for `pods/ephemeralcontainers`. */
export function compileKindPattern(pattern: KindPattern): (gvk: GroupVersionKind, subresource: string) => boolean {
  const group = compileWildcard(pattern.group)
  const inVersion = compileWildcard(pattern.version)
  const kind = compileWildcard(pattern.kind)
  const subresourceMatches = compileWildcard(pattern.subresource)
  const orEphemeralContainers = pattern.subresource === ''
  return (gvk, subresource) =>
    kind(gvk.kind) &&
    (subresourceMatches(subresource) || (orEphemeralContainers && subresource === 'ephemeralcontainers' && isPod(gvk))) &&
    group(gvk.group) &&
    inVersion(gvk.version)
}

const isPod = (gvk: GroupVersionKind): boolean => gvk.kind === 'Pod' && gvk.group === '' && gvk.version === 'v1'
