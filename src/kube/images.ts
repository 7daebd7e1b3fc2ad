import { printJsonPointer } from '../core/json-pointer.ts'
import { isJsonArray, isJsonObject, ownValue, setOwn } from '../core/json.ts'
import type { Json, JsonObject } from '../core/json.ts'
import { err, ok } from '../core/result.ts'
import type { Result } from '../core/result.ts'
import { imageDefaults, parseImageReference } from './image-reference.ts'
import type { ImageDefaults, ImageReference } from './image-reference.ts'
import { podPaths } from './pod-template.ts'

export interface ExtractedImage extends ImageReference {
  /** Where the text of the image stands: `/spec/containers/0/image`. */
  readonly jsonPointer: string
}

/** Images by list (`containers`, `initContainers`, `ephemeralContainers`, or a custom group) and by the container's name. */
export type Images = ReadonlyMap<string, ReadonlyMap<string, ExtractedImage>>

/** Where images of a kind are. */
export interface ImageExtractor {
  readonly group: string
  /** Keys from the root of the object; `*` is every element of a list or map. */
  readonly steps: readonly string[]
  /** The field that names an image; '' for its JSON pointer. */
  readonly key: string
  /** The field that holds the text of the image. */
  readonly value: string
  /** Makes the image out of the field's text. */
  readonly transform: ((text: string) => Result<string, string>) | undefined
}

/** Extractors of a kind, in the place of the built-in ones. */
export type ImageExtractors = ReadonlyMap<string, readonly ImageExtractor[]>

/** Compiles `jmesPath` of an extractor. */
export type CompileTransform = (expression: string) => Result<(text: string) => Result<string, string>, string>

/** Compiles `imageExtractors`: `{Kind: [{path, value?, key?, name?, jmesPath?}]}`. */
export function compileImageExtractors(config: Json, compileTransform: CompileTransform): Result<ImageExtractors, string> {
  if (config === null) return ok(new Map())
  if (!isJsonObject(config)) return err('imageExtractors must be an object')
  const extractors = new Map<string, readonly ImageExtractor[]>()
  for (const [kind, list] of Object.entries(config)) {
    if (!isJsonArray(list)) return err(`imageExtractors: extractors of ${kind} must be a list`)
    const compiled: ImageExtractor[] = []
    for (const item of list) {
      const extractor = isJsonObject(item) ? compileExtractor(item, compileTransform) : err('an extractor must be an object')
      if (!extractor.ok) return err(`imageExtractors: ${kind}: ${extractor.error}`)
      compiled.push(extractor.value)
    }
    extractors.set(kind, compiled)
  }
  return ok(extractors)
}

function compileExtractor(item: JsonObject, compileTransform: CompileTransform): Result<ImageExtractor, string> {
  const text = (key: string): string => {
    const value = ownValue(item, key)
    return typeof value === 'string' ? value : ''
  }
  const steps = text('path')
    .split('/')
    .map((step) => step.trim())
    .filter((step) => step !== '')
  // Without `value` the last step of the path is the field.
  const value = text('value') === '' ? steps.pop() : text('value')
  if (value === undefined) return err('path must not be empty')
  const transform = text('jmesPath') === '' ? ok(undefined) : compileTransform(text('jmesPath'))
  if (!transform.ok) return transform
  return ok({ group: text('name') === '' ? 'custom' : text('name'), steps, key: text('key'), value, transform: transform.value })
}

const containerLists = ['initContainers', 'containers', 'ephemeralContainers']
const builtInExtractors: ImageExtractors = new Map(
  [...podPaths].map(([kind, path]) => [
    kind,
    containerLists.map((group) => ({ group, steps: [...path, 'spec', group, '*'], key: 'name', value: 'image', transform: undefined })),
  ]),
)

export interface ImageOptions {
  readonly defaults?: ImageDefaults
  readonly extractors?: ImageExtractors
}

/** The images of an object: of Pods, of what makes Pods, and of kinds for which extractors are given. Only the kind's name is looked at. */
export function imagesOf(object: JsonObject, options: ImageOptions = {}): Result<Images, string> {
  const kind = ownValue(object, 'kind')
  if (typeof kind !== 'string') return ok(new Map())
  const given = options.extractors?.get(kind)
  if (given?.length === 0) return err(`no extractors found for ${kind}`)
  const images = new Map<string, ReadonlyMap<string, ExtractedImage>>()
  for (const extractor of given ?? builtInExtractors.get(kind) ?? []) {
    const found = new Map<string, ExtractedImage>()
    const wrong = extract(object, 0, [], { extractor, defaults: options.defaults ?? imageDefaults, found })
    if (wrong !== undefined) return err(wrong)
    if (found.size > 0) images.set(extractor.group, found)
  }
  return ok(images)
}

interface Extraction {
  readonly extractor: ImageExtractor
  readonly defaults: ImageDefaults
  readonly found: Map<string, ExtractedImage>
}

/** Follows the steps from `step` on; the depth is that of the extractor's path. Returns what went wrong. */
function extract(value: Json | undefined, step: number, path: readonly string[], extraction: Extraction): string | undefined {
  if (value === undefined || value === null) return undefined
  const { steps } = extraction.extractor
  if (steps[step] === '*') {
    if (!isJsonArray(value) && !isJsonObject(value)) return 'invalid type'
    for (const [key, item] of Object.entries(value)) {
      const wrong = extract(item, step + 1, [...path, key], extraction)
      if (wrong !== undefined) return wrong
    }
    return undefined
  }
  if (!isJsonObject(value)) return 'invalid image config'
  const next = steps[step]
  return next === undefined ? extractImage(value, path, extraction) : extract(ownValue(value, next), step + 1, [...path, next], extraction)
}

function extractImage(holder: JsonObject, path: readonly string[], { extractor, defaults, found }: Extraction): string | undefined {
  const jsonPointer = printJsonPointer([...path, extractor.value])
  const key = extractor.key === '' ? jsonPointer : ownValue(holder, extractor.key)
  if (typeof key !== 'string') return 'invalid key'
  const text = ownValue(holder, extractor.value)
  if (typeof text !== 'string') return undefined
  const image = extractor.transform === undefined ? ok(text) : extractor.transform(text)
  if (!image.ok) return image.error
  const reference = parseImageReference(image.value, defaults)
  if (!reference.ok) return `invalid image '${image.value}' (${reference.error})`
  found.set(key, { ...reference.value, jsonPointer })
  return undefined
}

/** The `images` variable: absent parts have no key, so that asking for `digest` of an image without one fails as for any missing key. */
export function imagesVariable(images: Images): JsonObject {
  const variable: { [group: string]: Json } = {}
  for (const [group, byName] of images) {
    const list: { [name: string]: Json } = {}
    for (const [name, image] of byName) setOwn(list, name, imageJson(image))
    setOwn(variable, group, list)
  }
  return variable
}

function imageJson({ registry, name, path, tag, digest, reference, referenceWithTag, jsonPointer }: ExtractedImage): JsonObject {
  return {
    ...(registry === '' ? {} : { registry }),
    name,
    path,
    ...(tag === '' ? {} : { tag }),
    ...(digest === '' ? {} : { digest }),
    reference,
    referenceWithTag,
    jsonPointer,
  }
}
