import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonObject, jsonEqual, ownValue, setOwn } from '../../core/json.ts'
import { defaultLimits } from '../../core/limits.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import { imagesOf, imagesVariable as imagesJson } from '../../kube/images.ts'
import type { JmesEnvironment } from '../../languages/jmespath/jmespath.ts'
import { JmesFailure } from '../../languages/jmespath/jmespath.ts'
import type { Facts } from '../../policy/facts.ts'
import type { PolicyRequest } from '../../policy/request.ts'
import { contextEntryLoader } from './context-entries.ts'
import type { Expressions } from './expressions.ts'

type Draft = { [key: string]: Json }

/** Loads one entry when a query first mentions its name; undefined leaves the name unset. */
export interface ContextLoader {
  readonly name: string
  readonly load: (context: RuleContext) => Result<Json | undefined, string>
}

export interface ContextSettings {
  readonly expressions: Expressions
  readonly request: PolicyRequest
  readonly facts: Facts
  /** '' for a cluster policy. */
  readonly policyNamespace: string
  readonly policy: string
  readonly rule: string
}

interface Level {
  readonly root: Draft
  readonly pending: readonly ContextLoader[]
  readonly bytes: number
}

/**
 * What the variables of one rule see: the request, the elements of loops, and the rule's context entries, which load only when a query mentions them
 * (Kyverno's deferred loading). A checkpoint remembers the document and the loaders; restoring drops everything added since.
 */
export class RuleContext {
  readonly settings: ContextSettings
  #environment: JmesEnvironment | undefined
  #initial: JsonObject | undefined
  #made: Draft | undefined
  #loaders: readonly ContextLoader[] = []
  #levels: Level[] = []
  #foreachIndex = 0
  /** What the entries loaded so far hold together. */
  #bytes = 0

  /** Cheap: most rules never ask their context anything, so the document is made by the first who does. */
  constructor(settings: ContextSettings, object: JsonObject | undefined = settings.request.object) {
    this.settings = settings
    this.#initial = object
  }

  get environment(): JmesEnvironment {
    this.#environment ??= environmentOf(this.settings)
    return this.#environment
  }

  get #root(): Draft {
    return this.#made ?? this.#make()
  }

  set #root(root: Draft) {
    this.#made = root
  }

  get #pending(): readonly ContextLoader[] {
    if (this.#made === undefined) this.#make()
    return this.#loaders
  }

  set #pending(loaders: readonly ContextLoader[]) {
    this.#loaders = loaders
  }

  #make(): Draft {
    const { request, policy, rule } = this.settings
    const object = this.#initial
    this.#made = { request: requestDocument(request, object), ...serviceAccountOf(request.requester?.userInfo.username ?? '') }
    this.#loaders = [{ name: 'images', load: () => ok(imagesVariable(object ?? request.oldObject)) }, ...this.#loaders]
    const given = request.given?.variables(policy, rule) ?? {}
    for (const [name, value] of Object.entries(given)) this.#give(name, value)
    return this.#made
  }

  /** On DELETE every textual `request.object` of a variable means `request.oldObject`. */
  get isDelete(): boolean {
    const request = this.#root['request']
    return isJsonObject(request) && request['operation'] === 'DELETE'
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#root, name)
  }

  set(name: string, value: Json): void {
    this.#root = { ...this.#root }
    setOwn(this.#root, name, value)
  }

  /** The object that later rules and patches see. */
  setObject(object: JsonObject): void {
    const request = this.#root['request']
    this.set('request', { ...(isJsonObject(request) ? request : {}), object })
    this.#pending = [{ name: 'images', load: () => ok(imagesVariable(object)) }, ...this.#pending.filter(({ name }) => name !== 'images')]
  }

  /** Of entries with one name each replaces what the one before it loaded, and may use it. */
  defer(loader: ContextLoader): void {
    this.#loaders = [...this.#loaders, loader]
  }

  addEntries(entries: readonly JsonObject[] | undefined): void {
    for (const entry of entries ?? []) {
      const name = ownValue(entry, 'name')
      if (typeof name !== 'string') continue
      const mocked = this.settings.request.given !== undefined
      if (mocked && this.#isGiven(name)) continue
      this.defer({ name, load: contextEntryLoader(entry, mocked) })
    }
  }

  /** Puts the values given for one iteration of a loop in place. */
  giveForeachValues(index: number): void {
    this.#foreachIndex = index
    const { request, policy, rule } = this.settings
    const values = request.given?.foreachVariables(policy, rule) ?? {}
    for (const [name, list] of Object.entries(values)) {
      const value = list[this.#foreachIndex]
      if (value !== undefined) this.#give(name, value)
    }
  }

  checkpoint(): void {
    this.#levels.push({ root: this.#root, pending: this.#pending, bytes: this.#bytes })
  }

  restore(): void {
    const level = this.#levels.pop()
    if (level === undefined) throw new Error('restore without checkpoint')
    this.#root = level.root
    this.#pending = level.pending
    this.#bytes = level.bytes
  }

  /** The value of a JMESPath expression over the context. */
  query(text: string): Result<Json, string> {
    if (text.trim() === '') return err('invalid query (nil)')
    const loaded = this.#loadMentioned(text)
    if (!loaded.ok) return loaded
    const program = this.settings.expressions.compile(text)
    if (!program.ok) return err(`incorrect query ${text}: ${program.error}`)
    const value = program.value.evaluate(this.#root, this.environment)
    return value instanceof JmesFailure ? err(`JMESPath query failed: ${value.message}`) : ok(value)
  }

  /** True when the old and the new object differ at `text`; an error when either cannot be read. */
  hasChanged(text: string): boolean {
    const before = this.query(`request.oldObject.${text}`)
    const after = this.query(`request.object.${text}`)
    return !(before.ok && after.ok && jsonEqual(before.value, after.value))
  }

  #loadMentioned(text: string): Result<undefined, string> {
    // Each load removes its loader, so this ends; a loader may itself query and so load others first.
    for (;;) {
      const loader = this.#pending.find(({ name }) => mentions(text, name))
      if (loader === undefined) return ok(undefined)
      this.#pending = this.#pending.filter((other) => other !== loader)
      const value = loader.load(this)
      if (!value.ok) {
        this.#pending = [loader, ...this.#pending]
        return value
      }
      if (value.value !== undefined) {
        this.#bytes += approximateSize(value.value, defaultLimits.contextBytes)
        if (this.#bytes > defaultLimits.contextBytes) {
          return err(`context size limit exceeded: ${this.#bytes} bytes exceeds limit of ${defaultLimits.contextBytes} bytes`)
        }
        this.set(loader.name, value.value)
      }
    }
  }

  #give(name: string, value: Json): void {
    const parts = name.match(/"[^"]*"|[^.]+/g) ?? [name]
    this.#root = nest(this.#root, parts, value)
    const [first = ''] = parts
    this.#pending = this.#pending.filter((loader) => loader.name !== first)
  }

  #isGiven(name: string): boolean {
    const { request, policy, rule } = this.settings
    const names = [
      ...Object.keys(request.given?.variables(policy, rule) ?? {}),
      ...Object.keys(request.given?.foreachVariables(policy, rule) ?? {}),
    ]
    return names.some((given) => given === name || given.startsWith(`${name}.`))
  }
}

