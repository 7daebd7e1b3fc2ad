import { textAt, textsAt } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import { parseImageReference } from '../../kube/image-reference.ts'
import { fnv32a } from './naming.ts'

/** What a container would do, as far as its command tells. */
export interface ContainerRun {
  readonly milliseconds: number
  readonly exitCode: number
}

const ordinaryRun = 1000
const longest = 10 * 365 * 24 * 3_600_000
const unit: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * A command is not run, but read: `sleep N` takes that long, `exit N` and `false` end with their status, what never ends by itself
 * (`sleep infinity`, `tail -f`, `while true`) does not end, and anything else takes a second.
 */
export function runOf(container: JsonObject): ContainerRun {
  const words = [...textsAt(container, 'command'), ...textsAt(container, 'args')]
  const text = words.join(' ').slice(0, 4096)
  if (/\bsleep\s+(infinity|inf)\b|\btail\s+-[fF]\b|\bwhile\s+(true|:|sleep)\b/.test(text)) return { milliseconds: longest, exitCode: 0 }
  let milliseconds = 0
  for (const [, amount = '0', letter = 's'] of text.matchAll(/\bsleep\s+(\d{1,9}(?:\.\d{1,3})?)([smhd]?)(?![\w.])/g)) {
    milliseconds += Number(amount) * (unit[letter === '' ? 's' : letter] ?? 1000)
  }
  const exit = /\bexit\s+(\d{1,3})\b/.exec(text)?.[1]
  const exitCode = exit === undefined ? (/(^|[;&|]\s*|-c\s+)(\/bin\/)?false\s*$/.test(text) ? 1 : 0) : Number(exit) & 0xff
  return { milliseconds: Math.min(longest, milliseconds || ordinaryRun), exitCode }
}

/** 64 hex digits that look random and are always the same for the same text. */
export function longHash(text: string): string {
  let hash = ''
  for (let i = 0; hash.length < 64; i++) hash += fnv32a(`${i}/${text}`).toString(16).padStart(8, '0')
  return hash
}

/** The image as a container runtime names it: with `docker.io/library` and `:latest` where they are left out. Undefined for what is no image name. */
export function runtimeImage(image: string): { readonly name: string; readonly id: string } | undefined {
  const parsed = parseImageReference(image)
  if (!parsed.ok) return undefined
  const { registry, path, tag, digest } = parsed.value
  const repository = `${registry}/${registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path}`
  const id = `${repository}@${digest === '' ? `sha256:${longHash(`${repository}:${tag}`)}` : digest}`
  return { name: digest === '' ? `${repository}:${tag}` : id, id }
}

export const imageOf = (container: JsonObject): string => textAt(container, 'image')
export const imageSize = (image: string): number => 1_000_000 + (fnv32a(image) % 200_000_000)
