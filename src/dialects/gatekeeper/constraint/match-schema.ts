import type { Schema } from '../../../kube/schema.ts'

const glob: Schema = { type: 'string', pattern: '^\\*?[-:a-z0-9]*\\*?$' }
const strings: Schema = { type: 'array', items: { type: 'string' } }

const selector: Schema = {
  type: 'object',
  properties: {
    matchExpressions: {
      type: 'array',
      items: {
        type: 'object',
        properties: { key: { type: 'string' }, operator: { type: 'string' }, values: strings },
        required: ['key', 'operator'],
      },
    },
    matchLabels: { type: 'object', additionalProperties: { type: 'string' } },
  },
  'x-kubernetes-map-type': 'atomic',
}

/** The schema of `spec.match` in constraints. */
export const matchSchema: Schema = {
  type: 'object',
  description: 'Which objects the constraint is for. All criteria must hold; what is not written holds.',
  properties: {
    excludedNamespaces: { type: 'array', items: glob },
    kinds: { type: 'array', items: { type: 'object', properties: { apiGroups: strings, kinds: strings } } },
    labelSelector: selector,
    name: glob,
    namespaceSelector: selector,
    namespaces: { type: 'array', items: glob },
    scope: { type: 'string' },
    source: { type: 'string', enum: ['All', 'Generated', 'Original'] },
  },
}
