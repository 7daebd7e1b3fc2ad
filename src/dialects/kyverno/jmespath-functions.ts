import type { JmesFunctionTable } from '../../languages/jmespath/jmespath.ts'
import { functionTable, standardFunctions } from '../../languages/jmespath/jmespath.ts'
import { arithmeticFunctions } from './jmespath-functions/arithmetic.ts'
import { certificateFunctions } from './jmespath-functions/certificates.ts'
import { collectionFunctions } from './jmespath-functions/collections.ts'
import { encodingFunctions } from './jmespath-functions/encoding.ts'
import { imageFunctions } from './jmespath-functions/images.ts'
import { randomFunctions } from './jmespath-functions/random.ts'
import { stringFunctions } from './jmespath-functions/strings.ts'
import { timeFunctions } from './jmespath-functions/time.ts'

/** What Kyverno adds to JMESPath. */
export const kyvernoOwnFunctions = [
  ...stringFunctions,
  ...arithmeticFunctions,
  ...collectionFunctions,
  ...encodingFunctions,
  ...timeFunctions,
  ...imageFunctions,
  ...randomFunctions,
  ...certificateFunctions,
]

/** The functions of Kyverno's policies: the specification's, with Kyverno's own, whose `sum` replaces the standard one. */
export const kyvernoFunctions: JmesFunctionTable = functionTable([...standardFunctions, ...kyvernoOwnFunctions])
