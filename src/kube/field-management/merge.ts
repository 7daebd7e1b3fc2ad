import type { Json } from '../../core/json.ts'
import { isJsonArray, isJsonObject, setOwn } from '../../core/json.ts'
import type { FieldSet } from './field-set.ts'
import { includes, touches } from './field-set.ts'
import type { TypeOf } from './typed.ts'
import { shapeOf, stepOf } from './typed.ts'

const deepest = 200

/** What is applied over what is there: objects by field, lists with keys by element, everything else as a whole. */
export function merge(live: Json | undefined, applied: Json, type: TypeOf, depth = 0): Json {
  const shape = shapeOf(applied, type)
  if (live === undefined || shape.kind === 'atomic' || depth > deepest) return applied
  if (shape.kind === 'map') {
    if (!isJsonObject(live) || !isJsonObject(applied)) return applied
    const merged: { [key: string]: Json } = { ...live }
    for (const [key, value] of Object.entries(applied)) {
      setOwn(merged, key, merge(Object.hasOwn(live, key) ? live[key] : undefined, value, shape.field(key).type, depth + 1))
    }
    return merged
  }
  if (!isJsonArray(live) || !isJsonArray(applied)) return applied
  const there = live.map((item) => ({ step: stepOf(item, shape), item }))
  const wanted = new Map(applied.map((item) => [stepOf(item, shape), item]))
  const rest = [...there]
  const merged: Json[] = []
  for (const [step, item] of wanted) {
    const at = rest.findIndex((one) => one.step === step)
    // Elements that only the live list has keep their place before what followed them.
    if (at >= 0) {
      for (const { step: other, item: own } of rest.splice(0, at)) if (!wanted.has(other)) merged.push(own)
      rest.shift()
    }
    const old = there.find((one) => one.step === step)?.item
    merged.push(merge(old, item, shape.item, depth + 1))
  }
  for (const { step, item } of rest) if (!wanted.has(step)) merged.push(item)
  return merged
}

/** Takes away what is in `gone`, except where something inside is in `kept`. */
export function remove(value: Json, type: TypeOf, sets: { readonly gone: FieldSet; readonly kept: FieldSet }, path: readonly string[] = []): Json {
  const shape = shapeOf(value, type)
  if (path.length > deepest || !touches(sets.gone, path)) return value
  const goes = (step: string): boolean => includes(sets.gone, [...path, step]) && !touches(sets.kept, [...path, step])
  if (shape.kind === 'map' && isJsonObject(value)) {
    const left: { [key: string]: Json } = {}
    for (const [key, item] of Object.entries(value)) {
      if (goes(`f:${key}`)) continue
      setOwn(left, key, remove(item, shape.field(key).type, sets, [...path, `f:${key}`]))
    }
    return left
  }
  if (shape.kind === 'list' && isJsonArray(value)) {
    return value.flatMap((item) => {
      const step = stepOf(item, shape)
      return goes(step) ? [] : [remove(item, shape.item, sets, [...path, step])]
    })
  }
  return value
}
