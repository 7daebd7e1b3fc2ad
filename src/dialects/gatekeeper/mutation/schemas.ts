import type { Schema } from '../../../kube/schema.ts'
import { matchSchema } from '../constraint/match-schema.ts'
import type { MutatorKind } from './mutator.ts'

const string: Schema = { type: 'string' }
const strings: Schema = { type: 'array', items: string }
const anything: Schema = { 'x-kubernetes-preserve-unknown-fields': true }
const object = (properties: Readonly<Record<string, Schema>>): Schema => ({ type: 'object', properties })

/** Which objects a mutator or an ExpansionTemplate is for. */
export const applyToSchema: Schema = {
  type: 'array',
  description: 'The kinds of objects this is for: every combination of the groups, versions and kinds of an entry.',
  items: object({
    groups: strings,
    kinds: strings,
    versions: strings,
    operations: { type: 'array', items: { type: 'string', enum: ['CREATE', 'UPDATE', '*'] } },
  }),
}

const location: Schema = {
  type: 'string',
  description:
    'Where the object is changed: names of fields with dots between them, lists with the key of the elements that are meant, as in `spec.containers[name: *].image`.',
}

const pathTests: Schema = {
  type: 'array',
  description: 'What must or must not be there for the object to be changed.',
  items: object({ condition: { type: 'string', enum: ['MustExist', 'MustNotExist'] }, subPath: string }),
}

const externalData: Schema = object({
  dataSource: { type: 'string', enum: ['ValueAtLocation', 'Username'], default: 'ValueAtLocation' },
  default: string,
  failurePolicy: { type: 'string', enum: ['UseDefault', 'Ignore', 'Fail'], default: 'Fail' },
  provider: string,
})

const assign: Schema = object({ externalData, fromMetadata: object({ field: string }), value: anything })

const parameters: Readonly<Record<MutatorKind, Schema>> = {
  Assign: object({ assign, pathTests }),
  AssignMetadata: object({ assign }),
  AssignImage: object({ assignDomain: string, assignPath: string, assignTag: string, pathTests }),
  ModifySet: object({
    operation: { type: 'string', enum: ['merge', 'prune'], default: 'merge' },
    pathTests,
    values: object({ fromList: { type: 'array', items: anything } }),
  }),
}

/** The schema of a mutator, as its CustomResourceDefinition has it. */
export const mutatorSchema = (kind: MutatorKind): Schema =>
  object({
    apiVersion: string,
    kind: string,
    metadata: { type: 'object' },
    spec: object({
      ...(kind === 'AssignMetadata' ? {} : { applyTo: applyToSchema }),
      location,
      match: matchSchema,
      parameters: parameters[kind],
    }),
    status: anything,
  })
