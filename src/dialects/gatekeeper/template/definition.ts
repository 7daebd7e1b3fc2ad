import { objectField, stringField, stringsField } from '../../../core/fields.ts'
import type { JsonObject } from '../../../core/json.ts'
import { ownValue } from '../../../core/json.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { nameOf } from '../../../kube/object.ts'
import { constraintColumns } from '../status.ts'
import type { TemplateHead } from './template.ts'

export const constraintGroup = 'constraints.gatekeeper.sh'

/** The CustomResourceDefinition of the constraints of a template. It goes when the template goes. */
export function definitionOf({ manifest, kind, schema }: TemplateHead): KubeObject {
  const plural = kind.toLowerCase()
  const names = objectField(objectField(objectField(objectField(manifest.object, 'spec'), 'crd'), 'spec'), 'names')
  const shortNames = stringsField(names, 'shortNames') ?? []
  const version = (name: string, storage: boolean): JsonObject => ({
    name,
    served: true,
    storage,
    schema: { openAPIV3Schema: schema as JsonObject },
    subresources: { status: {} },
    additionalPrinterColumns: constraintColumns,
  })
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${constraintGroup}`, labels: { 'gatekeeper.sh/constraint': 'yes' }, ...ownerOf(manifest.object) },
    spec: {
      group: constraintGroup,
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: plural,
        categories: ['constraint', 'constraints'],
        ...(shortNames.length === 0 ? {} : { shortNames }),
      },
      scope: 'Cluster',
      versions: [version('v1beta1', true), version('v1alpha1', false)],
    },
  }
}

/** Only an object of a cluster can own another. */
function ownerOf(template: KubeObject): JsonObject {
  const uid = stringField(objectField(template, 'metadata'), 'uid')
  if (uid === undefined || ownValue(template, 'kind') !== 'ConstraintTemplate') return {}
  const owner = {
    apiVersion: template.apiVersion,
    kind: template.kind,
    name: nameOf(template),
    uid,
    controller: true,
    blockOwnerDeletion: true,
  }
  return { ownerReferences: [owner] }
}
