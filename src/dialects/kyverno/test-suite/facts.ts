import type { FactSource } from '../../../policy/facts.ts'
export function testFacts(_: unknown): Promise<FactSource> {
  return Promise.resolve({ fetch: () => Promise.resolve({ known: false, reason: 'stub' }) })
}
