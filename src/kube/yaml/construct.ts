import type { Json } from '../../core/json.ts'
import { setOwn } from '../../core/json.ts'
import type { Limits } from '../../core/limits.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { Span } from '../../core/source.ts'
import { unreachable } from '../../core/unreachable.ts'
import { EVENT_ID, SCALAR_STYLE, scalarText } from './js-yaml.ts'
import type { YamlCollection, YamlEvent, YamlScalar } from './js-yaml.ts'
import { keyFor, notJson, resolveFor, resolveTagged } from './scalar.ts'
import type { YamlDialect } from './scalar.ts'

/**
 * Builds JSON from the events of one document the way go-yaml v2 and sigs.k8s.io/yaml do: the last of duplicate keys wins, a merge key
 * writes over what stands before it in its map and is written over by what follows, booleans and numbers may be keys, null may not.
 */

export interface Constructed {
  readonly value: Json
  readonly duplicateKeys: readonly { readonly key: string; readonly span: Span }[]
}

export interface ConstructProblem {
  readonly message: string
  readonly span: Span
  readonly help?: string
}

/** A finished node: its value, how many nodes it is after aliases are expanded, and how deep. */
interface Node {
  readonly value: Json
  readonly nodes: number
  readonly depth: number
}

interface Frame {
  readonly event: YamlCollection
  readonly list: Json[] | undefined
  readonly map: { [key: string]: Json } | undefined
  /** Keys that came from a merge: writing them again is no duplicate. */
  merged: Set<string> | undefined
  key: string | undefined
  keyIsMerge: boolean
  nodes: number
  depth: number
}

class Refused {
  readonly problem: ConstructProblem
  constructor(problem: ConstructProblem) {
    this.problem = problem
  }
}

export function construct(
  text: string,
  events: readonly YamlEvent[],
  limits: Limits,
  dialect: YamlDialect = 'kubernetes',
): Result<Constructed | undefined, ConstructProblem> {
  const builder = new Builder(text, limits, dialect)
  for (const event of events) {
    const refused = builder.take(event)
    if (refused !== undefined) return err(refused.problem)
  }
  return ok(builder.result())
}

class Builder {
  readonly #text: string
  readonly #limits: Limits
  readonly #dialect: YamlDialect
  readonly #tagHandles = new Map<string, string>()
  readonly #anchors = new Map<string, Node | 'open'>()
  readonly #frames: Frame[] = []
  readonly #duplicates: { key: string; span: Span }[] = []
  #root: Node | undefined

  constructor(text: string, limits: Limits, dialect: YamlDialect) {
    this.#text = text
    this.#limits = limits
    this.#dialect = dialect
  }

  result(): Constructed | undefined {
    return this.#root === undefined ? undefined : { value: this.#root.value, duplicateKeys: this.#duplicates }
  }

