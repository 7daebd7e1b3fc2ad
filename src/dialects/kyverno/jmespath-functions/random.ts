import { compileRegex } from '../../../core/regex.ts'
import { jmesFunction } from '../../../languages/jmespath/jmespath.ts'
import { generate } from './generate-text.ts'
import { invalid } from './problem.ts'

export const randomFunctions = [
  jmesFunction('random', ['string'], 'string', {
    doc: 'A text that the regular expression matches; the same for one request however often it is evaluated.',
    examples: [["length(random('[a-z0-9]{8}'))", 8]],
    evaluate: ([pattern], { random }) => {
      if (pattern === '') return invalid('random', 'Empty pattern was passed')
      const regex = compileRegex(pattern)
      if (!regex.ok) return invalid('random', regex.error)
      return generate(pattern, random) ?? invalid('random', `cannot make a text for ${pattern}`)
    },
  }),
]
