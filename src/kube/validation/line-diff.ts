/**
 * The difference of two texts as the API server shows it: a unified diff with three lines around each change. The changes are those that
 * the matching of longest common blocks finds, which forgets frequent lines of long texts.
 */
export function lineDiff(a: string, b: string): string {
  const [left, right] = [a.split('\n'), b.split('\n')]
  return groupsOf(changes(left, right))
    .map((group) => printGroup(group, left, right))
    .join('')
}

interface Block {
  readonly a: number
  readonly b: number
  readonly size: number
}

interface Change {
  readonly equal: boolean
  readonly a: readonly [number, number]
  readonly b: readonly [number, number]
}

const around = 3
/** From this many lines on, lines that are more than a hundredth of the text are not matched. */
const longText = 200

function positions(lines: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>()
  for (const [index, line] of lines.entries()) {
    const known = places.get(line)
    if (known === undefined) places.set(line, [index])
    else known.push(index)
  }
  if (lines.length < longText) return places
  const most = Math.floor(lines.length / 100) + 1
  return new Map([...places].filter(([, found]) => found.length <= most))
}

interface Texts {
  readonly left: readonly string[]
  readonly right: readonly string[]
  readonly places: ReadonlyMap<string, readonly number[]>
}

interface Area {
  readonly a: readonly [number, number]
  readonly b: readonly [number, number]
}

/** The longest block that both have in the area, the first of several; grown by equal lines that were forgotten. */
function longestBlock({ left, right, places }: Texts, { a: [aLow, aHigh], b: [bLow, bHigh] }: Area): Block {
  let best: Block = { a: aLow, b: bLow, size: 0 }
  let lengths = new Map<number, number>()
  for (let i = aLow; i < aHigh; i += 1) {
    const next = new Map<number, number>()
    for (const j of places.get(left[i] ?? '') ?? []) {
      if (j < bLow) continue
      if (j >= bHigh) break
      const size = (lengths.get(j - 1) ?? 0) + 1
      next.set(j, size)
      if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size }
    }
    lengths = next
  }
  let { a, b, size } = best
  for (; a > aLow && b > bLow && left[a - 1] === right[b - 1]; size += 1) {
    a -= 1
    b -= 1
  }
  while (a + size < aHigh && b + size < bHigh && left[a + size] === right[b + size]) size += 1
  return { a, b, size }
}

function blocksOf(left: readonly string[], right: readonly string[]): readonly Block[] {
  const texts: Texts = { left, right, places: positions(right) }
  const blocks: Block[] = []
  const open: Area[] = [{ a: [0, left.length], b: [0, right.length] }]
  for (let area = open.pop(); area !== undefined; area = open.pop()) {
    const block = longestBlock(texts, area)
    if (block.size === 0) continue
    blocks.push(block)
    open.push({ a: [area.a[0], block.a], b: [area.b[0], block.b] })
    open.push({ a: [block.a + block.size, area.a[1]], b: [block.b + block.size, area.b[1]] })
  }
  return blocks.toSorted((x, y) => x.a - y.a)
}

function changes(left: readonly string[], right: readonly string[]): readonly Change[] {
  const out: Change[] = []
  let [i, j] = [0, 0]
  for (const { a, b, size } of [...blocksOf(left, right), { a: left.length, b: right.length, size: 0 }]) {
    if (i < a || j < b) out.push({ equal: false, a: [i, a], b: [j, b] })
    const last = out.at(-1)
    if (size > 0 && last?.equal === true) out.splice(-1, 1, { equal: true, a: [last.a[0], a + size], b: [last.b[0], b + size] })
    else if (size > 0) out.push({ equal: true, a: [a, a + size], b: [b, b + size] })
    i = a + size
    j = b + size
  }
  return out
}

/** Changes with the lines around them; what is far apart is in different groups. */
function groupsOf(all: readonly Change[]): readonly (readonly Change[])[] {
  const groups: Change[][] = []
  let group: Change[] = []
  for (const [index, change] of all.entries()) {
    const { equal, a, b } = change
    if (!equal) {
      group.push(change)
      continue
    }
    const isFirst = index === 0
    const isLast = index === all.length - 1
    const [aHead, bHead] = [Math.min(a[1], a[0] + around), Math.min(b[1], b[0] + around)]
    const [aTail, bTail] = [Math.max(a[0], a[1] - around), Math.max(b[0], b[1] - around)]
    if (!isFirst && !isLast && a[1] - a[0] <= 2 * around) {
      group.push(change)
      continue
    }
    if (!isFirst) {
      group.push({ equal, a: [a[0], aHead], b: [b[0], bHead] })
      groups.push(group)
      group = []
    }
    if (!isLast) group.push({ equal, a: [aTail, a[1]], b: [bTail, b[1]] })
  }
  return group.some(({ equal }) => !equal) ? [...groups, group] : groups
}

function rangeText(start: number, end: number): string {
  const length = end - start
  if (length === 1) return String(start + 1)
  return `${length === 0 ? start : start + 1},${length}`
}

function printGroup(group: readonly Change[], left: readonly string[], right: readonly string[]): string {
  const [first, last] = [group[0], group.at(-1)]
  if (first === undefined || last === undefined) return ''
  const lines = group.flatMap(({ equal, a, b }) =>
    equal
      ? left.slice(...a).map((line) => ` ${line}`)
      : [...left.slice(...a).map((line) => `-${line}`), ...right.slice(...b).map((line) => `+${line}`)],
  )
  const head = `@@ -${rangeText(first.a[0], last.a[1])} +${rangeText(first.b[0], last.b[1])} @@`
  return [head, ...lines].map((line) => `${line}\n`).join('')
}
