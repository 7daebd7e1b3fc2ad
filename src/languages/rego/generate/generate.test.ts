import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inputs, modules } from '../random-modules.ts'
import type { BackEnd, RegoValue } from '../rego.ts'
import { compileRego, errorText, toJson } from '../rego.ts'

function outcomeOf(text: string, backEnd: BackEnd, input: RegoValue): unknown {
  const program = compileRego([{ name: 'test.rego', text }], { regoVersion: 1, backEnd })
  if (!program.ok) return 'refused'
  const result = program.value.rule(['t']).evaluate(input, { steps: 100_000 })
  return result.ok ? toJson(result.value ?? null) : errorText(result.error)
}

test('closures and generated code agree', () => {
  let accepted = 0
  fc.assert(
    fc.property(modules, inputs, (text, input) => {
      const expected = outcomeOf(text, 'closures', input)
      if (expected !== 'refused') accepted += 1
      expect(outcomeOf(text, 'javascript', input)).toEqual(expected)
      expect(outcomeOf(text, 'adaptive', input)).toEqual(expected)
    }),
    { numRuns: 150 },
  )
  // Some modules are refused; most are not.
  expect(accepted).toBeGreaterThan(20)
})

test('rules become code when they are called often', () => {
  const text = 'package t\n\np contains x if { some v in input.xs; x := f(v) }\n\nf(v) := v + 1\n'
  const program = compileRego([{ name: 'test.rego', text }], { regoVersion: 1 })
  const rule = program.ok ? program.value.rule(['t', 'p']) : undefined
  for (let run = 0; run < 200; run += 1) {
    const result = rule?.evaluate({ xs: [run] })
    expect(result?.ok === true && toJson(result.value ?? null)).toEqual([run + 1])
  }
})

test('user text cannot leave its string in the code', () => {
  const key = '"]; throw new Error("out"); //\u2028`${1}'
  const text = `package t\n\np := input[${JSON.stringify(key)}]\n\nq if { input.a == ${JSON.stringify(key)} }\n`
  expect(outcomeOf(text, 'javascript', { [key]: 1, a: key })).toEqual({ p: 1, q: true })
})
