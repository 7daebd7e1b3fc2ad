import { formatFloat } from '../../core/go-format.ts'
import type { CelDuration } from './values.ts'

/** Seconds with as many decimals as there are: `1.5s`. */
export function formatDuration({ nanos }: CelDuration): string {
  const magnitude = nanos < 0n ? -nanos : nanos
  const rest = (magnitude % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '')
  return `${nanos < 0n ? '-' : ''}${magnitude / 1_000_000_000n}${rest === '' ? '' : `.${rest}`}s`
}

/** As `string(duration)` has it: the seconds as a double, whose digits are cut where it has no more. */
export const formatSeconds = ({ nanos }: CelDuration): string =>
  `${formatFloat(Number(nanos / 1_000_000_000n) + Number(nanos % 1_000_000_000n) / 1e9)}s`
