import { jmesFunction } from '../function.ts'

export const numberFunctions = [
  jmesFunction('abs', ['number'], 'number', { doc: 'The absolute value.', examples: [['abs(`-5`)', 5]], evaluate: ([n]) => Math.abs(n) }),
  jmesFunction('ceil', ['number'], 'number', {
    doc: 'The next whole number up.',
    examples: [['ceil(`1.2`)', 2]],
    evaluate: ([n]) => Math.ceil(n),
  }),
  jmesFunction('floor', ['number'], 'number', {
    doc: 'The next whole number down.',
    examples: [['floor(`1.8`)', 1]],
    evaluate: ([n]) => Math.floor(n),
  }),
  jmesFunction('avg', ['numbers'], 'number', {
    doc: 'The mean of a list of numbers; null for an empty list.',
    examples: [['avg(`[1, 2, 3]`)', 2]],
    evaluate: ([list]) => (list.length === 0 ? null : list.reduce((sum, n) => sum + n, 0) / list.length),
  }),
  jmesFunction('sum', ['numbers'], 'number', {
    doc: 'The sum of a list of numbers.',
    examples: [['sum(`[1, 2]`)', 3]],
    evaluate: ([list]) => list.reduce((sum, n) => sum + n, 0),
  }),
]