  take(event: YamlEvent): Refused | undefined {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        for (const directive of event.directives) if (directive.kind === 'tag') this.#tagHandles.set(directive.handle, directive.prefix)
        return undefined
      case EVENT_ID.SCALAR:
        return this.#scalar(event)
      case EVENT_ID.ALIAS:
        return this.#alias(event.anchorStart, event.anchorEnd)
      case EVENT_ID.POP:
        return this.#close()
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING:
        return this.#open(event)
      default:
        return unreachable(event)
    }
  }

  #scalar(event: YamlScalar): Refused | undefined {
    const frame = this.#frames.at(-1)
    const text = scalarText(this.#text, event)
    const tag = event.tagStart < 0 ? '' : this.#tagName(event.tagStart, event.tagEnd)
    const plain = event.style === SCALAR_STYLE.PLAIN
    const span = scalarSpan(event)
    if (frame?.map !== undefined && frame.key === undefined) return this.#key(frame, { text, tag, plain, span, event })
    let value: Json
    if (tag === '') {
      const resolved = plain ? resolveFor(this.#dialect, text) : text
      if (resolved === notJson) return refuse(`\`${text}\` has no JSON form`, span)
      value = resolved
    } else {
      const outcome = resolveTagged(tag, text)
      if ('problem' in outcome) return refuse(outcome.problem, span)
      value = outcome.value
    }
    const node: Node = { value, nodes: 1, depth: 0 }
    if (event.anchorStart >= 0) this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), node)
    return this.#add(node, span)
  }

  #key(frame: Frame, scalar: { text: string; tag: string; plain: boolean; span: Span; event: YamlScalar }): Refused | undefined {
    const { text, tag, plain, span, event } = scalar
    frame.keyIsMerge = tag === '' ? plain && text === '<<' : tag === 'tag:yaml.org,2002:merge'
    const key = tag === '' && plain ? keyFor(this.#dialect, text) : keyOfTagged(tag, text)
    if (key === undefined) return refuse(`expected a string as a key, found ${text === '' ? 'nothing' : `\`${text}\``}`, span)
    if (event.anchorStart >= 0) this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), { value: text, nodes: 1, depth: 0 })
    this.#setKey(frame, key, span)
    return undefined
  }

  #setKey(frame: Frame, key: string, span: Span): void {
    frame.key = key
    if (frame.map !== undefined && !frame.keyIsMerge && Object.hasOwn(frame.map, key)) {
      if (frame.merged === undefined || !frame.merged.delete(key)) this.#duplicates.push({ key, span })
    }
  }

  #alias(start: number, end: number): Refused | undefined {
    const name = this.#text.slice(start, end)
    const node = this.#anchors.get(name)
    const span = { start: start - 1, end }
    if (node === undefined) return refuse(`expected an anchor \`&${name}\` before \`*${name}\``, span)
    if (node === 'open') return refuse(`the value of anchor \`${name}\` contains itself`, span)
    const frame = this.#frames.at(-1)
    if (frame?.map !== undefined && frame.key === undefined) {
      if (typeof node.value === 'object') return refuse('expected a string as a key, found a map or list', span)
      this.#setKey(frame, String(node.value), span)
      return undefined
    }
    return this.#add(node, span)
  }

  #open(event: YamlCollection): Refused | undefined {
    const frame = this.#frames.at(-1)
    if (frame?.map !== undefined && frame.key === undefined) return complexKey(event)
    if (event.anchorStart >= 0) this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), 'open')
    const isMap = event.type === EVENT_ID.MAPPING
    this.#frames.push({
      event,
      list: isMap ? undefined : [],
      map: isMap ? {} : undefined,
      merged: undefined,
      key: undefined,
      keyIsMerge: false,
      nodes: 1,
      depth: 1,
    })
    return undefined
  }

  #close(): Refused | undefined {
    const frame = this.#frames.pop()
    // The document itself is closed by an event of its own.
    if (frame === undefined) return undefined
    const { event } = frame
    const node: Node = { value: frame.map ?? frame.list ?? null, nodes: frame.nodes, depth: frame.depth }
    if (event.anchorStart >= 0) this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), node)
    return this.#add(node, { start: event.start, end: event.start + 1 })
  }

  #add(node: Node, span: Span): Refused | undefined {
    const frame = this.#frames.at(-1)
    if (frame === undefined) {
      this.#root = node
      return undefined
    }
    frame.nodes += node.nodes
    frame.depth = Math.max(frame.depth, node.depth + 1)
    if (frame.nodes > this.#limits.documentNodes)
      return refuse(`expected at most ${this.#limits.documentNodes} values after aliases are expanded`, span)
    if (frame.depth > this.#limits.documentDepth) return refuse(`expected at most ${this.#limits.documentDepth} levels of nesting`, span)
    if (frame.list !== undefined) frame.list.push(node.value)
    else if (frame.map !== undefined && frame.key !== undefined) {
      const { key } = frame
      frame.key = undefined
      if (frame.keyIsMerge) return merge(frame, frame.map, node.value, span)
      setOwn(frame.map, key, node.value)
    }
    return undefined
  }

  #tagName(start: number, end: number): string {
    const raw = this.#text.slice(start, end)
    if (raw === '!') return 'tag:yaml.org,2002:str'
    if (raw.startsWith('!<') && raw.endsWith('>')) return raw.slice(2, -1)
    const handleEnd = raw.indexOf('!', 1)
    const handle = handleEnd < 0 ? '!' : raw.slice(0, handleEnd + 1)
    const prefix = this.#tagHandles.get(handle) ?? (handle === '!!' ? 'tag:yaml.org,2002:' : handle)
    return prefix + raw.slice(handle.length)
  }
}

function refuse(message: string, span: Span): Refused {
  return new Refused({ message, span })
}

/** The usual cause of a map as a key is a template or a variable that was not quoted. */
function complexKey(event: YamlCollection): Refused {
  return new Refused({
    message: `expected a string as a key, found a ${event.type === EVENT_ID.MAPPING ? 'map' : 'list'}`,
    span: { start: event.start, end: event.start + 1 },
    help: 'text that begins with `{` or `[` must be quoted: "{{ … }}"',
  })
}

function keyOfTagged(tag: string, text: string): string | undefined {
  if (tag === '' || tag === 'tag:yaml.org,2002:merge') return text
  const outcome = resolveTagged(tag, text)
  if ('problem' in outcome || outcome.value === null) return undefined
  return String(outcome.value)
}

/** Earlier maps of a list of merged maps win over later ones; a merge wins over the keys written before it. */
function merge(frame: Frame, map: { [key: string]: Json }, source: Json, span: Span): Refused | undefined {
  const sources: readonly Json[] = Array.isArray(source) ? source.toReversed() : [source]
  frame.merged ??= new Set()
  for (const from of sources) {
    if (typeof from !== 'object' || from === null || Array.isArray(from))
      return refuse('expected a map, or a list of maps, after the merge key `<<`', span)
    for (const [key, value] of Object.entries(from)) {
      setOwn(map, key, value)
      frame.merged.add(key)
    }
  }
  return undefined
}

/** The scalar as it is written, with its quotes. */
export function scalarSpan(event: YamlScalar): Span {
  if (event.valueStart < 0) {
    const at = Math.max(event.tagEnd, event.anchorEnd, 0)
    return { start: at, end: at }
  }
  const quote = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED ? 1 : 0
  return { start: event.valueStart - quote, end: event.valueEnd + quote }
}
