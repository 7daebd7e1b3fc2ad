import { JmesFailure } from '../../../languages/jmespath/jmespath.ts'

/** A failure in upstream's form. */
export const invalid = (name: string, message: string): JmesFailure =>
  new JmesFailure('invalid-value', `JMESPath function '${name}': ${message}`)
