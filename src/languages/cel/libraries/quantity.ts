import type { Quantity } from '../../../kube/quantity.ts'
import {
  addQuantities,
  compareQuantities,
  parseQuantity,
  quantityOf,
  quantityToNumber,
  subtractQuantities,
} from '../../../kube/quantity.ts'
import type { CelLibrary } from '../function.ts'
import { globalFunction, memberFunction, traversal } from '../function.ts'
import { celType } from '../types.ts'
import type { CelOutcome } from '../values.ts'
import { CelDouble, CelError, opaqueKind, toInt } from '../values.ts'

const quantityKind = opaqueKind<Quantity>('kubernetes.Quantity', (a, b) => compareQuantities(a, b) === 0)
const quantityType = celType.opaque(quantityKind.name)
const { unwrap, wrap } = quantityKind

function toQuantity(text: string): CelOutcome {
  const quantity = parseQuantity(text)
  if (quantity !== undefined) return wrap(quantity)
  return new CelError("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
}

const giga = 1_000_000_000n

/** The amount as an int64, where it is one. */
function integerOf({ nanos }: Quantity): number | bigint | undefined {
  return nanos % giga === 0n ? toInt(nanos / giga) : undefined
}

const ofInt = (value: number | bigint): Quantity => quantityOf(BigInt(value), 0, 'DecimalSI')

const cost = (text: string): number => traversal(text.length)

/** Kubernetes' quantities: `1Gi`, `100m`. */
export const quantityLibrary: CelLibrary = {
  name: 'k8s.quantity',
  types: { [quantityKind.name]: quantityType },
  functions: [
    globalFunction('quantity', ['string'], { returns: quantityType, evaluate: toQuantity, cost }),
    globalFunction('isQuantity', ['string'], { returns: 'bool', evaluate: (text) => parseQuantity(text) !== undefined, cost }),
    memberFunction('isInteger', [quantityType], { returns: 'bool', evaluate: (value) => integerOf(unwrap(value)) !== undefined }),
    memberFunction('asInteger', [quantityType], {
      returns: 'int',
      evaluate: (value) => integerOf(unwrap(value)) ?? new CelError('cannot convert value to integer'),
    }),
    memberFunction('asApproximateFloat', [quantityType], {
      returns: 'double',
      evaluate: (value) => new CelDouble(quantityToNumber(unwrap(value))),
    }),
    memberFunction('add', [quantityType, quantityType], {
      returns: quantityType,
      evaluate: (a, b) => wrap(addQuantities(unwrap(a), unwrap(b))),
    }),
    memberFunction('add', [quantityType, 'int'], { returns: quantityType, evaluate: (a, b) => wrap(addQuantities(unwrap(a), ofInt(b))) }),
    memberFunction('sub', [quantityType, quantityType], {
      returns: quantityType,
      evaluate: (a, b) => wrap(subtractQuantities(unwrap(a), unwrap(b))),
    }),
    memberFunction('sub', [quantityType, 'int'], {
      returns: quantityType,
      evaluate: (a, b) => wrap(subtractQuantities(unwrap(a), ofInt(b))),
    }),
    memberFunction('isLessThan', [quantityType, quantityType], {
      returns: 'bool',
      evaluate: (a, b) => compareQuantities(unwrap(a), unwrap(b)) < 0,
    }),
    memberFunction('isGreaterThan', [quantityType, quantityType], {
      returns: 'bool',
      evaluate: (a, b) => compareQuantities(unwrap(a), unwrap(b)) > 0,
    }),
    memberFunction('compareTo', [quantityType, quantityType], {
      returns: 'int',
      evaluate: (a, b) => compareQuantities(unwrap(a), unwrap(b)),
    }),
    globalFunction('sign', [quantityType], {
      returns: 'int',
      evaluate: (value) => {
        const { nanos } = unwrap(value)
        return nanos < 0n ? -1 : nanos > 0n ? 1 : 0
      },
    }),
  ],
}
