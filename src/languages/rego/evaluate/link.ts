import { generateGroup } from '../generate/group.ts'
import type { DocumentNode, Group } from '../ir/ir.ts'
import { compileExpression } from './expression.ts'
import { linkClosures, linkGenerated } from './group.ts'
import type { Linked, Linker } from './linker.ts'
import { compileSteps } from './step.ts'

/**
 * How rules are run: as closures, as generated JavaScript, or as closures that become JavaScript when they are called often. Where code
 * must not be generated (a browser's content security policy, a hardened Node), all are closures.
 */
export type BackEnd = 'closures' | 'javascript' | 'adaptive'

/** Evaluations after which generating code pays. */
const often = 64

/** The compiled forms of all groups. Each is compiled when it is first called. */
export function newLinker(root: DocumentNode, options: Pick<Linker, 'ordered' | 'mocks'> & { readonly backEnd: BackEnd }): Linker {
  const { ordered, mocks, backEnd } = options
  const all = new Map<Group, Linked>()
  const linker: Linker = {
    root,
    ordered,
    mocks,
    expression: compileExpression,
    steps: compileSteps,
    linked: (group) => {
      const known = all.get(group)
      if (known !== undefined) return known
      const linked = newLinked(linker, group, backEnd)
      all.set(group, linked)
      return linked
    },
  }
  return linker
}

function newLinked(linker: Linker, group: Group, backEnd: BackEnd): Linked {
  const start = (): void => {
    if (backEnd === 'javascript' && linkJavaScript(linker, group, linked)) return
    linkClosures(linker, group, linked)
    if (backEnd === 'adaptive') countCalls(linker, group, linked)
  }
  const linked: Linked = {
    frame: 0,
    value: (machine) => {
      start()
      return linked.value(machine)
    },
    entry: (machine, keys) => {
      start()
      return linked.entry(machine, keys)
    },
    call: (machine, frame) => {
      start()
      return linked.call(machine, frame)
    },
    direct: (machine, ...args) => {
      start()
      return linked.direct(machine, ...args)
    },
    items: (machine) => {
      start()
      return linked.items(machine)
    },
  }
  return linked
}

function linkJavaScript(linker: Linker, group: Group, linked: Linked): boolean {
  const generated = generateGroup(linker, group)
  if (generated !== undefined) linkGenerated(group, linked, generated.value, generated.items)
  return generated !== undefined
}

/** Counts calls of closures, and replaces them when there have been enough. */
function countCalls(linker: Linker, group: Group, linked: Linked): void {
  const { value, entry, call, direct, items } = linked
  let left = often
  const count = (): void => {
    left -= 1
    if (left > 0) return
    linked.value = value
    linked.entry = entry
    linked.call = call
    linked.direct = direct
    linked.items = items
    linkJavaScript(linker, group, linked)
  }
  linked.value = (machine) => {
    count()
    return value(machine)
  }
  linked.entry = (machine, keys) => {
    count()
    return entry(machine, keys)
  }
  linked.call = (machine, frame) => {
    count()
    return call(machine, frame)
  }
  linked.direct = (machine, ...args) => {
    count()
    return direct(machine, ...args)
  }
  linked.items = (machine) => {
    count()
    return items(machine)
  }
}
