import type { GatorTools } from '../../policy/gator.ts'
import { openClient } from './gator/client.ts'
import { expandAll } from './gator/expand.ts'
import { isConstraintObject, isTemplateObject, enginesOf } from './gator/objects.ts'
import { checkSync } from './gator/sync.ts'
import { suiteIn } from './gator/verify.ts'

/** What the commands of `kanon gator` are made of. */
export const gatorTools: GatorTools = {
  open: openClient,
  expand: expandAll,
  isTemplate: ({ value }) => isTemplateObject(value),
  isConstraint: ({ value }) => isConstraintObject(value),
  hasEngine: ({ value }, engine) => enginesOf(value).has(engine),
  checkSync,
  suite: suiteIn,
}
