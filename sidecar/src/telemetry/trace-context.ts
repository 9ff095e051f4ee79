// How a trace travels in headers: W3C trace context (https://www.w3.org/TR/trace-context/) and B3 (https://github.com/openzipkin/b3-propagation), read in either form, written in the form in which
// it came. Pure.

export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string
  /** 16 hexadecimal digits: the span of whoever called. */
  readonly spanId: string
  /** `undefined`: not decided yet. */
  readonly sampled: boolean | undefined
  readonly state: string | undefined
  readonly form: 'w3c' | 'b3' | 'b3-multi'
}

type Get = (name: string) => string | undefined

const isId = (id: string): boolean => !/^0+$/.test(id)

/** What came along; what cannot be read is as if not there. */
export function readTrace (get: Get): TraceContext | undefined { return readW3c(get) ?? readB3(get) ?? readB3Multi(get) }

function readW3c (get: Get): TraceContext | undefined {
  const match = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(get('traceparent') ?? '')
  // Version ff is forbidden; version 00 has nothing behind the flags.
  if (match === null || match[1] === 'ff' || (match[1] === '00' && match[5] !== undefined) || !isId(match[2]!) || !isId(match[3]!)) return undefined
  return { traceId: match[2]!, spanId: match[3]!, sampled: (parseInt(match[4]!, 16) & 1) === 1, state: get('tracestate'), form: 'w3c' }
}

function readB3 (get: Get): TraceContext | undefined {
  const match = /^([0-9a-f]{16}|[0-9a-f]{32})-([0-9a-f]{16})(?:-([01d])(?:-[0-9a-f]{16})?)?$/.exec(get('b3') ?? '')
  if (match === null || !isId(match[1]!) || !isId(match[2]!)) return undefined
  return { traceId: match[1]!.padStart(32, '0'), spanId: match[2]!, sampled: match[3] === undefined ? undefined : match[3] !== '0', state: undefined, form: 'b3' }
}

function readB3Multi (get: Get): TraceContext | undefined {
  const traceId = get('x-b3-traceid') ?? ''
  const spanId = get('x-b3-spanid') ?? ''
  if (!/^([0-9a-f]{16}|[0-9a-f]{32})$/.test(traceId) || !/^[0-9a-f]{16}$/.test(spanId) || !isId(traceId) || !isId(spanId)) return undefined
  const sampled = get('x-b3-flags') === '1' ? '1' : get('x-b3-sampled')
  return { traceId: traceId.padStart(32, '0'), spanId, sampled: sampled === undefined ? undefined : sampled === '1' || sampled === 'true', state: undefined, form: 'b3-multi' }
}

/**
 * Headers for the next hop. W3C always; B3 beside it where it came as B3, so that whoever reads only that goes on.
 *
 * @example traceHeaders({ traceId, spanId, sampled: true, state: undefined, form: 'b3' }) → [['traceparent', '00-…-01'], ['b3', '…-…-1']]
 */
export function traceHeaders ({ traceId, spanId, sampled, state, form }: TraceContext): ReadonlyArray<readonly [name: string, value: string]> {
  const flag = sampled === true ? '1' : '0'
  return [
    ['traceparent', `00-${traceId}-${spanId}-0${flag}`],
    ...state === undefined ? [] : [['tracestate', state] as const],
    ...form === 'b3' ? [['b3', `${traceId}-${spanId}-${flag}`] as const] : [],
    ...form === 'b3-multi' ? [['x-b3-traceid', traceId], ['x-b3-spanid', spanId], ['x-b3-sampled', flag]] as const : [],
  ]
}
