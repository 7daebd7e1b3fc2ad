import type { IpRange } from '../../../../kube/validation/ip.ts'

interface Interval {
  readonly first: bigint
  readonly last: bigint
}

/** The fewest ranges that cover exactly the same addresses. */
export function mergeRanges(ranges: readonly IpRange[]): readonly IpRange[] {
  return ([4, 6] as const).flatMap((family) => {
    const size = family === 4 ? 32 : 128
    const intervals = joined(ranges.filter((range) => range.family === family).map((range) => intervalOf(range, size)))
    return intervals.flatMap((interval) => cover(interval, family, size))
  })
}

function intervalOf({ bits, length }: IpRange, size: number): Interval {
  const shift = BigInt(size - length)
  const first = (bits >> shift) << shift
  return { first, last: first + (1n << shift) - 1n }
}

/** Overlapping and adjacent intervals become one. */
function joined(intervals: readonly Interval[]): readonly Interval[] {
  const sorted = [...intervals].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))
  const out: Interval[] = []
  for (const interval of sorted) {
    const last = out.at(-1)
    if (last === undefined || interval.first > last.last + 1n) out.push(interval)
    else if (interval.last > last.last) out[out.length - 1] = { first: last.first, last: interval.last }
  }
  return out
}

/** From the left, each time the largest aligned block that fits. */
function cover({ first, last }: Interval, family: 4 | 6, size: number): readonly IpRange[] {
  const blocks: IpRange[] = []
  for (let at = first; at <= last;) {
    let shift = 0
    while (shift < size && at % (2n << BigInt(shift)) === 0n && at + (2n << BigInt(shift)) - 1n <= last) shift += 1
    blocks.push({ family, bits: at, length: size - shift })
    at += 1n << BigInt(shift)
  }
  return blocks
}
