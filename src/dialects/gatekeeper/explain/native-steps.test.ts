import { expect, test } from 'vitest'
import type { Json } from '../../../core/json.ts'
import type { ExplainedStep } from '../../../policy/explain.ts'
import { gatekeeper } from '../dialect.ts'
import { constraint, factsOf, fileRequest, manifestOf, pod, template } from '../testbed.ts'

/** The steps of the rules, with the texts that their places hold. */
function explained(source: Json) {
  const code = [{ engine: 'K8sNativeValidation', source }]
  const { policies } = gatekeeper.compile([template({ code }), constraint()].map(manifestOf))
  const all = policies.flatMap((policy) => policy.explain?.(fileRequest(pod()), factsOf()) ?? []).flatMap(({ children }) => children)
  const shown = ({ text, outcome, detail, values, place }: ExplainedStep) => ({
    text,
    outcome,
    detail,
    values: values.map(({ name, value }) => `${name} = ${JSON.stringify(value)}`),
    at: place?.source.text.slice(place.span.start, place.span.end),
  })
  return all.filter(({ text }) => /^(validation|match condition) /.test(text)).map(shown)
}

test('validations are shown with what they say and the variables that they mention', () => {
  const variables = [
    { name: 'count', expression: 'size(object.metadata)' },
    { name: 'unused', expression: '1' },
  ]
  const validations = [
    { expression: ' variables.count == 2 || variables.unused == 2' },
    { expression: 'variables.count > 5', messageExpression: "'only ' + string(variables.count)" },
    { expression: 'object.none == 1' },
  ]
  expect(explained({ variables, validations })).toEqual([
    {
      text: 'validation variables.count == 2 || variables.unused == 2',
      outcome: 'holds',
      detail: undefined,
      values: ['variables.count = 2'],
      at: '"expression"',
    },
    {
      text: 'validation variables.count > 5',
      outcome: 'fails',
      detail: 'violation: only 2',
      values: ['variables.count = 2'],
      at: '"expression"',
    },
    {
      text: 'validation object.none == 1',
      outcome: 'error',
      detail: "expression 'object.none == 1' resulted in error: no such key: none",
      values: [],
      at: '"expression"',
    },
  ])
})

test('behind a match condition that does not hold there is nothing', () => {
  const source = { matchCondition: [{ name: 'a', expression: "object.kind == 'Service'" }], validations: [{ expression: 'false' }] }
  expect(explained(source)).toMatchObject([{ text: "match condition object.kind == 'Service'", outcome: 'fails' }])
})
