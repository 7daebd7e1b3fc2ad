import type { CelLibrary } from '../function.ts'

/** Macros with two variables, for keys and values: their grammar is the parser's. */
export const twoVariableLibrary: CelLibrary = { name: 'cel.lib.ext.comprev2', functions: [], macros: ['two-variable'] }
