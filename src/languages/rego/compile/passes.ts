import { checkConflicts } from './conflicts.ts'
import { checkCalls, checkRefusedCalls, checkWiths } from './calls.ts'
import { flattenCalls } from './flatten.ts'
import { checkNames } from './names.ts'
import { checkRecursion } from './recursion.ts'
import { resolveNames } from './resolve-rules.ts'
import { checkSafety } from './safety.ts'
import { checkTypes } from './types/check.ts'
import type { Pass } from './state.ts'

/** What makes modules into rules that can be evaluated, in order. A pass that finds problems is the last to run. */
export const passes: readonly Pass[] = [
  checkNames,
  resolveNames,
  checkWiths,
  checkConflicts,
  checkCalls,
  flattenCalls,
  checkSafety,
  checkRecursion,
  checkTypes,
  checkRefusedCalls,
]
