import type { Term } from './ast.ts'

const words: Readonly<Record<Term['kind'], string>> = {
  null: 'null',
  boolean: 'boolean',
  number: 'number',
  string: 'string',
  template: 'templatestring',
  var: 'var',
  ref: 'ref',
  call: 'call',
  array: 'array',
  set: 'set',
  object: 'object',
  'array-comprehension': 'arraycomprehension',
  'set-comprehension': 'setcomprehension',
  'object-comprehension': 'objectcomprehension',
}

/** The kind of a term as OPA's messages name it. */
export function kindInWords(term: Term): string {
  return words[term.kind]
}
