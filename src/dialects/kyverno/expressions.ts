import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { JmesProgram } from '../../languages/jmespath/jmespath.ts'
import { compileJmespath } from '../../languages/jmespath/jmespath.ts'
import { kyvernoFunctions } from './jmespath-functions.ts'

/** Compiles each expression text once. Texts made by substitution are compiled at run time, so the table is bounded. */
export interface Expressions {
  readonly compile: (text: string) => Result<JmesProgram, string>
}

const maximumExpressions = 4096

export function createExpressions(): Expressions {
  const known = new Map<string, Result<JmesProgram, string>>()
  const compile = (text: string): Result<JmesProgram, string> => {
    const found = known.get(text)
    if (found !== undefined) return found
    if (known.size >= maximumExpressions) known.clear()
    const compiled = compileJmespath(text, { functions: kyvernoFunctions, missingKey: 'error' })
    const result = compiled.ok ? ok(compiled.value) : err(compiled.error.map((problem) => problem.message).join('; '))
    known.set(text, result)
    return result
  }
  return { compile }
}
