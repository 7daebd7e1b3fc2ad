import { objectAt, objectsAt, textAt, textsAt } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject, jsonEqual, ownValue, valueAt } from '../../core/json.ts'
import type { FieldError } from '../../kube/field-error.ts'
import { required } from '../../kube/field-error.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Schema } from '../../kube/schema.ts'
import type { StructuralSchema, StructuralSchemaOptions } from '../../kube/structural-schema/structural-schema.ts'
import { checkStructural, compileStructuralSchema } from '../../kube/structural-schema/structural-schema.ts'
import { validateCreate, validateUpdate } from '../../kube/validation/validation.ts'
import type { PrinterColumn, ServedSubresource, ServedType } from '../served-type.ts'
import { verbs } from '../served-type.ts'

/** Lets everything through: for a definition whose schema does not compile, which kube-apiserver would not have stored. */
const openSchema: StructuralSchema = {
  prune: (object) => ({ object, unknown: [], mismatch: undefined }),
  applyDefaults: (object) => object,
  validate: () => [],
}

/** The served versions of a CustomResourceDefinition. */
/** What schemas of custom resources need from outside. */
export type CustomTypeParts = StructuralSchemaOptions

export function customTypes(crd: KubeObject, parts: CustomTypeParts): readonly ServedType[] {
  const spec = objectAt(crd, 'spec')
  return objectsAt(spec, 'versions')
    .filter((version) => version['served'] === true)
    .map((version) => customType(spec, version, parts))
}

function customType(spec: JsonObject, version: JsonObject, parts: CustomTypeParts): ServedType {
  const names = objectAt(spec, 'names')
  const group = textAt(spec, 'group')
  const [name, kind, resource] = [textAt(version, 'name'), textAt(names, 'kind'), textAt(names, 'plural')]
  const declared = valueAt(version, ['schema', 'openAPIV3Schema'])
  const schema = (isJsonObject(declared) ? declared : { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }) as Schema
  const compiled = compileStructuralSchema(schema, parts)
  const structural = compiled.ok ? compiled.value : openSchema
  const subresources = objectAt(version, 'subresources')
  const scale = ownValue(subresources, 'scale')
  const apiVersion = `${group}/${name}`
  const storageVersion = textAt(objectsAt(spec, 'versions').find((one) => one['storage'] === true) ?? version, 'name')
  const namespaced = spec['scope'] !== 'Cluster'
  const hasStatus = Object.hasOwn(subresources, 'status')
  const validate = (object: KubeObject, old: KubeObject | undefined): readonly FieldError[] => [
    ...(old === undefined ? validateCreate(object) : validateUpdate(object, old)),
    ...structural.validate(object, old),
  ]
  return {
    group,
    version: name,
    resource,
    singular: textAt(names, 'singular') || kind.toLowerCase(),
    kind,
    listKind: textAt(names, 'listKind') || `${kind}List`,
    namespaced,
    shortNames: textsAt(names, 'shortNames'),
    categories: textsAt(names, 'categories'),
    verbs,
    subresources: [
      ...(isJsonObject(scale) ? [subresource('scale', 'Scale', 'autoscaling', 'v1')] : []),
      ...(hasStatus ? [subresource('status', kind, group, name)] : []),
    ],
    storage: { group, resource },
    custom: true,
    columns: columnsOf(version),
    schema: { schema, definitions: {} },
    ...(isJsonObject(scale) ? { scale: scalePaths(scale) } : {}),
    countsGenerations: true,
    decode: (object) => structural.prune(object),
    applyDefaults: (object) => structural.applyDefaults(object),
    toStorage: (object) => ({ ...object, apiVersion: `${group}/${storageVersion}` }),
    fromStorage: (object) => (object.apiVersion === apiVersion ? object : { ...object, apiVersion }),
    validateCreate: (object) => validate(object, undefined),
    validateUpdate: (object, old) => validate(object, old),
    warnings: () =>
      version['deprecated'] === true ? [textAt(version, 'deprecationWarning') || `${apiVersion} ${kind} is deprecated`] : [],
  }
}

const subresource = (name: string, kind: string, group: string, version: string): ServedSubresource => ({
  name,
  kind,
  group,
  version,
  verbs: ['get', 'patch', 'update'],
})

function scalePaths(scale: JsonObject): NonNullable<ServedType['scale']> {
  const labelSelectorPath = textAt(scale, 'labelSelectorPath')
  return {
    specReplicasPath: textAt(scale, 'specReplicasPath'),
    statusReplicasPath: textAt(scale, 'statusReplicasPath'),
    ...(labelSelectorPath === '' ? {} : { labelSelectorPath }),
  }
}

const columnsOf = (version: JsonObject): readonly PrinterColumn[] =>
  objectsAt(version, 'additionalPrinterColumns').map((column) => ({
    name: textAt(column, 'name'),
    type: textAt(column, 'type'),
    jsonPath: textAt(column, 'jsonPath'),
    ...(textAt(column, 'format') === '' ? {} : { format: textAt(column, 'format') }),
    ...(textAt(column, 'description') === '' ? {} : { description: textAt(column, 'description') }),
    ...(typeof column['priority'] === 'number' ? { priority: column['priority'] } : {}),
  }))

/** What is wrong with the schemas of a definition: where all versions have the same one it is spoken of as one. */
export function schemaErrors(crd: KubeObject, parts: CustomTypeParts): readonly FieldError[] {
  const versions = objectsAt(objectAt(crd, 'spec'), 'versions')
  const schemas = versions.map((version) => valueAt(version, ['schema', 'openAPIV3Schema']))
  const [first] = schemas
  const options = parts.compileRule === undefined ? {} : { compileRule: parts.compileRule }
  if (isJsonObject(first) && schemas.every((schema) => schema !== undefined && jsonEqual(schema, first)))
    return checkStructural(first as Schema, 'spec.validation.openAPIV3Schema', options)
  return schemas.flatMap((schema, i) => {
    const path = `spec.versions[${i}].schema.openAPIV3Schema`
    return isJsonObject(schema) ? checkStructural(schema as Schema, path, options) : [required(path, 'schemas are required')]
  })
}
