import type { JmesFunction } from './function.ts'
import { arrayFunctions } from './functions/arrays.ts'
import { numberFunctions } from './functions/numbers.ts'
import { objectFunctions } from './functions/objects.ts'
import { stringFunctions } from './functions/strings.ts'
import { typeFunctions } from './functions/types.ts'

/** What the JMESPath specification defines. Dialects add their own with `functionTable`. */
export const standardFunctions: readonly JmesFunction[] = [
  ...stringFunctions,
  ...numberFunctions,
  ...arrayFunctions,
  ...objectFunctions,
  ...typeFunctions,
]
