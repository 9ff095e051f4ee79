// One TCP connection: messages with their length in front, several at once if the client likes (RFC 7766 6.2), answered in whatever order they are ready.
//
//   reading => paused   too many questions wait for recursors, or the client does not read its answers
//   paused => reading   one of them is done, the client has read
//   any => closed       by the client, by silence, by a client that never finishes a message, by the door

import { MAX_MESSAGE_BYTES } from './codes.js'
import type { Socket } from 'node:net'
import type { CancelTimer, Clock } from '../clock.js'
import type { Responder } from './responder.js'

export interface TcpConnectionOptions {
  readonly socket: Socket
  readonly clock: Clock
  readonly responder: Responder
  /** IP of the other end. */
  readonly client: string
}

/** ms without a whole question after which a connection is closed: bytes that come one by one do not keep it. */
const IDLE_MS = 10_000
/** Questions of one connection that wait for others at once. */
const MAX_WAITING = 64
/** Bytes of answers that the client has not read, past which nothing more is read of it. */
const MAX_UNREAD_BYTES = 256 * 1024
const LENGTH_BYTES = 2

export class TcpConnection {
  readonly #options: TcpConnectionOptions
  /** Received, not yet a whole message. Never more than one message and one chunk. */
  #received: Buffer = Buffer.alloc(0)
  #waiting = 0
  /** The client has said all it wants to ask; it may still read. */
  #ended = false
  #cancelIdle: CancelTimer

  constructor (options: TcpConnectionOptions) {
    this.#options = options
    const { socket } = options
    this.#cancelIdle = this.#idle()
    socket.on('data', chunk => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
      this.#read()
    })
    socket.on('drain', () => this.#read())
    socket.once('end', () => {
      this.#ended = true
      this.#endIfDone()
    })
    socket.on('error', () => { /* 'close' follows, and is all there is to do */ })
    socket.once('close', () => this.#cancelIdle())
  }

  close (): void { this.#options.socket.destroy() }

  #endIfDone (): void { if (this.#ended && this.#waiting === 0) this.#options.socket.end() }

  #idle (): CancelTimer { return this.#options.clock.after(IDLE_MS, () => this.close()) }

  /** Answers what is there, as far as the bounds allow. */
  #read (): void {
    const { socket } = this.#options
    let at = 0
    while (!this.#isFull() && this.#received.length - at >= LENGTH_BYTES) {
      const end = at + LENGTH_BYTES + this.#received.readUInt16BE(at)
      if (end > this.#received.length) break
      this.#answer(this.#received.subarray(at + LENGTH_BYTES, end))
      at = end
    }
    if (at > 0) {
      this.#received = this.#received.subarray(at)
      this.#cancelIdle()
      this.#cancelIdle = this.#idle()
    }
    if (socket.destroyed) return
    if (this.#isFull() || this.#received.length > MAX_MESSAGE_BYTES + LENGTH_BYTES) socket.pause()
    else socket.resume()
  }

  #isFull (): boolean {
    return this.#waiting >= MAX_WAITING || this.#options.socket.writableLength > MAX_UNREAD_BYTES
  }

  #answer (packet: Buffer): void {
    const { responder, client } = this.#options
    const began = performance.now()
    responder.stats.received.tcp++
    const answer = responder.answer(packet, 'tcp', client)
    if (answer === undefined) return
    if (!(answer instanceof Promise)) {
      this.#write(answer, began)
      return
    }
    this.#waiting++
    void answer.then(bytes => {
      this.#waiting--
      this.#write(bytes, began)
      this.#read()
      this.#endIfDone()
    })
  }

  #write (bytes: Buffer, began: number): void {
    const { socket, responder } = this.#options
    if (!socket.writable) {
      responder.stats.unsent++
      return
    }
    const message = Buffer.allocUnsafe(LENGTH_BYTES + bytes.length)
    message.writeUInt16BE(bytes.length, 0)
    message.set(bytes, LENGTH_BYTES)
    socket.write(message)
    responder.stats.answered(bytes, performance.now() - began)
  }
}
