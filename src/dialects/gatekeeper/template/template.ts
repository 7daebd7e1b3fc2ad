import type { Diagnostic } from '../../../core/diagnostic.ts'
import { objectField, objectsField, stringField, stringsField } from '../../../core/fields.ts'
import { formatValue } from '../../../core/go-format.ts'
import type { Json, JsonObject, JsonPath } from '../../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../../core/json.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import { jsonTypeOf } from '../../../kube/decode/go-types.ts'
import { fieldErrorsText } from '../../../kube/field-error.ts'
import type { Manifest } from '../../../kube/manifest.ts'
import { nameOf } from '../../../kube/object.ts'
import type { Schema } from '../../../kube/schema.ts'
import { compileStructuralSchema } from '../../../kube/structural-schema/structural-schema.ts'
import type { StructuralSchema, StructuralSchemaOptions } from '../../../kube/structural-schema/structural-schema.ts'
import { locateInside } from '../../../kube/yaml/yaml.ts'
import { goType } from '../mutation/walk.ts'
import { problemAt } from '../read.ts'
import { namesErrors } from './names.ts'
import type { NativeProgram } from './native/program.ts'
import { compileNative } from './native/program.ts'
import type { NativeSource } from './native/source.ts'
import { readNativeSource } from './native/source.ts'
import type { RegoProblem, RegoSource } from './modules.ts'
import type { RegoFeatures, TemplateProgram } from './program.ts'
import { compileProgram } from './program.ts'
import { checkSchema, constraintSchema, misreadItems, parametersSchema, schemaPath, validationOf } from './schema.ts'

/** The only target there is. */
export const targetName = 'admission.k8s.gatekeeper.sh'

/** What a template says of its constraints, whatever language its rules are in. */
export interface TemplateHead {
  readonly manifest: Manifest
  /** Of the constraints. */
  readonly kind: string
  readonly schema: Schema
}

export interface Template extends TemplateHead {
  readonly constraints: StructuralSchema
  readonly program: TemplateProgram | NativeProgram
  /** The rules ask for the Namespace of the object. */
  readonly usesNamespace: boolean
  /** Where the source in CEL is, if that is what is evaluated. */
  readonly celPath: JsonPath | undefined
  /** Where the Rego is; undefined where there is none, or it is not evaluated. */
  readonly rego: PlacedSource | undefined
  /** What the webhook asks it about; undefined is everything. */
  readonly operations: ReadonlySet<string> | undefined
}

export const kindOfTemplate = (template: JsonObject): string =>
  stringField(objectField(objectField(objectField(objectField(template, 'spec'), 'crd'), 'spec'), 'names'), 'kind') ?? ''

const kindPath: JsonPath = ['spec', 'crd', 'spec', 'names', 'kind']
const regoCode = 'template-rego'

type Problems = readonly Diagnostic[]

/** Schemas are checked once for as long as the manifest lives: whoever looks after a cluster asks again and again. */
const knownHeads = new WeakMap<Manifest, Result<TemplateHead, Problems>>()

/** What defines the kind of the constraints. Wrong is what upstream refuses when it makes the CustomResourceDefinition. */
export function readHead(manifest: Manifest): Result<TemplateHead, Problems> {
  const known = knownHeads.get(manifest)
  if (known !== undefined) return known
  const head = newHead(manifest)
  knownHeads.set(manifest, head)
  return head
}

function newHead(manifest: Manifest): Result<TemplateHead, Problems> {
  const { object } = manifest
  const name = nameOf(object)
  const kind = kindOfTemplate(object)
  const refuse = (path: JsonPath, message: string): Result<never, Problems> =>
    err([problemAt(manifest, path, { code: 'invalid-template', message: `invalid ConstraintTemplate: ${message}` })])
  const targets = targetsOf(object)
  const [target] = targets
  if (target === undefined || targets.length !== 1) return refuse(['spec', 'targets'], 'must declare exactly one target')
  const named = stringField(target, 'target') ?? ''
  if (named === '') return refuse(['spec', 'targets', 0, 'target'], 'target name must not be empty')
  if (kind === '') return refuse(kindPath, `ConstraintTemplate "${name}" does not specify CRD Kind`)
  if (name !== kind.toLowerCase())
    return refuse(
      ['metadata', 'name'],
      `the ConstraintTemplate's name "${name}" is not equal to the lowercase of CRD's Kind: "${kind.toLowerCase()}"`,
    )
  if (named !== targetName)
    return refuse(['spec', 'targets', 0, 'target'], `target "${named}" not recognized, known targets [${targetName}]`)
  const written = ownValue(validationOf(object) ?? {}, 'openAPIV3Schema') ?? null
  if (written !== null && !isJsonObject(written)) return refuse(schemaPath, misread(written))
  const schema = constraintSchema(parametersSchema(object, object.apiVersion))
  const wrongNames = namesErrors(kind)
  const wrong = [...wrongNames, ...checkSchema(schema)]
  return wrong.length === 0 ? ok({ manifest, kind, schema }) : refuse(wrongNames.length > 0 ? kindPath : schemaPath, fieldErrorsText(wrong))
}

