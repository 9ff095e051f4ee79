// The UDP side of the door: one socket. Each message is a question, each question is answered in one message or not at all.

import { createSocket } from 'node:dgram'
import { lookup } from 'node:dns'
import { isIP, isIPv6 } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { RemoteInfo, Socket } from 'node:dgram'
import type { Responder } from './responder.js'

/** Bytes of answers that may wait for the network; past it answers are dropped, as the network would drop them. */
const MAX_QUEUED_BYTES = 4 * 2 ** 20
/** The queue is looked at every so many answers: looking costs as much as a small answer. */
const LOOK_EVERY = 64
/** Bytes of questions that the system holds for us while we do something else; it may give less. */
const RECEIVE_BUFFER_BYTES = 2 ** 20

/** What a socket asks. */
export type Answering = Pick<Responder, 'admits' | 'answer' | 'charge' | 'stats'>

export class UdpListener {
  readonly #responder: Answering
  readonly #socket: Socket
  #sent = 0
  #congested = false
  #closed = false

  constructor (responder: Answering, host: string) {
    this.#responder = responder
    this.#socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4', lookup: atOnce })
    this.#socket.on('message', (packet, from) => this.#receive(packet, from))
  }

  /** @throws the system's error when the port is taken or the address is not ours */
  bind (host: string, port: number): Promise<AddressInfo> {
    const socket = this.#socket
    return new Promise((resolve, reject) => {
      socket.once('error', reject)
      socket.bind({ address: host, port }, () => {
        socket.off('error', reject)
        // What the network reports of single messages (a host that is gone) concerns nobody else.
        socket.on('error', () => { this.#responder.stats.unsent++ })
        try { socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES) } catch { /* the system's own size will do */ }
        resolve(socket.address())
      })
    })
  }

  close (): Promise<void> {
    if (this.#closed) return Promise.resolve()
    this.#closed = true
    return new Promise(resolve => this.#socket.close(() => resolve()))
  }

  #receive (packet: Buffer, from: RemoteInfo): void {
    const began = performance.now()
    const { stats } = this.#responder
    stats.received.udp++
    if (!this.#responder.admits(from.address)) {
      stats.limited++
      return
    }
    const answer = this.#responder.answer(packet, 'udp', from.address)
    if (answer === undefined) return
    if (answer instanceof Promise) void answer.then(bytes => this.#send(bytes, from, began))
    else this.#send(answer, from, began)
  }

  #send (bytes: Buffer, from: RemoteInfo, began: number): void {
    const { stats } = this.#responder
    if (this.#closed || this.#isCongested()) {
      stats.unsent++
      return
    }
    this.#socket.send(bytes, 0, bytes.length, from.port, from.address)
    this.#responder.charge(from.address, bytes.length)
    stats.answered(bytes, performance.now() - began)
  }

  #isCongested (): boolean {
    if (this.#congested || ++this.#sent % LOOK_EVERY === 0) this.#congested = this.#socket.getSendQueueSize() > MAX_QUEUED_BYTES
    return this.#congested
  }
}

type LookupCallback = (error: NodeJS.ErrnoException | null, address: string, family: number) => void

/** Where answers go is an address already; the system's own way with names would cost each of them a turn of the loop. */
function atOnce (host: string, options: unknown, callback: LookupCallback): void {
  const family = isIP(host)
  if (family === 0) lookup(host, callback)
  else callback(null, host, family)
}
