import { objectAt, objectsAt, textAt } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Quantity } from '../../kube/quantity.ts'
import { addQuantities, compareQuantities, parseQuantity } from '../../kube/quantity.ts'

export type Amounts = ReadonlyMap<string, Quantity>

/** A map of quantities as JSON; a number is read as its text. */
export function amountsOf(list: JsonObject): Amounts {
  const amounts = new Map<string, Quantity>()
  for (const [name, value] of Object.entries(list)) {
    const quantity = typeof value === 'string' || typeof value === 'number' ? parseQuantity(String(value)) : undefined
    if (quantity !== undefined) amounts.set(name, quantity)
  }
  return amounts
}

const merge = (a: Amounts, b: Amounts, combine: (x: Quantity, y: Quantity) => Quantity): Amounts => {
  const merged = new Map(a)
  for (const [name, amount] of b) {
    const other = merged.get(name)
    merged.set(name, other === undefined ? amount : combine(other, amount))
  }
  return merged
}
export const addAmounts = (a: Amounts, b: Amounts): Amounts => merge(a, b, addQuantities)
const largerAmounts = (a: Amounts, b: Amounts): Amounts => merge(a, b, (x, y) => (compareQuantities(x, y) >= 0 ? x : y))

/**
 * What a Pod asks for as a whole: its containers and sidecars together, or its hungriest init container (which runs beside the
 * sidecars before it) if that is more, and the overhead; what the Pod says of itself has the last word.
 */
export function podAmounts(pod: JsonObject, which: 'requests' | 'limits'): Amounts {
  const of = (container: JsonObject): Amounts => amountsOf(objectAt(container, 'resources', which))
  let running: Amounts = new Map()
  for (const container of objectsAt(pod, 'spec', 'containers')) running = addAmounts(running, of(container))
  let sidecars: Amounts = new Map()
  let starting: Amounts = new Map()
  for (const container of objectsAt(pod, 'spec', 'initContainers')) {
    if (textAt(container, 'restartPolicy') === 'Always') {
      sidecars = addAmounts(sidecars, of(container))
      running = addAmounts(running, of(container))
      starting = largerAmounts(starting, sidecars)
    } else {
      starting = largerAmounts(starting, addAmounts(sidecars, of(container)))
    }
  }
  const whole = merge(largerAmounts(running, starting), amountsOf(objectAt(pod, 'spec', 'resources', which)), (_, own) => own)
  return addAmounts(whole, amountsOf(objectAt(pod, 'spec', 'overhead')))
}
