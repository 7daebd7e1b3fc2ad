import type { DocumentNode, Group } from '../ir/ir.ts'
import { compileExpression } from './expression.ts'
import { linkGroup } from './group.ts'
import type { Linked, Linker } from './linker.ts'
import { compileSteps } from './step.ts'

/** Closures for all groups. Each is compiled when it is first called. */
export function newLinker(root: DocumentNode, ordered: boolean): Linker {
  const all = new Map<Group, Linked>()
  const linker: Linker = {
    root,
    ordered,
    expression: compileExpression,
    steps: compileSteps,
    linked: (group) => {
      const known = all.get(group)
      if (known !== undefined) return known
      const linked: Linked = {
        frame: 0,
        value: (machine) => {
          linkGroup(linker, group, linked)
          return linked.value(machine)
        },
        call: (machine, frame) => {
          linkGroup(linker, group, linked)
          return linked.call(machine, frame)
        },
      }
      all.set(group, linked)
      return linked
    },
  }
  return linker
}
