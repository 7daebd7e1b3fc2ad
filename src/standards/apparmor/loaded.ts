import { parseAppArmorReference } from '../../kube/app-armor.ts'
import type { ContainerProfile } from './profiles.ts'

/** What a node says of itself. */
export interface NodeProfiles {
  readonly node: string
  /** Names of the profiles that its kernel has; undefined where it does not say. */
  readonly profiles: ReadonlySet<string> | undefined
}

/**
 * The names in a list as the kernel prints it, `/sys/kernel/security/apparmor/profiles`: a line `name (mode)` for each profile. The name may hold
 * spaces and brackets itself, and the mode may be left out.
 */
export function parseLoadedProfiles(text: string): ReadonlySet<string> {
  const names = text.split('\n').map((line) => {
    const mode = line.trimEnd().endsWith(')') ? line.lastIndexOf(' (') : -1
    return (mode < 0 ? line : line.slice(0, mode)).trim()
  })
  return new Set(names.filter((name) => name !== ''))
}

export interface Placement {
  /** References of which no node has the profile, each once, in the order of the containers. */
  readonly notLoaded: readonly string[]
  /** References that no node is known to have, while these nodes do not say what they have. */
  readonly unknown: readonly string[]
  readonly silent: readonly string[]
}

/** Where profiles of the node are loaded, among the nodes on which the Pod may be put. All must be on one node: the Pod runs on one. */
export function placementOf(profiles: readonly ContainerProfile[], nodes: readonly NodeProfiles[]): Placement {
  const wanted = localhostNames(profiles)
  const silent = nodes.filter((node) => node.profiles === undefined).map(({ node }) => node)
  const missingOn = (loaded: ReadonlySet<string>): readonly string[] => wanted.filter((name) => !loaded.has(name))
  const missing = nodes.flatMap((node) => (node.profiles === undefined ? [] : [missingOn(node.profiles)]))
  // The node that lacks least says what is missing.
  const least = missing.reduce<readonly string[]>((best, one) => (one.length < best.length ? one : best), wanted)
  const references = least.map((name) => `localhost/${name}`)
  return silent.length > 0 ? { notLoaded: [], unknown: references, silent } : { notLoaded: references, unknown: [], silent }
}

/** The profiles that a node must have loaded before the Pod can run on it. */
export function localhostNames(profiles: readonly ContainerProfile[]): readonly string[] {
  const names = profiles.flatMap(({ reference }) => {
    const profile = parseAppArmorReference(reference)
    return profile?.type === 'Localhost' ? [profile.localhostProfile] : []
  })
  return [...new Set(names)]
}
