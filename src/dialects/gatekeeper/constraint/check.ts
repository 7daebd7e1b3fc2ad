import type { Diagnostic } from '../../../core/diagnostic.ts'
import { objectField } from '../../../core/fields.ts'
import type { Manifest } from '../../../kube/manifest.ts'
import { problemAt } from '../read.ts'
import { checkActions } from './enforcement.ts'

/** What upstream's admission refuses in a constraint, whatever its template. */
export function checkConstraint(manifest: Manifest): readonly Diagnostic[] {
  const message = checkActions(objectField(manifest.object, 'spec'))
  return message === undefined ? [] : [problemAt(manifest, ['spec', 'enforcementAction'], { code: 'invalid-constraint', message })]
}
