import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { GoFlag } from './flags.ts'
import { parseGoFlags } from './flags.ts'
import { flagsText } from './help.ts'

const flags: readonly GoFlag[] = [
  { name: 'file', shorthand: 'f', type: 'stringArray', many: true, doc: 'a file' },
  { name: 'verbose', shorthand: 'v', type: 'bool', doc: 'more' },
  { name: 'native', type: 'bool', default: 'true', doc: 'CEL' },
  { name: 'engine', shorthand: 'e', type: 'string', default: 'cel', doc: 'an engine' },
  { name: 'count', shorthand: 'n', type: 'int', default: '10', doc: 'how many' },
  { name: 'part', type: 'float', doc: 'how much' },
  { name: 'wait', type: 'duration', doc: 'how long' },
]

test.each([
  ['nothing', '', { file: [], args: [], verbose: false, native: true, engine: 'cel', count: 10, part: 0, wait: 0 }],
  ['every form of a value', '--file=a --file b -f c -fd -f=e', { file: ['a', 'b', 'c', 'd', 'e'] }],
  ['letters together', '-vfa', { verbose: true, file: ['a'] }],
  ['switches with values', '--native=false -v=1', { native: false, verbose: true }],
  ['the last value counts', '-e a --engine=b', { engine: 'b' }],
  ['an empty value', '--engine=', { engine: '' }],
  ['arguments between flags', 'a -v b -- -c', { args: ['a', 'b', '-c'], verbose: true }],
  ['a dash alone', '-', { args: ['-'] }],
  ['numbers', '-n 3 --part 1.5 --wait 1m1.5s', { count: 3, part: 1.5, wait: 61_500_000_000 }],
  ['a value like a flag', '-f -v', { file: ['-v'], verbose: false }],
])('reads %s', (_, text, expected) => {
  const parsed = parseGoFlags(flags, text.split(' ').filter(Boolean))
  if (!parsed.ok) throw new Error(parsed.error)
  const { values, args } = parsed.value
  const all = {
    args,
    file: values.list('file'),
    verbose: values.on('verbose'),
    native: values.on('native'),
    engine: values.text('engine'),
    count: values.number('count'),
    part: values.number('part'),
    wait: values.number('wait'),
  }
  expect(all).toMatchObject(expected)
})

test.each([
  ['--nope', 'unknown flag: --nope'],
  ['--nope=1', 'unknown flag: --nope'],
  ['-x', "unknown shorthand flag: 'x' in -x"],
  ['-vx', "unknown shorthand flag: 'x' in -x"],
  ['-f', "flag needs an argument: 'f' in -f"],
  ['--file', 'flag needs an argument: --file'],
  ['-n x', 'invalid argument "x" for "-n, --count" flag: strconv.ParseInt: parsing "x": invalid syntax'],
  ['--native=x', 'invalid argument "x" for "--native" flag: strconv.ParseBool: parsing "x": invalid syntax'],
  ['--part x', 'invalid argument "x" for "--part" flag: strconv.ParseFloat: parsing "x": invalid syntax'],
  ['--wait 5', 'invalid argument "5" for "--wait" flag: time: missing unit in duration "5"'],
  ['--=x', 'bad flag syntax: --=x'],
])('refuses %s', (text, error) => {
  expect(parseGoFlags(flags, text.split(' '))).toEqual({ ok: false, error })
})

test('no arguments make it throw', () => {
  const word = fc.oneof(fc.string(), fc.constantFrom('-f', '--file', '-v', '--native=', '--', '-n', '--wait', '-vvf', '--__proto__'))
  fc.assert(fc.property(fc.array(word), (argv) => typeof parseGoFlags(flags, argv).ok === 'boolean'))
})

test('help shows types and defaults', () => {
  expect(flagsText(flags.slice(1, 4), 'x').split('\n')).toEqual([
    '  -e, --engine string   an engine (default "cel")',
    '  -h, --help            help for x',
    '      --native          CEL (default true)',
    '  -v, --verbose         more',
  ])
})
