import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import { compileConditions } from './conditions.ts'
import type { ConditionsForm } from './conditions.ts'

const yes = (message?: string): Json => ({ key: 'a', operator: 'Equals', value: 'a', ...(message === undefined ? {} : { message }) })
const no = (message?: string): Json => ({ key: 'a', operator: 'Equals', value: 'b', ...(message === undefined ? {} : { message }) })
const unresolved: Json = { key: '{{ missing }}', operator: 'Equals', value: 'x' }

/** `{{ missing }}` cannot be resolved, every other variable becomes `a`. */
function substitute(value: Json): Result<Json, string> {
  if (value === '{{ missing }}') return err('failed to resolve missing')
  return ok(typeof value === 'string' ? value.replaceAll('{{ a }}', 'a') : value)
}

function evaluate(conditions: Json, form?: ConditionsForm): unknown {
  const compiled = compileConditions(conditions, form)
  return compiled.ok ? compiled.value.evaluate(substitute) : compiled
}

describe('what conditions amount to', () => {
  test.each<[about: string, conditions: Json, result: boolean, message: string]>([
    ['none', {}, true, ''],
    ['null', null, true, ''],
    ['an empty list', [], true, ''],
    ['any that is empty', { any: [] }, false, ''],
    ['any that is null', { any: null }, true, ''],
    ['all that is empty', { all: [] }, true, ''],
    ['any with one that holds', { any: [no(), yes()] }, true, ''],
    ['any with none that holds', { any: [no(), no()] }, false, ''],
    ['all that hold', { all: [yes(), yes()] }, true, ''],
    ['all but one hold', { all: [yes(), no()] }, false, ''],
    ['any holds, all does not', { any: [yes()], all: [no()] }, false, ''],
    ['all holds, any does not', { any: [no()], all: [yes()] }, false, ''],
    ['both hold', { any: [yes()], all: [yes()] }, true, ''],
    ['a list is all', [yes(), no()], false, ''],
    ['a list that holds', [yes(), yes()], true, ''],
    ['blocks, all of which must hold', [{ any: [yes()] }, { all: [no()] }], false, ''],
    ['blocks that hold', [{ any: [yes()] }, { all: [yes()] }], true, ''],
    ['variables in key and value', { all: [{ key: '{{ a }}', operator: 'Equals', value: '{{ a }}' }] }, true, ''],
    ['no key', { any: [{ operator: 'NotEquals', value: 'x' }] }, false, ''],

    ['the message of the one that holds', { any: [no('1'), yes('2'), yes('3')] }, true, '2'],
    ['the messages of any that failed', { any: [no('1'), no('2')] }, false, '1; 2'],
    ['the message of the first of all that fails', { all: [yes('1'), no('2'), no('3')] }, false, '2'],
    ['the messages of all that hold', { all: [yes('1'), yes(), yes('3')] }, true, '1; 3'],
    ['the messages of both parts', { any: [yes('1')], all: [yes('2')] }, true, '1; 2'],
    ['the messages of the part that failed', { any: [yes('1')], all: [no('2')] }, false, '2'],
    ['the messages of both parts that failed', { any: [no('1')], all: [no('2')] }, false, '1; 2'],
    ['the messages of blocks', [{ any: [yes('1')] }, { all: [yes('2')] }], true, '1; 2'],
    ['the message of the block that failed', [{ any: [yes('1')] }, { all: [no('2')] }], false, '2'],
    ['messages have variables', [yes('{{ a }} is a')], true, 'a is a'],
  ])('%s', (_, conditions, result, message) => {
    expect(evaluate(conditions)).toEqual({ result, message })
  })
})

describe('errors', () => {
  test.each<[about: string, conditions: Json, expected: unknown]>([
    ['in a key', [unresolved], { error: 'failed to substitute variables in condition key: failed to resolve missing' }],
    [
      'in a value',
      [{ key: 'a', operator: 'In', value: '{{ missing }}' }],
      { error: 'failed to substitute variables in condition value: failed to resolve missing' },
    ],
    [
      'in a message',
      [{ ...(yes() as object), message: '{{ missing }}' }],
      { error: 'failed to substitute variables in condition message: failed to resolve missing' },
    ],
    ['any stops before it', { any: [yes(), unresolved] }, { result: true, message: '' }],
    [
      'any does not stop before it',
      { any: [no(), unresolved] },
      { error: 'failed to substitute variables in condition key: failed to resolve missing' },
    ],
    ['all stops before it', { all: [no(), unresolved] }, { result: false, message: '' }],
    [
      'all is evaluated even where any fails',
      { any: [no()], all: [unresolved] },
      { error: 'failed to substitute variables in condition key: failed to resolve missing' },
    ],
    ['a block stops before it', [{ any: [no()] }, { all: [unresolved] }], { result: false, message: '' }],
  ])('%s', (_, conditions, expected) => {
    expect(evaluate(conditions)).toEqual(expected)
  })

  test.each<[conditions: Json, error: string]>([
    ['x', 'expected conditions as `any` and `all`, or as a list'],
    [{ some: [] }, 'expected `any` or `all`, found `some`'],
    [{ any: {} }, 'expected `any` to be a list of conditions'],
    [{ all: ['x'] }, 'expected a condition with `key`, `operator` and `value`'],
    [[{ key: 'a', operator: 'Is', value: 'a' }], 'invalid condition operator: Is'],
    [[{ key: 'a' }], 'invalid condition operator: '],
  ])('%j does not compile', (conditions, error) => {
    expect(compileConditions(conditions)).toEqual({ ok: false, error })
  })

  test('a list of blocks is only for attestations and exceptions', () => {
    expect(evaluate([{ any: [yes()] }], 'single')).toEqual({ ok: false, error: 'invalid condition operator: ' })
    expect(evaluate([{ any: [yes()] }], 'list')).toEqual({ result: true, message: '' })
  })
})

test('what has no variables is not substituted', () => {
  const compiled = compileConditions({ all: [{ key: '{{ a }}', operator: 'AnyIn', value: ['a', 'b'], message: 'm' }] })
  const asked: Json[] = []
  if (compiled.ok) {
    compiled.value.evaluate((value, path) => {
      expect(path).toEqual([])
      asked.push(value)
      return ok('a')
    })
  }
  expect(asked).toEqual(['{{ a }}'])
})

test('nothing makes it throw', () => {
  fc.assert(fc.property(fc.jsonValue(), (conditions) => void evaluate(conditions as Json)))
  const condition = fc.record(
    { key: fc.jsonValue(), operator: fc.constantFrom('Equals', 'AnyIn', 'GreaterThan', 'x'), value: fc.jsonValue() },
    { requiredKeys: [] },
  )
  const list = fc.array(condition, { maxLength: 3 })
  fc.assert(
    fc.property(
      fc.oneof(list, fc.record({ any: list, all: list }, { requiredKeys: [] })),
      (conditions) => void evaluate(conditions as Json),
    ),
  )
})
