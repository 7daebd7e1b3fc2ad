import type { JsonPath } from '../../../core/json.ts'
import type { Manifest } from '../../../kube/manifest.ts'
import type { ExplainedStep } from '../../../policy/explain.ts'
import type { NativeAttempt } from '../template/native/program.ts'
import { placeIn } from './match.ts'

/** Each match condition and validation of a template in CEL, with the variables that it mentions. `path` is that of the source. */
export const nativeSteps = (manifest: Manifest, path: JsonPath, attempts: readonly NativeAttempt[]): readonly ExplainedStep[] =>
  attempts.map((attempt) => {
    const { outcome, message } = attempt
    const what = attempt.path[0] === 'validations' ? 'validation' : 'match condition'
    const detail = typeof outcome === 'object' ? outcome.error : message === '' ? undefined : `violation: ${message}`
    return {
      text: `${what} ${attempt.text}`,
      outcome: typeof outcome === 'object' ? 'error' : outcome ? 'holds' : 'fails',
      ...(detail === undefined ? {} : { detail }),
      place: placeIn(manifest, [...path, ...attempt.path]),
      values: attempt.values,
      children: [],
    }
  })