/** As Go's decoder says it. */
function misread(value: Json): string {
  return `json: cannot unmarshal ${jsonTypeOf(value)} into Go struct field Validation.spec.crd.spec.validation.openAPIV3Schema of type v1.JSONSchemaProps`
}

const targetsOf = (template: JsonObject): readonly JsonObject[] => objectsField(objectField(template, 'spec'), 'targets') ?? []

/** What may be chosen about templates. */
export interface TemplateOptions {
  /** Whether CEL is evaluated, and preferred over Rego. */
  readonly nativeValidation: boolean
  /** What Rego may call; everything but `print` where it is not said. */
  readonly rego?: RegoFeatures
  /** How constraints are held against the schema, but for what compiles rules. */
  readonly schema?: Pick<StructuralSchemaOptions, 'keepsNulls' | 'floats'>
}

/** As upstream's programs are without options. */
export const upstreamOptions: TemplateOptions = { nativeValidation: true }

export function compileTemplate(manifest: Manifest, options: TemplateOptions = upstreamOptions): Result<Template, Problems> {
  const head = readHead(manifest)
  if (!head.ok) return head
  const constraints = compileStructuralSchema(head.value.schema, { keepsNulls: true, ...options.schema })
  if (!constraints.ok)
    return err([problemAt(manifest, schemaPath, { code: 'invalid-template', message: fieldErrorsText(constraints.error) })])
  const base = { ...head.value, constraints: constraints.value, operations: operationsOf(manifest.object) }
  const native = options.nativeValidation ? nativeEntry(manifest.object) : undefined
  if (native !== undefined) {
    const read = readNative(manifest, native)
    return read.ok
      ? ok({
          ...base,
          program: compileNative(read.value),
          usesNamespace: mentionsNamespace(native.written),
          celPath: native.path,
          rego: undefined,
        })
      : read
  }
  const code = readRego(manifest, options)
  if (!code.ok) return code
  const { source, path } = code.value
  const program = compileProgram(source, options.rego)
  if (!program.ok) return err(program.error.map((problem) => regoProblem(manifest, path, source, problem)))
  const usesNamespace = [source.rego, ...source.libs].some((text) => text.includes('namespaceObject'))
  return ok({ ...base, program: program.value, usesNamespace, celPath: undefined, rego: code.value })
}

function operationsOf(template: JsonObject): ReadonlySet<string> | undefined {
  const operations = stringsField(targetsOf(template)[0], 'operations') ?? []
  return operations.length === 0 || operations.includes('*') ? undefined : new Set(operations)
}

export interface PlacedSource {
  readonly source: RegoSource
  /** Of what holds `rego` and `libs`. */
  readonly path: JsonPath
}

interface NativeEntry {
  /** What stands as its source. */
  readonly written: Json
  readonly path: JsonPath
}

/** The first entry of `code` in CEL. */
function nativeEntry(template: JsonObject): NativeEntry | undefined {
  const entries = objectsField(targetsOf(template)[0], 'code') ?? []
  const index = entries.findIndex((entry) => stringField(entry, 'engine') === 'K8sNativeValidation')
  const entry = entries[index]
  if (entry === undefined) return undefined
  return { written: ownValue(entry, 'source') ?? null, path: ['spec', 'targets', 0, 'code', index, 'source'] }
}

function readNative(manifest: Manifest, { written, path }: NativeEntry): Result<NativeSource, Problems> {
  const read = readNativeSource(written)
  if (read.ok) return read
  const { message, path: inside } = read.error
  return err([problemAt(manifest, [...path, ...inside], { code: 'template-cel', message })])
}

const mentionsNamespace = (written: Json): boolean => JSON.stringify(written).includes('namespaceObject')

