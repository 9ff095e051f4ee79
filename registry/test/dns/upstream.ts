// A name server to be pointed at as a recursor: answers from a table, on UDP and TCP, and remembers what it was asked.
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import dnsPacket from 'dns-packet'
import { framed } from './support.js'
import type { AddressInfo } from 'node:net'
import type { Packet } from 'dns-packet'

/** What is answered to one name; a missing name is NXDOMAIN. */
export interface Entry {
  readonly answers?: ReadonlyArray<Record<string, unknown>>
  readonly rcode?: number
  readonly silent?: boolean
  /** Changes the answer's bytes before they are sent; several messages are sent one after the other. */
  readonly mangle?: (answer: Buffer) => readonly Buffer[]
}

export interface Upstream {
  readonly address: string
  /** `udp name type`, as asked. */
  readonly asked: string[]
  /** The packets themselves. */
  readonly packets: Buffer[]
}

interface Teardown { teardown (end: () => Promise<void>): unknown }

export async function upstream (t: Teardown, table: Readonly<Record<string, Entry>>): Promise<Upstream> {
  const asked: string[] = []
  const packets: Buffer[] = []
  const answer = (packet: Buffer, transport: string): readonly Buffer[] => {
    const [question] = dnsPacket.decode(packet).questions!
    asked.push(`${transport} ${question!.name} ${question!.type}`)
    packets.push(packet)
    const entry = table[question!.name.toLowerCase()] ?? { rcode: 3 }
    if (entry.silent === true) return []
    const answers = entry.answers?.map(record => ({ name: question!.name, ttl: 77, ...record })) ?? []
    const bytes = dnsPacket.encode({ type: 'response', id: packet.readUInt16BE(0), flags: dnsPacket.RECURSION_AVAILABLE | (packet.readUInt16BE(2) & 0x100), questions: [question!], answers } as Packet)
    bytes[3]! |= entry.rcode ?? 0
    return entry.mangle?.(bytes) ?? [bytes]
  }
  for (;;) {
    const tcp = createServer(socket => {
      socket.on('error', () => {})
      socket.on('data', chunk => socket.write(framed(answer(chunk.subarray(2), 'tcp'))))
    })
    await new Promise<void>(resolve => tcp.listen(0, '127.0.0.1', resolve))
    const { port } = tcp.address() as AddressInfo
    const udp = createSocket('udp4')
    const bound = await new Promise<boolean>(resolve => {
      udp.once('error', () => resolve(false))
      udp.bind(port, '127.0.0.1', () => resolve(true))
    })
    if (!bound) {
      tcp.close()
      continue
    }
    udp.on('message', (packet, from) => { for (const bytes of answer(packet, 'udp')) udp.send(bytes, from.port, from.address) })
    t.teardown(() => new Promise(resolve => udp.close(() => tcp.close(() => resolve()))))
    return { address: `127.0.0.1:${port}`, asked, packets }
  }
}
