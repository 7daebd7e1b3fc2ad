import { objectAt, objectsAt, textAt } from '../../core/fields.ts'
import { nameOf } from '../../kube/object.ts'
import type { Controller, ControllerContext } from './controller.ts'
import { done, keyOf, writeStatus } from './controller.ts'
import { timestamp } from './fields.ts'
import { flowSchemas, priorityLevels } from './kinds.ts'

/** Says of every flow schema whether its priority level is there. */
export const flowSchemaController = ({ client, clock }: ControllerContext): Controller => ({
  name: 'flow-schema-status',
  kinds: [flowSchemas, priorityLevels],
  keysOf: ({ of, object }) =>
    of.resource === flowSchemas.resource
      ? [keyOf(object)]
      : client
          .list(flowSchemas)
          .filter((schema) => textAt(schema, 'spec', 'priorityLevelConfiguration', 'name') === nameOf(object))
          .map(keyOf),
  reconcile: async ({ name }) => {
    const schema = client.get(flowSchemas, '', name)
    if (schema === undefined) return done
    const level = textAt(schema, 'spec', 'priorityLevelConfiguration', 'name')
    const exists = client.get(priorityLevels, '', level) !== undefined
    const status = exists ? 'False' : 'True'
    const known = objectsAt(schema, 'status', 'conditions').find((condition) => textAt(condition, 'type') === 'Dangling')
    const about = `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(level)}`
    const condition = {
      type: 'Dangling',
      status,
      reason: exists ? 'Found' : 'NotFound',
      message: exists ? `${about} and it exists` : `${about} but there is no such object`,
      lastTransitionTime:
        known !== undefined && textAt(known, 'status') === status ? textAt(known, 'lastTransitionTime') : timestamp(clock.now()),
    }
    const written = await writeStatus(client, flowSchemas, schema, { ...objectAt(schema, 'status'), conditions: [condition] })
    return written.ok || written.error.reason === 'NotFound' ? done : written
  },
})
