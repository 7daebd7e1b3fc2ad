import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ExternalProvider } from '../policy/facts.ts'
import { createItemCache } from './external-data-cache.ts'

const provider: ExternalProvider = { url: 'https://p', caBundle: '', timeoutSeconds: 1 }
const item = (key: string, value: string) => ({ key, value, error: '' })

test('the oldest go where there is no room', () => {
  const cache = createItemCache({ keptMilliseconds: 10, now: () => 0, largest: 1000 })
  for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) cache.keep(provider, [item(key, 'v')], true)
  expect(['a', 'b', 'c', 'd', 'e', 'f'].filter((key) => cache.get(provider, key) !== undefined)).toEqual(['d', 'e', 'f'])
})

test('what is larger than the whole room is not kept', () => {
  const cache = createItemCache({ keptMilliseconds: 10, now: () => 0, largest: 1000 })
  cache.keep(provider, [item('a', 'x'.repeat(1000))], true)
  expect(cache.get(provider, 'a')).toBeUndefined()
})

test('nothing is kept for no time', () => {
  const cache = createItemCache({ keptMilliseconds: 0, now: () => 0 })
  cache.keep(provider, [item('a', 'x')], true)
  expect(cache.get(provider, 'a')).toBeUndefined()
})

test('what is found is what was kept last, and is not old', () => {
  const steps = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', '__proto__'), fc.nat(9), fc.nat(5)), { maxLength: 40 })
  fc.assert(
    fc.property(steps, (all) => {
      let time = 0
      const cache = createItemCache({ keptMilliseconds: 10, now: () => time })
      const last = new Map<string, { readonly value: string; readonly since: number }>()
      for (const [key, value, wait] of all) {
        cache.keep(provider, [item(key, String(value))], true)
        last.set(key, { value: String(value), since: time })
        time += wait
        for (const [known, { value: expected, since }] of last)
          expect(cache.get(provider, known)?.item.value).toBe(time - since < 10 ? expected : undefined)
      }
    }),
  )
})
