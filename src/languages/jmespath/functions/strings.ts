import { jmesFunction } from '../function.ts'

export const stringFunctions = [
  jmesFunction('starts_with', ['string', 'string'], 'boolean', {
    doc: 'Whether the first string begins with the second.',
    examples: [["starts_with('nginx:1.2', 'nginx')", true]],
    evaluate: ([text, prefix]) => text.startsWith(prefix),
  }),
  jmesFunction('ends_with', ['string', 'string'], 'boolean', {
    doc: 'Whether the first string ends with the second.',
    examples: [["ends_with('nginx:latest', ':latest')", true]],
    evaluate: ([text, suffix]) => text.endsWith(suffix),
  }),
  jmesFunction('join', ['string', 'strings'], 'string', {
    doc: 'The strings of a list with the first argument between them.',
    examples: [["join(', ', ['a', 'b'])", 'a, b']],
    evaluate: ([separator, list]) => list.join(separator),
  }),
]
