import type { PolicyRequest } from '../policy/request.ts'

export interface Span {
  /** The first end counts. */
  end(allowed: boolean): void
}

/** Traces of reviews. */
export interface Tracer {
  start(path: string, request: PolicyRequest): Span
  /** Sends what is waiting. */
  close(): Promise<void>
}

const noSpan: Span = { end: () => undefined }

export const noTracer: Tracer = { start: () => noSpan, close: () => Promise.resolve() }

/** Sends a span a review to an OpenTelemetry collector (OTLP over HTTP). The SDK is loaded here, because it is slow to load and few ask for it. */
export async function openTelemetry(endpoint: string, version: string): Promise<Tracer> {
  const [{ BatchSpanProcessor, TracerProvider }, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ])
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'kanon', 'service.version': version }),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` }) })],
  })
  const tracer = provider.getTracer('kanon')
  return {
    start: (path, { uid, kind, namespace, name, operation }) => {
      const span = tracer.startSpan(`admission ${path}`, {
        attributes: {
          'admission.uid': uid,
          'k8s.kind': kind.kind,
          'k8s.namespace.name': namespace,
          'k8s.name': name,
          'admission.operation': operation,
        },
      })
      let ended = false
      return {
        end: (allowed) => {
          if (ended) return
          ended = true
          span.setAttribute('admission.allowed', allowed)
          span.end()
        },
      }
    },
    close: () => provider.shutdown(),
  }
}
