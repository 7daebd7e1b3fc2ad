import { regexCache } from '../../core/regex.ts'

/** Patterns of schemas: the same ones are compiled to be checked, and again to check with. */
export const compilePattern = regexCache(500)
