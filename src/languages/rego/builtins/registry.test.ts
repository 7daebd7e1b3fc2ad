import fc from 'fast-check'
import { expect, test } from 'vitest'
import { numberFromText } from '../values/number.ts'
import { objectOf, setOf } from '../values/value.ts'
import type { RegoValue } from '../values/value.ts'
import { createContext, createRegexes } from './context.ts'
import { BuiltinError } from './contract.ts'
import type { RegoType } from './contract.ts'
import { parameterNames } from './parameter-names.ts'
import { builtins } from './registry.ts'

const regexes = createRegexes()
const limits = { elements: 1000, textLength: 10_000, depth: 64 }

const text = fc.oneof(
  fc.constantFrom('', 'a', 'é😀', '%v %d', '[a-z]+', '{a,*}', '1.5', '2024-01-01T00:00:00Z', '10.0.0.0/8', 'a/b', '{"a": [1]}', '\ud800'),
  fc.string({ maxLength: 8 }),
)
const numbers = fc.oneof(
  fc.integer({ min: -4, max: 20 }),
  fc.constantFrom('1.0', '0.5', '1e3', '123456789012345678901234567890', '-0').map(numberFromText),
)
const scalar: fc.Arbitrary<RegoValue> = fc.oneof(fc.constantFrom<RegoValue>(null, true, false), numbers, text)
const { value: anyValue } = fc.letrec<{ value: RegoValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(tie('value'), { maxLength: 3 }).map(setOf),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 3 }).map(objectOf),
    fc.dictionary(text, tie('value'), { maxKeys: 3 }),
  ),
}))

/** Values that mostly are of the type. */
function valueOf(type: RegoType): fc.Arbitrary<RegoValue> {
  switch (type.kind) {
    case 'string':
      return text
    case 'number':
      return numbers
    case 'array':
      return type.rest === undefined ? fc.tuple(...type.items.map(valueOf)) : fc.array(valueOf(type.rest), { maxLength: 3 })
    case 'set':
      return fc.array(valueOf(type.of), { maxLength: 3 }).map(setOf)
    case 'union':
      return fc.oneof(...type.of.map(valueOf))
    case 'object':
      return fc.dictionary(text, type.rest === undefined ? anyValue : valueOf(type.rest.value), { maxKeys: 3 })
    default:
      return anyValue
  }
}

const outcomeOf = (name: string, args: readonly RegoValue[]): unknown => {
  const builtin = builtins.get(name)
  const context = createContext({ now: 1n, regexes, limits })
  if (builtin === undefined) return undefined
  if (builtin.relation !== true) return builtin.evaluate(args, context)
  const values: RegoValue[] = []
  return builtin.visit(args, context, (value) => values.push(value) < 1000) ?? values
}

// Keys are costly to make and to check; their groups have tests of their own.
const cheap = [...builtins.values()].filter(({ name }) => !/^(io\.jwt|crypto\.x509|crypto\.parse)/.test(name))

test.each(cheap)('$name has a value or an error for all arguments', ({ name, parameters }) => {
  const args = fc.tuple(...parameters.map((type) => fc.oneof({ weight: 4, arbitrary: valueOf(type) }, { weight: 1, arbitrary: anyValue })))
  fc.assert(
    fc.property(args, (values) => {
      const outcome = outcomeOf(name, values)
      if (outcome instanceof BuiltinError) expect(outcome.message.startsWith(`${name}: `) || outcome.halts).toBe(true)
    }),
    { numRuns: 40 },
  )
})

test.each(cheap.filter(({ parameters }) => parameters.some(({ kind }) => kind === 'string' || kind === 'number')))(
  '$name refuses an operand of another type',
  ({ name, parameters }) => {
    const at = parameters.findIndex(({ kind }) => kind === 'string' || kind === 'number')
    const args = parameters.map((type, index) =>
      index === at ? setOf([]) : fc.sample(valueOf(type), { numRuns: 1, seed: 7 })[0],
    ) as RegoValue[]
    const outcome = outcomeOf(name, args)
    // Most questions whether something is valid have an answer for everything.
    if (!name.endsWith('is_valid') || outcome !== false) expect(outcome === undefined || outcome instanceof BuiltinError).toBe(true)
  },
)

test('names of parameters are those of declared built-ins', () => {
  for (const builtin of builtins.values()) {
    const names = parameterNames[builtin.name]
    if (names !== undefined) expect([builtin.name, names.length]).toEqual([builtin.name, builtin.parameters.length + 1])
  }
})

test('every infix operator has one built-in', () => {
  const infix = [...builtins.values()].flatMap((builtin) =>
    builtin.infix === undefined ? [] : [`${builtin.infix}/${builtin.parameters.length}`],
  )
  expect(new Set(infix).size).toBe(infix.length)
})
