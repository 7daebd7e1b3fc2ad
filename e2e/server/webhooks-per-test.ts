import { afterEach } from 'vitest'
import type { Webhook, WebhookSettings } from './webhook.ts'
import { startWebhook } from './webhook.ts'

interface Closable {
  readonly close: () => Promise<void> | void
}

export interface WebhooksPerTest {
  readonly start: (settings?: WebhookSettings) => Promise<Webhook>
  /** What else ends with the test. */
  readonly closeAfterwards: (one: Closable) => void
}

/** Starts webhook servers that end with the test which started them. */
export function webhooksPerTest(): WebhooksPerTest {
  const running: Closable[] = []
  afterEach(async () => {
    for (const one of running.splice(0).toReversed()) await one.close()
  })
  return {
    start: async (settings = {}) => {
      const webhook = await startWebhook(settings)
      running.push(webhook)
      return webhook
    },
    closeAfterwards: (one) => void running.push(one),
  }
}
