import type { Status } from '../../kube/status.ts'

/** A request as the API sees it, whatever brought it. */
export interface ApiRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  /** Lower-case names; every line of a repeated header. */
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>
  readonly body: Uint8Array
  /** The subject of a client certificate that the server's CA has signed. */
  readonly certificate:
    | {
        readonly commonName: string
        readonly organizations: readonly string[]
        /** SHA-256 of the certificate, in hexadecimal. */ readonly fingerprint?: string
      }
    | undefined
  /** Set when the client has gone. */
  readonly signal: AbortSignal
}

export interface StreamSink {
  write(text: string): void
  end(): void
}

export type ApiResponse =
  | {
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body: string
      /** Each character of `body` is a byte; left out, it is text. */
      readonly binary?: boolean
      readonly warnings?: readonly string[]
    }
  | {
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      /** Called once the head is out; the returned function is called when the client goes. */
      readonly stream: (sink: StreamSink) => () => void
      readonly warnings?: readonly string[]
    }

export const jsonResponse = (status: number, value: unknown, warnings: readonly string[] = []): ApiResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: `${JSON.stringify(value)}\n`,
  warnings,
})

export const statusResponse = (status: Status, warnings: readonly string[] = []): ApiResponse =>
  jsonResponse(status.code ?? 200, status, warnings)

export const header = (request: ApiRequest, name: string): string => request.headers[name]?.[0] ?? ''