/** `serviceAccountName` and `serviceAccountNamespace`, where a service account asks. */
function serviceAccountOf(username: string): JsonObject {
  const match = /^system:serviceaccount:([^:]*):(.*)$/.exec(username)
  return match === null ? {} : { serviceAccountNamespace: match[1] ?? '', serviceAccountName: match[2] ?? '' }
}

/** A name counts as mentioned where it starts a path: not after a dot, digit or letter, and ending at a word boundary. */
function mentions(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const before = at === 0 ? ' ' : text.charAt(at - 1)
    const after = text.charAt(at + name.length)
    if (!/[.0-9A-Za-z]/.test(before) && !/\w/.test(after)) return true
  }
  return false
}

/** `a.b.c` into nested maps, keeping what is already beside it. */
function nest(root: Draft, parts: readonly string[], value: Json): Draft {
  const [first = '', ...rest] = parts
  const copy: Draft = { ...root }
  const key = first.replace(/^"(.*)"$/, '$1')
  const inner = ownValue(root, key)
  setOwn(copy, key, rest.length === 0 ? value : nest(inner !== undefined && isJsonObject(inner) ? { ...inner } : {}, rest, value))
  return copy
}

function approximateSize(value: Json, enough: number): number {
  let size = 0
  const stack: Json[] = [value]
  while (stack.length > 0 && size <= enough) {
    const next = stack.pop()
    if (typeof next === 'string') size += next.length + 2
    else if (typeof next !== 'object' || next === null) size += 5
    else if (Array.isArray(next)) {
      size += 2
      for (const item of next as readonly Json[]) stack.push(item)
    } else {
      for (const [key, item] of Object.entries(next)) {
        size += key.length + 4
        stack.push(item)
      }
    }
  }
  return size
}

function imagesVariable(object: JsonObject | undefined): Json | undefined {
  if (object === undefined) return undefined
  const images = imagesOf(object)
  return images.ok && images.value.size > 0 ? imagesJson(images.value) : undefined
}

/** `request` as policies see it: the AdmissionRequest with the roles of the user. */
export function requestDocument(request: PolicyRequest, object: JsonObject | undefined): JsonObject {
  const { requester } = request
  const kind = request.objectKind ?? request.kind
  const document: Draft = {
    uid: request.uid,
    kind: { group: kind.group, version: kind.version, kind: kind.kind },
    resource: { group: kind.group, version: kind.version, resource: request.resource },
    operation: request.operation,
    dryRun: request.dryRun,
  }
  if (request.subresource !== '') document['subResource'] = request.subresource
  if (request.name !== '') document['name'] = request.name
  document['namespace'] = request.namespace
  if (object !== undefined) document['object'] = object
  if (request.oldObject !== undefined) document['oldObject'] = request.oldObject
  if (requester === undefined) document['userInfo'] = {}
  else {
    const { username, uid, groups, extra } = requester.userInfo
    document['userInfo'] = {
      username,
      groups: [...groups],
      ...(uid === '' ? {} : { uid }),
      ...(Object.keys(extra).length === 0 ? {} : { extra: extra }),
    }
    document['roles'] = [...requester.roles]
    document['clusterRoles'] = [...requester.clusterRoles]
  }
  return document
}

/** The clock stands still during a request and its random numbers follow from its uid, so that evaluating twice gives the same answer. */
function environmentOf({ request, facts, policy, rule }: ContextSettings): JmesEnvironment {
  let state = 0
  for (const character of `${request.uid}/${policy}/${rule}/${request.now.getTime()}`)
    state = (Math.imul(state, 31) + (character.codePointAt(0) ?? 0)) | 0
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const resolveHost = (host: string): readonly string[] | undefined => {
    const answer = facts.read({ ask: 'hostAddresses', host })
    if (answer === undefined || !answer.known || !Array.isArray(answer.value)) return undefined
    return (answer.value as readonly Json[]).filter((item): item is string => typeof item === 'string')
  }
  return { now: () => request.now, random, resolveHost }
}
