import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, setOwn } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { KubeObject } from '../object.ts'
import type { Schema, SchemaSet } from '../schema.ts'

/** What the decoder knows of types: their schemas, and for each `field:number …`, `+number=message` for a message that JSON does not show. */
export interface ProtobufTypes {
  readonly definitions: SchemaSet
  readonly protobuf: Readonly<Record<string, string>>
}

interface Field {
  readonly name: string
  /** The message whose fields are taken for the type's own. */
  readonly inline: string | undefined
}

interface Raw {
  readonly number: number
  /** 0 varint, 1 eight bytes, 2 bytes, 5 four bytes. */
  readonly wire: number
  readonly value: bigint
  readonly bytes: Uint8Array
}

const nothing: Uint8Array = new Uint8Array()
const magic = [0x6b, 0x38, 0x73, 0x00]
const deepest = 100

class Malformed extends Error {}

/** The fields of a message, in the order of the bytes. */
function* fieldsOf(bytes: Uint8Array): Generator<Raw> {
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at]
      if (byte === undefined) throw new Malformed('unexpected EOF')
      at += 1
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    throw new Malformed('integer overflow')
  }
  const take = (length: number): Uint8Array => {
    if (length < 0 || at + length > bytes.length) throw new Malformed('unexpected EOF')
    at += length
    return bytes.subarray(at - length, at)
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    const [number, wire] = [tag >>> 3, tag & 7]
    if (wire === 0) yield { number, wire, value: varint(), bytes: nothing }
    else if (wire === 2) yield { number, wire, value: 0n, bytes: take(Number(varint())) }
    else if (wire === 1 || wire === 5) yield { number, wire, value: 0n, bytes: take(wire === 1 ? 8 : 4) }
    else throw new Malformed(`wire type ${wire} is not supported`)
  }
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')
const signed = (value: bigint): number => Number(BigInt.asIntN(64, value))

function parseFields(text: string): ReadonlyMap<number, Field> {
  return new Map(
    text.split(' ').map((word): [number, Field] => {
      const embedded = /^\+(\d+)=(.+)$/.exec(word)
      if (embedded !== null) return [Number(embedded[1]), { name: '', inline: embedded[2] }]
      const colon = word.lastIndexOf(':')
      return [Number(word.slice(colon + 1)), { name: word.slice(0, colon), inline: undefined }]
    }),
  )
}

class Decoder {
  readonly #types: ProtobufTypes
  readonly #fields = new Map<string, ReadonlyMap<number, Field>>()

  constructor(types: ProtobufTypes) {
    this.#types = types
  }

  #fieldsOf(message: string): ReadonlyMap<number, Field> | undefined {
    let fields = this.#fields.get(message)
    if (fields === undefined && Object.hasOwn(this.#types.protobuf, message)) {
      fields = parseFields(this.#types.protobuf[message] ?? '')
      this.#fields.set(message, fields)
    }
    return fields
  }

  message(bytes: Uint8Array, definition: string, depth: number): JsonObject {
    const object: { [key: string]: Json } = {}
    this.#fill(object, bytes, definition, { properties: this.#types.definitions[definition]?.properties ?? {}, depth })
    return object
  }

  #fill(
    object: { [key: string]: Json },
    bytes: Uint8Array,
    message: string,
    context: { readonly properties: Readonly<Record<string, Schema>>; readonly depth: number },
  ): void {
    if (context.depth > deepest) throw new Malformed('nested too deeply')
    const fields = this.#fieldsOf(message)
    if (fields === undefined) throw new Malformed(`the protobuf form of ${message} is not known`)
    for (const raw of fieldsOf(bytes)) {
      const field = fields.get(raw.number)
      if (field === undefined) continue
      if (field.inline !== undefined) {
        this.#fill(object, raw.bytes, this.#messageName(field.inline), { ...context, depth: context.depth + 1 })
        continue
      }
      const schema = context.properties[field.name]
      if (schema !== undefined) this.#put(object, field.name, raw, schema, context.depth)
    }
  }

