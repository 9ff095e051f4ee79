// Two sockets joined to one stream: what comes on one goes out on the other, no faster than it is taken; the end of one side is the end of that direction alone. Looks at nothing.

import type { Socket } from 'node:net'
import type { Clock } from '@roster/client'
import type { Patience, Waiting } from '@roster/client/calls'

export interface TunnelParts {
  readonly clock: Clock
  readonly patience: Patience
  /** Without a byte in either direction, ms; then both are cut. */
  readonly idleMs: number
}

/** @param word empty when both directions came to their end */
export type TunnelOver = (word: string, bytesFromClient: number, bytesFromServer: number) => void

export class Tunnel implements Waiting {
  until = Infinity
  before: Waiting | undefined
  after: Waiting | undefined
  #fromClient = 0
  #fromServer = 0
  #moved = false
  #ends = 0
  #over = false

  constructor (private readonly client: Socket, private readonly server: Socket, private readonly parts: TunnelParts, private readonly over: TunnelOver) {
    parts.patience.add(this, parts.idleMs, parts.clock.monotonic())
    client.on('data', this.#clientData).on('end', this.#clientEnd).on('drain', this.#clientDrain).on('error', this.#clientError).on('close', this.#clientClose)
    server.on('data', this.#serverData).on('end', this.#serverEnd).on('drain', this.#serverDrain).on('error', this.#serverError).on('close', this.#serverClose)
    if (client.destroyed) this.#finish('client-gone')
    else if (server.destroyed) this.#finish('upstream-reset')
    client.resume()
    server.resume()
  }

  /** Cuts both sides. */
  cut (word = 'closed'): void { this.#finish(word) }

  expired (): void {
    if (!this.#moved) { this.#finish('silent'); return }
    this.#moved = false
    this.parts.patience.add(this, this.parts.idleMs, this.parts.clock.monotonic())
  }

  readonly #clientData = (bytes: Buffer): void => {
    this.#moved = true
    this.#fromClient += bytes.length
    if (!this.server.write(bytes)) this.client.pause()
  }

  readonly #serverData = (bytes: Buffer): void => {
    this.#moved = true
    this.#fromServer += bytes.length
    if (!this.client.write(bytes)) this.server.pause()
  }

  readonly #clientDrain = (): void => { this.server.resume() }
  readonly #serverDrain = (): void => { this.client.resume() }
  readonly #clientEnd = (): void => { this.server.end(); this.#ended() }
  readonly #serverEnd = (): void => {
    // A reset that comes with the last bytes is told as an end; only the peer's address is gone then, as it is when both sides have ended.
    if (!this.server.writableEnded && this.server.remoteAddress === undefined) { this.#finish('upstream-reset'); return }
    this.client.end()
    this.#ended()
  }

  readonly #clientError = (): void => { this.#finish('client-gone') }
  readonly #serverError = (): void => { this.#finish('upstream-reset') }
  readonly #clientClose = (): void => { this.#finish(this.#ends === 2 ? '' : 'client-gone') }
  readonly #serverClose = (): void => { this.#finish(this.#ends === 2 ? '' : 'upstream-reset') }

  #ended (): void {
    this.#ends++
    // What is still to be written is: the sockets close themselves when it has gone.
    if (this.#ends === 2) this.#tell('')
  }

  #finish (word: string): void {
    if (this.#over) return
    this.#tell(word)
    // The end of an orderly side must not look like one when the other was cut.
    for (const socket of [this.client, this.server]) if (!socket.destroyed) if (word === '') socket.destroySoon(); else if (socket.writableEnded) socket.destroy(); else socket.resetAndDestroy()
  }

  #tell (word: string): void {
    if (this.#over) return
    this.#over = true
    this.parts.patience.remove(this)
    this.over(word, this.#fromClient, this.#fromServer)
  }
}
