import type { Field } from '../field.ts'
import { at, entriesOf, isSet, itemsOf, textOf } from '../field.ts'

interface MadePath {
  readonly path: string
  /** What makes it, in a volume with several sources. */
  readonly source: string
}

const quoted = (text: string): string => JSON.stringify(text)
const pathsOf = (items: Field, source: string): readonly MadePath[] =>
  itemsOf(items).map((item) => ({ path: textOf(at(item, 'path')), source }))

/** Files of a volume that hide each other. */
export function* overlappingPathWarnings(volumes: Field): Iterable<string> {
  for (const volume of itemsOf(volumes)) {
    const name = quoted(textOf(at(volume, 'name')))
    for (const [kind, paths] of plainSources(volume)) yield* overlaps(paths, `volume ${name} (${kind})`)
    const projected = at(volume, 'projected')
    if (!isSet(projected)) continue
    const isEmpty = (projection: Field): boolean => entriesOf(projection).every(([, source]) => !isSet(source))
    if (itemsOf(at(projected, 'sources')).some(isEmpty)) yield `volume ${name} (Projected) has no sources provided`
    yield* overlaps(itemsOf(at(projected, 'sources')).flatMap(projectionPaths), `volume ${name} (Projected)`)
  }
}

function plainSources(volume: Field): readonly (readonly [string, readonly MadePath[]])[] {
  const [secret, map, downward] = [at(volume, 'secret'), at(volume, 'configMap'), at(volume, 'downwardAPI')]
  return [
    [`Secret ${quoted(textOf(at(secret, 'secretName')))}`, pathsOf(at(secret, 'items'), '')],
    [`ConfigMap ${quoted(textOf(at(map, 'name')))}`, pathsOf(at(map, 'items'), '')],
    ['DownwardAPI', pathsOf(at(downward, 'items'), '')],
  ]
}

function projectionPaths(projection: Field): readonly MadePath[] {
  const [secret, map, downward, token] = ['secret', 'configMap', 'downwardAPI', 'serviceAccountToken'].map((name) => at(projection, name))
  if (secret === undefined || map === undefined || downward === undefined || token === undefined) return []
  return [
    ...pathsOf(at(secret, 'items'), ` (Secret ${quoted(textOf(at(secret, 'name')))})`),
    ...pathsOf(at(map, 'items'), ` (ConfigMap ${quoted(textOf(at(map, 'name')))})`),
    ...pathsOf(at(downward, 'items'), ' (DownwardAPI)'),
    ...(isSet(token) ? [{ path: textOf(at(token, 'path')), source: ' (ServiceAccountToken)' }] : []),
  ]
}

/** A path is in the way of one below it, whichever comes first. */
const collide = (a: string, b: string): boolean => a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`)

function* overlaps(paths: readonly MadePath[], where: string): Iterable<string> {
  for (const [index, { path, source }] of paths.entries()) {
    const other = paths.slice(0, index).find((earlier) => collide(earlier.path, path))
    if (path !== '' && other !== undefined)
      yield `${where}: overlapping paths: ${quoted(path)}${source} with ${quoted(other.path)}${other.source}`
  }
}