  /** Messages that are inlined are definitions themselves, or have a short name of their own. */
  #messageName(short: string): string {
    if (Object.hasOwn(this.#types.protobuf, short)) return short
    return Object.keys(this.#types.protobuf).find((name) => name.endsWith(`.${short}`)) ?? short
  }

  // oxlint-disable-next-line max-params -- a step of the walk
  #put(object: { [key: string]: Json }, name: string, raw: Raw, schema: Schema, depth: number): void {
    const known = Object.hasOwn(object, name) ? object[name] : undefined
    if (schema.type === 'array') {
      setOwn(object, name, [...(isJsonArray(known) ? known : []), this.#value(raw, schema.items ?? {}, depth)])
    } else if (schema.type === 'object' && typeof schema.additionalProperties === 'object') {
      const map: { [key: string]: Json } = { ...(isJsonObject(known) ? known : {}) }
      const { key, value } = this.#entry(raw.bytes, schema.additionalProperties, depth)
      setOwn(map, key, value)
      setOwn(object, name, map)
    } else {
      const value = this.#value(raw, schema, depth)
      // Go writes strings and times that are not pointers even when they are empty.
      if (value !== '' && value !== null) setOwn(object, name, value)
    }
  }

  #entry(bytes: Uint8Array, schema: Schema, depth: number): { readonly key: string; readonly value: Json } {
    let key = ''
    let value: Json = zeroOf(schema)
    for (const raw of fieldsOf(bytes)) {
      if (raw.number === 1) key = textOf(raw.bytes)
      else if (raw.number === 2) value = schema.type === 'array' ? this.#items(raw.bytes, schema, depth) : this.#value(raw, schema, depth)
    }
    return { key, value }
  }

  /** A list as the value of a map is a message with the items in its first field. */
  #items(bytes: Uint8Array, schema: Schema, depth: number): Json {
    return [...fieldsOf(bytes)].filter(({ number }) => number === 1).map((raw) => this.#value(raw, schema.items ?? {}, depth))
  }

  #value(raw: Raw, schema: Schema, depth: number): Json {
    const { $ref } = schema
    if ($ref !== undefined) return this.#reference(raw, $ref, depth)
    switch (schema.type) {
      case 'boolean':
        return raw.value !== 0n
      case 'integer':
        return signed(raw.value)
      case 'number':
        return raw.wire === 1 ? new DataView(raw.bytes.buffer, raw.bytes.byteOffset, 8).getFloat64(0, true) : signed(raw.value)
      case 'string':
        return schema.format === 'byte' ? Buffer.from(raw.bytes).toString('base64') : textOf(raw.bytes)
      default:
        return rawJson(raw.bytes)
    }
  }

  #reference(raw: Raw, definition: string, depth: number): Json {
    if (definition.endsWith('.resource.Quantity'))
      return textOf([...fieldsOf(raw.bytes)].find(({ number }) => number === 1)?.bytes ?? nothing)
    if (definition.endsWith('.intstr.IntOrString')) return intOrString(raw.bytes)
    if (definition.endsWith('.meta.v1.Time') || definition.endsWith('.meta.v1.MicroTime'))
      return time(raw.bytes, definition.endsWith('MicroTime'))
    return this.message(raw.bytes, definition, depth + 1)
  }
}

const zeroOf = (schema: Schema): Json =>
  schema.type === 'array' ? [] : schema.type === 'integer' ? 0 : schema.type === 'boolean' ? false : ''

function intOrString(bytes: Uint8Array): Json {
  let [type, number, text] = [0n, 0n, '']
  for (const raw of fieldsOf(bytes)) {
    if (raw.number === 1) type = raw.value
    else if (raw.number === 2) number = raw.value
    else if (raw.number === 3) text = textOf(raw.bytes)
  }
  return type === 1n ? text : signed(number)
}

function time(bytes: Uint8Array, micro: boolean): Json {
  if (bytes.length === 0) return null
  let [seconds, nanos] = [0n, 0n]
  for (const raw of fieldsOf(bytes)) {
    if (raw.number === 1) seconds = BigInt.asIntN(64, raw.value)
    else if (raw.number === 2) nanos = raw.value
  }
  const date = new Date(Number(seconds) * 1000)
  if (Number.isNaN(date.getTime())) throw new Malformed('a time out of range')
  const whole = date.toISOString().slice(0, 19)
  return micro ? `${whole}.${String(nanos / 1000n).padStart(6, '0')}Z` : `${whole}Z`
}

/** Raw JSON inside a message: `{raw=1}`. */
function rawJson(bytes: Uint8Array): Json {
  const inner = [...fieldsOf(bytes)].find(({ number }) => number === 1)
  if (inner === undefined) return {}
  try {
    return JSON.parse(textOf(inner.bytes)) as Json
  } catch {
    throw new Malformed('raw JSON that is none')
  }
}

/** Reads an object in Kubernetes' protobuf envelope (`k8s\0`, then a message with type and content). `definitionOf` finds the type by its header. */
export function decodeProtobuf(
  body: Uint8Array,
  types: ProtobufTypes,
  definitionOf: (apiVersion: string, kind: string) => string | undefined,
): Result<KubeObject, string> {
  if (!magic.every((byte, i) => body[i] === byte))
    return err('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]')
  try {
    let [apiVersion, kind] = ['', '']
    let content: Uint8Array = nothing
    for (const raw of fieldsOf(body.subarray(4))) {
      if (raw.number === 2) content = raw.bytes
      if (raw.number !== 1) continue
      for (const part of fieldsOf(raw.bytes)) {
        if (part.number === 1) apiVersion = textOf(part.bytes)
        else if (part.number === 2) kind = textOf(part.bytes)
      }
    }
    const definition = definitionOf(apiVersion, kind)
    if (definition === undefined) return err(`no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`)
    return ok({ ...new Decoder(types).message(content, definition, 0), apiVersion, kind })
  } catch (error) {
    if (error instanceof Malformed) return err(`proto: ${error.message}`)
    throw error
  }
}
