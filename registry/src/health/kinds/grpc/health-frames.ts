// The two messages of grpc.health.v1 in the only encoding they need: one field each, in a gRPC frame. Pure; a protobuf library would be all overhead.
// Sources: grpc.io "GRPC Health Checking Protocol" and "gRPC over HTTP2"; protobuf's encoding page.

/** `HealthCheckRequest { string service = 1 }` as one gRPC frame: flag, length (32 bit), message. */
export function encodeRequest (service: string): Buffer {
  const name = Buffer.from(service)
  const message = name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a]), varint(name.length), name])
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

/**
 * The status number of the first `HealthCheckResponse { ServingStatus status = 1 }` in a stream of gRPC frames; 0 when the field is left out.
 * @returns `undefined` when there is no whole message, or it cannot be read
 */
export function decodeResponse (frames: Buffer): number | undefined {
  if (frames.length < 5 || frames[0] !== 0) return undefined // 1 would be compressed, which was not offered
  const end = 5 + frames.readUInt32BE(1)
  if (frames.length < end) return undefined
  let status = 0
  for (let at = 5; at < end;) {
    const key = readVarint(frames, at, end)
    if (key === undefined) return undefined
    const value = key.value & 7 ? skip(frames, key.next, end, key.value & 7) : readVarint(frames, key.next, end)
    if (value === undefined) return undefined
    if (key.value === 0x08) status = value.value
    at = value.next
  }
  return status
}

interface Read { readonly value: number, readonly next: number }

/** The end of a field of a later schema, by its wire type. */
function skip (bytes: Buffer, at: number, end: number, wireType: number): Read | undefined {
  if (wireType === 1) return at + 8 <= end ? { value: 0, next: at + 8 } : undefined
  if (wireType === 5) return at + 4 <= end ? { value: 0, next: at + 4 } : undefined
  if (wireType !== 2) return undefined
  const length = readVarint(bytes, at, end)
  return length !== undefined && length.next + length.value <= end ? { value: 0, next: length.next + length.value } : undefined
}

function readVarint (bytes: Buffer, at: number, end: number): Read | undefined {
  let value = 0
  for (let i = 0; i < 10 && at + i < end; i++) {
    const byte = bytes[at + i]!
    value += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return { value, next: at + i + 1 }
  }
  return undefined
}

function varint (n: number): Buffer {
  const bytes: number[] = []
  for (let rest = n; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest])
    bytes.push(rest % 128 | 0x80)
  }
}
