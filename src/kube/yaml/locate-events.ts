import type { JsonPath } from '../../core/json.ts'
import type { Span } from '../../core/source.ts'
import { scalarSpan } from './construct.ts'
import { EVENT_ID, parseYamlEvents, SCALAR_STYLE, scalarText } from './js-yaml.ts'
import type { YamlEvent, YamlScalar } from './js-yaml.ts'
import type { Found } from './locate-found.ts'
import { plainKey } from './scalar.ts'

/**
 * Finds a path in any YAML, by the events of the general parser. An alias is followed to what it stands for, so that the span is where the
 * value is really written.
 */
export function locateByEvents(text: string, path: JsonPath, maxDepth: number): Found {
  const parsed = parseYamlEvents(text, maxDepth)
  if (!parsed.ok) return { steps: 0, key: undefined, value: { start: 0, end: 0 } }
  const search = new Search(text, parsed.value)
  return search.find(path)
}

/** One step's outcome: the event index of the value, and its key. */
interface Next {
  readonly key: Span | undefined
  readonly index: number
}

class Search {
  readonly #text: string
  readonly #events: readonly YamlEvent[]
  /** Anchor names to the index of their node; a name may be given anew, so the nearest one before the alias counts. */
  readonly #anchors: { readonly name: string; readonly index: number }[] = []
  /** For every collection, the index after its end. */
  readonly #after: number[] = []

  constructor(text: string, events: readonly YamlEvent[]) {
    this.#text = text
    this.#events = events
    const open: number[] = []
    events.forEach((event, index) => {
      if (event.type === EVENT_ID.POP) this.#after[open.pop() ?? 0] = index + 1
      else if (event.type !== EVENT_ID.SCALAR && event.type !== EVENT_ID.ALIAS) open.push(index)
      if (event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP || event.type === EVENT_ID.ALIAS) return
      if (event.anchorStart >= 0) this.#anchors.push({ name: text.slice(event.anchorStart, event.anchorEnd), index })
    })
  }

  find(path: JsonPath): Found {
    let next: Next = { key: undefined, index: 1 }
    let parent: Span = { start: 0, end: 0 }
    for (let steps = 0; ; steps += 1) {
      const nothing = this.#isEmpty(next.index) ? (next.key ?? parent) : undefined
      const found: Found = { steps, key: next.key, value: nothing ?? this.#span(next.index) }
      parent = found.value
      const step = path[steps]
      if (step === undefined) return found
      const into: Next | undefined = this.#step(this.#resolve(next.index), step)
      if (into === undefined) return found
      next = into
    }
  }

  /** Nothing is written: the key, or the list, stands for it. */
  #isEmpty(index: number): boolean {
    const event = this.#events[index]
    return event?.type === EVENT_ID.SCALAR && event.valueStart < 0 && event.tagStart < 0 && event.anchorStart < 0
  }

  #step(index: number, step: string | number): Next | undefined {
    const event = this.#events[index]
    if (event?.type === EVENT_ID.MAPPING) return this.#member(index, String(step), mergeDepth)
    if (event?.type === EVENT_ID.SEQUENCE && typeof step === 'number') return this.#item(index, step)
    return undefined
  }

  #item(list: number, wanted: number): Next | undefined {
    let index = list + 1
    for (let i = 0; this.#isNode(index); i += 1) {
      if (i === wanted) return { key: undefined, index }
      index = this.#skip(index)
    }
    return undefined
  }

  /** The last of equal keys; a merge counts as if its keys were written in its place. */
  #member(map: number, wanted: string, depth: number): Next | undefined {
    let found: Next | undefined
    let index = map + 1
    while (this.#isNode(index)) {
      const key = this.#events[this.#resolve(index)]
      const value = this.#skip(index)
      if (key?.type === EVENT_ID.SCALAR) {
        const text = scalarText(this.#text, key)
        const plain = key.style === SCALAR_STYLE.PLAIN && key.tagStart < 0
        if (plain && text === '<<') found = this.#merged(value, wanted, depth) ?? found
        else if ((plain ? plainKey(text) : text) === wanted) found = { key: this.#span(index), index: value }
      }
      index = this.#skip(value)
    }
    return found
  }

  #merged(value: number, wanted: string, depth: number): Next | undefined {
    if (depth <= 0) return undefined
    const index = this.#resolve(value)
    const event = this.#events[index]
    if (event?.type === EVENT_ID.MAPPING) return this.#member(index, wanted, depth - 1)
    if (event?.type !== EVENT_ID.SEQUENCE) return undefined
    for (let item = index + 1; this.#isNode(item); item = this.#skip(item)) {
      const found = this.#merged(item, wanted, depth - 1)
      if (found !== undefined) return found
    }
    return undefined
  }

  #isNode(index: number): boolean {
    const event = this.#events[index]
    return event !== undefined && event.type !== EVENT_ID.POP && event.type !== EVENT_ID.DOCUMENT
  }

  #skip(index: number): number {
    return this.#after[index] ?? index + 1
  }

  /** What an alias stands for; any other node is itself. */
  #resolve(index: number): number {
    const event = this.#events[index]
    if (event?.type !== EVENT_ID.ALIAS) return index
    const name = this.#text.slice(event.anchorStart, event.anchorEnd)
    return this.#anchors.findLast((anchor) => anchor.index < index && anchor.name === name)?.index ?? index
  }

  #span(index: number): Span {
    const event = this.#events[index]
    if (event === undefined || event.type === EVENT_ID.POP || event.type === EVENT_ID.DOCUMENT) return { start: 0, end: 0 }
    if (event.type === EVENT_ID.ALIAS) return { start: event.anchorStart - 1, end: event.anchorEnd }
    if (event.type === EVENT_ID.SCALAR) return this.#scalar(event)
    const first = this.#events[index + 1]
    const isBlockMap = event.type === EVENT_ID.MAPPING && first?.type === EVENT_ID.SCALAR && first.valueStart >= event.start
    if (isBlockMap && this.#text.charCodeAt(event.start) !== 123) return scalarSpan(first)
    return { start: event.start, end: event.start + 1 }
  }

  #scalar(event: YamlScalar): Span {
    if (event.style !== SCALAR_STYLE.LITERAL_BLOCK && event.style !== SCALAR_STYLE.FOLDED_BLOCK) return scalarSpan(event)
    return trimmed(this.#text, event.valueStart, event.valueEnd)
  }
}

/** A map merged into a map merged into a map … is followed so far. */
const mergeDepth = 16

/** A region without the white space around it. */
export function trimmed(text: string, from: number, to: number): Span {
  let start = from
  let end = to
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1
  while (start < end && isSpace(text.charCodeAt(start))) start += 1
  return { start, end }
}

const isSpace = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9
