import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { gather } from './gathering.ts'
import type { Queue } from './queue.ts'
import { createQueue } from './queue.ts'

/** Until no change waits for its turn and nothing runs; a turn that comes to nothing leaves the queue dirty. */
async function turn(queue: Queue): Promise<void> {
  await pause(20)
  await queue.idle()
}

test('many changes are gathered into one call, later ones into another', async () => {
  let calls = 0
  const gathering = gather(1, () => (calls += 1))
  gathering.soon()
  gathering.soon()
  expect([calls, gathering.isPending]).toEqual([0, true])
  await pause(20)
  expect([calls, gathering.isPending]).toEqual([1, false])
  gathering.soon()
  await pause(20)
  expect(calls).toBe(2)
})

test('a change during the work is gathered anew', async () => {
  const seen: boolean[] = []
  const gathering = gather(1, () => {
    if (seen.length === 0) gathering.soon()
    seen.push(gathering.isPending)
  })
  gathering.soon()
  await pause(40)
  expect(seen).toEqual([true, false])
})

test('what was gathered is forgotten when it is cancelled, what comes later is not', async () => {
  let calls = 0
  const gathering = gather(1, () => (calls += 1))
  gathering.soon()
  gathering.cancel()
  expect(gathering.isPending).toBe(false)
  await pause(20)
  expect(calls).toBe(0)
  gathering.soon()
  await pause(20)
  expect(calls).toBe(1)
})

test('work begins when there is a change, and once for many', async () => {
  const queue = createQueue(1)
  let runs = 0
  queue.start({ mayBegin: () => true, run: () => Promise.resolve(void (runs += 1)) })
  await turn(queue)
  expect([runs, queue.isDirty, queue.generation]).toEqual([0, false, 0])
  queue.soon()
  queue.soon()
  expect([queue.isDirty, queue.generation]).toEqual([true, 2])
  await turn(queue)
  expect([runs, queue.isDirty, queue.generation]).toEqual([1, false, 2])
})

test('changes of before there is work, and while it may not begin, stay to be done', async () => {
  const queue = createQueue(1)
  let [runs, allowed] = [0, false]
  queue.soon()
  await turn(queue)
  expect(queue.isDirty).toBe(true)
  queue.start({ mayBegin: () => allowed, run: () => Promise.resolve(void (runs += 1)) })
  queue.soon()
  await turn(queue)
  expect([runs, queue.isDirty]).toEqual([0, true])
  allowed = true
  queue.soon()
  await turn(queue)
  expect([runs, queue.isDirty]).toEqual([1, false])
})

test('work never runs twice at a time, and a change while it runs makes it run again', async () => {
  const queue = createQueue(1)
  let [running, most, runs] = [0, 0, 0]
  queue.start({
    mayBegin: () => true,
    run: async () => {
      runs += 1
      running += 1
      most = Math.max(most, running)
      if (runs === 1) queue.soon()
      await pause(20)
      running -= 1
    },
  })
  queue.soon()
  await pause(10)
  expect(queue.isDirty).toBe(true)
  await pause(20)
  await queue.idle()
  expect([runs, most, queue.isDirty]).toEqual([2, 1, false])
})

test('a turn that was to come is forgotten when it is cancelled; the change stays to be done', async () => {
  const queue = createQueue(1)
  let runs = 0
  queue.start({ mayBegin: () => true, run: () => Promise.resolve(void (runs += 1)) })
  queue.soon()
  queue.cancel()
  await turn(queue)
  expect([runs, queue.isDirty]).toEqual([0, true])
})
