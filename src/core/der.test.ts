import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { derBits, derChildren, derInteger, derOid, derSequence, derText, derTime, readDer } from './der.ts'

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex')

test.each([
  ['02012a', '2a'],
  ['0200', ''],
  ['048180'.concat('00'.repeat(128)), '00'.repeat(128)],
  // What comes after belongs to something else.
  ['02012affff', '2a'],
])('%s holds %s', (hex, contents) => {
  const element = readDer(bytes(hex))
  expect(element.ok && element.value.contents.toString('hex')).toBe(contents)
})

test.each([
  ['nothing', '', 'truncated element'],
  ['no length', '02', 'truncated element'],
  ['less than its length', '02022a', 'data truncated'],
  ['a long length that need not be', '0281012a', 'non-minimal length'],
  ['a length that begins with zero', `04820080${'00'.repeat(128)}`, 'non-minimal length'],
  ['no definite length', '30800000', 'unsupported length'],
  ['a length of five octets', '04850000000001', 'unsupported length'],
  ['a high tag number', '1f810100', 'high tag number'],
])('%s is refused', (_, hex, problem) => {
  expect(readDer(bytes(hex))).toEqual({ ok: false, error: problem })
})

describe('contents', () => {
  test.each([
    ['00', 0n],
    ['ff', -1n],
    ['0080', 128n],
    ['', 0n],
  ])('the integer %s is %s', (hex, value) => expect(derInteger(bytes(hex))).toBe(value))

  test.each([
    ['2a864886f70d010101', [1, 2, 840, 113_549, 1, 1, 1]],
    ['883703', [2, 999, 3]],
    ['', undefined],
    ['2a86', undefined],
  ])('the object identifier %s is %j', (hex, arcs) => expect(derOid(bytes(hex))).toEqual(arcs))

  test.each([
    [0x17, '491231235959Z', '2049-12-31T23:59:59.000Z'],
    [0x17, '500101000000Z', '1950-01-01T00:00:00.000Z'],
    [0x18, '20500101000000Z', '2050-01-01T00:00:00.000Z'],
    [0x17, '490231000000Z', undefined],
    [0x17, 'noon', undefined],
  ])('the time %d %s is %s', (tag, text, time) => {
    const contents = Buffer.from(text)
    expect(derTime({ tag, contents, raw: contents })?.toISOString()).toBe(time)
  })

  test.each([
    [0x0c, 'c3a9', 'é'],
    [0x13, '41', 'A'],
    [0x1e, '00e90041', 'éA'],
    [0x02, '41', undefined],
  ])('the text %d %s is %s', (tag, hex, text) => {
    expect(derText({ tag, contents: bytes(hex), raw: bytes(hex) })).toBe(text)
  })
})

test('no input makes a reader throw, and what is read is what was written', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (array) => {
      const input = Buffer.from(array)
      const element = readDer(input)
      if (element.ok) {
        const { contents, raw } = element.value
        expect(input.subarray(0, raw.length).equals(raw)).toBe(true)
        for (const use of [derText, derTime]) use(element.value)
        for (const use of [derInteger, derOid, derBits, derChildren]) use(contents)
      }
      const whole = derSequence(input)
      if (whole !== undefined)
        expect(
          Buffer.concat(whole.map(({ raw }) => raw)).equals(
            input.subarray(input.length - whole.reduce((sum, { raw }) => sum + raw.length, 0)),
          ),
        ).toBe(true)
    }),
    { numRuns: 2000 },
  )
})
