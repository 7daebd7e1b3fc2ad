import type { Group } from '../ir/ir.ts'
import { demandElements } from './demand.ts'
import { Dependences } from './dependence.ts'
import type { ConstantInput } from './dependence.ts'
import { fuseSets } from './fuse.ts'
import { joinSearches } from './join.ts'
import { Keeper } from './keep.ts'
import { memoiseFunctions } from './memoise.ts'
import { specialiseFunctions } from './specialise.ts'
import { unrollLists } from './unroll.ts'

export interface Optimisation {
  /** Keys of the input whose values stay the same from query to query. */
  readonly constants: ConstantInput
  /** Whether nothing but rules is asked for: then no query puts functions in the place of others. */
  readonly rulesOnly: boolean
  /** Whether errors of built-ins are told: then expressions stay in their order. */
  readonly strictErrors: boolean
}

/** Changes what rules do for their values, never the values. Not for rules whose evaluation is looked at: traces and what prints. */
export function optimiseGroups(groups: readonly Group[], { constants, rulesOnly, strictErrors }: Optimisation): void {
  const dependences = new Dependences(constants)
  const keeper = new Keeper(dependences)
  keeper.keepIn(groups)
  if (rulesOnly) {
    unrollLists(groups)
    keeper.keepIn(groups)
  }
  const all = rulesOnly ? specialiseFunctions(demandElements(groups), dependences) : groups
  keeper.keepIn(all)
  if (!strictErrors) joinSearches(all, dependences)
  for (const group of all) group.depends = dependences.ofGroup(group)
  memoiseFunctions(all)
  fuseSets(all)
}
