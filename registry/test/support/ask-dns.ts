// One DNS question over UDP, for tests that only want to know whether there is an answer.
import { createSocket } from 'node:dgram'
import dnsPacket from 'dns-packet'

export interface DnsAnswer {
  /** 0 no error, 2 failure, 3 no such name. */
  readonly rcode: number
  readonly addresses: readonly string[]
}

/** @throws Error when nothing comes within `patienceMs` */
export function askDns (port: number, name: string, host = '127.0.0.1', patienceMs = 5000): Promise<DnsAnswer> {
  const socket = createSocket('udp4')
  return new Promise<DnsAnswer>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer for ${name}`)), patienceMs)
    socket.once('error', reject)
    socket.once('message', bytes => {
      clearTimeout(timer)
      const { answers = [] } = dnsPacket.decode(bytes)
      resolve({ rcode: bytes[3]! & 15, addresses: answers.flatMap(answer => answer.type === 'A' ? [answer.data] : []) })
    })
    socket.send(dnsPacket.encode({ type: 'query', id: 1, flags: dnsPacket.RECURSION_DESIRED, questions: [{ type: 'A', name }] }), port, host)
  }).finally(() => socket.close())
}
