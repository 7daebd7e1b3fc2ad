import { expect, test } from 'vitest'
import { numberFromText as n } from '../values/number.ts'
import { objectOf, setOf } from '../values/value.ts'
import type { RegoValue } from '../values/value.ts'
import { callText } from './call.ts'

test.each<[string, readonly RegoValue[], string]>([
  ['sprintf', ['%v %s', ['a', 'b']], '"a b"'],
  ['sprintf', ['%v %v', [setOf([1, 'a']), objectOf([[1, n('2.0')]])]], '"{1, \\"a\\"} {1: 2.0}"'],
  ['sprintf', ['%d', [1.5]], '"%!d(float64=1.5)"'],
  ['sprintf', ['%d', ['x']], '"%!d(string=x)"'],
  ['sprintf', ['%s', [5]], '"%!s(int=5)"'],
  ['sprintf', ['%t', [true]], '"%!t(string=true)"'],
  ['sprintf', ['%d %d', [1]], '"1 %!d(MISSING)"'],
  ['sprintf', ['a', [1, n('2.0'), 'x']], '"a%!(EXTRA int=1, float64=2, string=x)"'],
  ['sprintf', ['%d', [n('12345678901234567890123')]], '"12345678901234567890123"'],
  ['sprintf', ['%t', [n('12345678901234567890123')]], '"%!t(big.Int=12345678901234567890123)"'],
  ['sprintf', ['%v', [n('1e3')]], '"1000"'],
  ['sprintf', ['%v', [n('2e308')]], '"2e308"'],
  ['sprintf', ['%v', [1234567.5]], '"1.2345675e+06"'],
  ['sprintf', ['%q %q', ['é"', 65]], '"\\"é\\\\\\"\\" \'A\'"'],
  ['sprintf', ['%x % X %#x', ['hi', 'hi', 255]], '"6869 68 69 0xff"'],
  ['sprintf', ['%08.3f|%-8d|%+d|% d', [3.14159, 5, 5, 5]], '"0003.142|5       |+5| 5"'],
  ['sprintf', ['%*d|%-*d|%.*f', [5, 1, 4, 2, 2, 3.14159]], '"    1|2   |3.14"'],
  ['sprintf', ['%[2]d %[1]d', [1, 2]], '"2 1"'],
  ['sprintf', ['%[3]d', [1]], '"%!d(BADINDEX)"'],
  ['sprintf', ['%[x]d', [1]], '"%!d(BADINDEX)"'],
  ['sprintf', ['%', [1]], '"%!(NOVERB)%!(EXTRA int=1)"'],
  ['sprintf', ['%!', [1]], '"%!!(int=1)"'],
  ['sprintf', ['%z', [1]], '"%!z(int=1)"'],
  ['sprintf', ['%5t', [true]], '"%!t(string= true)"'],
  ['sprintf', ['%05s|%-5s|', ['ab', 'é😀']], '"000ab|é😀   |"'],
  ['sprintf', ['%c%U%#U', [65, 128512, 65]], '"AU+1F600U+0041 \'A\'"'],
  ['sprintf', ['%e %E %g %G', [1234567.5, 0.5, n('1e-7'), n('1e21')]], '"1.234568e+06 5.000000E-01 1e-07 1E+21"'],
  ['sprintf', ['%.3g|%.10g|%#.3g', [1234567.5, 0.25, 1.5]], '"1.23e+06|0.25|1.50"'],
  ['sprintf', ['%T %T %T %T', [1, 1.5, 'a', n('12345678901234567890123')]], '"int float64 string *big.Int"'],
  ['sprintf', ['%b %o %O %#o', [5, 8, 8, 8]], '"101 10 0o10 010"'],
  ['sprintf', ['%#v %+v', ['a', 5]], '"\\"a\\" 5"'],
  ['sprintf', ['%99999999999d', [1]], '"%!(NOVERB)%!(EXTRA int=1)"'],
  ['sprintf', ['%.0d', [0]], '""'],
  ['sprintf', ['%x', [1.5]], '"0x1.8p+00"'],
])('%s of %j is %s', (name, args, expected) => {
  expect(callText(name, args)).toBe(expected)
})