/** The Rego of the target itself comes before that of an entry of `code`. */
function readRego(manifest: Manifest, { nativeValidation }: TemplateOptions): Result<PlacedSource, Problems> {
  const target = targetsOf(manifest.object)[0]
  const path: JsonPath = ['spec', 'targets', 0]
  const refuse = (message: string, at: JsonPath): Result<never, Problems> => err([problemAt(manifest, at, { code: regoCode, message })])
  const own = stringField(target, 'rego') ?? ''
  if (own !== '') return ok({ source: { version: 0, rego: own, libs: stringsField(target, 'libs') ?? [] }, path })
  const entries = objectsField(target, 'code') ?? []
  const index = entries.findLastIndex((entry) => stringField(entry, 'engine') === 'Rego')
  if (index < 0) {
    const drivers = nativeValidation ? 'K8sNativeValidation:1 Rego:2' : 'Rego:1'
    const wanted = `available drivers: map[${drivers}], wanted ""`
    return refuse(`no language driver is installed that handles this constraint template: ${wanted}`, path)
  }
  const at = [...path, 'code', index, 'source']
  const entry = entries[index]
  const source = objectField(entry, 'source')
  const mismatch = sourceMismatch(ownValue(entry ?? {}, 'source') ?? null)
  if (mismatch !== undefined) return refuse(mismatch, at)
  const rego = stringField(source, 'rego') ?? ''
  if (rego === '') return refuse('rego source missing required field: rego', at)
  const version = stringField(source, 'version') === 'v1' ? 1 : 0
  return ok({ source: { version, rego, libs: stringsField(source, 'libs') ?? [] }, path: at })
}

/** A source that is no map of texts, as upstream says it; what is missing is told of elsewhere. */
function sourceMismatch(source: Json): string | undefined {
  if (source === null) return undefined
  if (!isJsonObject(source)) return 'could not recognize the type'
  const [rego, libs] = [ownValue(source, 'rego'), ownValue(source, 'libs')]
  const found = (value: Json): string => `${formatValue(value)} is of the type ${typeof value === 'number' ? 'float64' : goType(value)}`
  if (rego !== undefined && typeof rego !== 'string')
    return `.rego accessor error: ${found(rego)}, expected string: while extracting Rego source`
  if (libs !== undefined && !isJsonArray(libs))
    return `.libs accessor error: ${found(libs)}, expected []interface{}: while extracting Rego libs`
  return undefined
}

function regoProblem(manifest: Manifest, path: JsonPath, source: RegoSource, { message, source: of, span }: RegoProblem): Diagnostic {
  const at = of === 'rego' ? [...path, 'rego'] : [...path, 'libs', of]
  const problem = problemAt(manifest, at, { code: regoCode, message })
  const text = of === 'rego' ? source.rego : (source.libs[of] ?? '')
  return span === undefined ? problem : { ...problem, span: locateInside(manifest.document, at, text, span) }
}

/** What upstream takes without a word, and most likely means something else. */
export function templateWarnings(manifest: Manifest, options: TemplateOptions = upstreamOptions): Problems {
  return [...schemaWarnings(manifest), ...(options.nativeValidation ? nativeWarnings(manifest) : [])]
}

/** Expressions that do not compile: constraints of the template fail on every object. */
function nativeWarnings(manifest: Manifest): Problems {
  const entry = nativeEntry(manifest.object)
  const source = entry === undefined ? undefined : readNativeSource(entry.written)
  if (entry === undefined || source?.ok !== true) return []
  return compileNative(source.value).problems.map(({ message, path, text, span }) => {
    const at = [...entry.path, ...path]
    const problem = problemAt(manifest, at, { code: 'template-cel', message, severity: 'warning' })
    return span === undefined ? problem : { ...problem, span: locateInside(manifest.document, at, text, span) }
  })
}

function schemaWarnings(manifest: Manifest): Problems {
  const written: Json | undefined = ownValue(manifest.object, 'spec')
  const validation = isJsonObject(written) ? objectField(objectField(objectField(manifest.object, 'spec'), 'crd'), 'spec') : undefined
  if (!misreadItems(ownValue(objectField(validation, 'validation') ?? {}, 'openAPIV3Schema'))) return []
  const message = 'the schema has `items` that is no schema: elements of the list may be anything'
  return [problemAt(manifest, schemaPath, { code: 'template-schema', message, severity: 'warning' })]
}
