// A handler that passes everything on: policies extend it by what they change. (undici has one like it, marked as going away.)

import type { Duplex } from 'node:stream'
import type { Controller, Handler, Headers } from './interceptor.js'

export class PassOn implements Handler {
  constructor (protected readonly next: Handler) {}

  onRequestStart (controller: Controller, context: unknown): void { this.next.onRequestStart?.(controller, context) }
  onRequestUpgrade (controller: Controller, statusCode: number, headers: Headers, socket: Duplex): void { this.next.onRequestUpgrade?.(controller, statusCode, headers, socket) }
  onResponseStart (controller: Controller, statusCode: number, headers: Headers, statusMessage?: string): void { this.next.onResponseStart?.(controller, statusCode, headers, statusMessage) }
  onResponseData (controller: Controller, chunk: Buffer): void { this.next.onResponseData?.(controller, chunk) }
  onResponseEnd (controller: Controller, trailers: Headers): void { this.next.onResponseEnd?.(controller, trailers) }
  onResponseError (controller: Controller, error: Error): void { this.next.onResponseError?.(controller, error) }
}

/** For a policy that only wants to know when a call is over, once, and how: the status (of the head), or the error. */
export abstract class Watching extends PassOn {
  #status = 0
  #over = false

  /** @param status 0 when no head came; 101 or the like for an upgrade */
  protected abstract over (status: number, error: Error | undefined): void

  #end (error: Error | undefined): void {
    if (this.#over) return
    this.#over = true
    this.over(this.#status, error)
  }

  override onResponseStart (controller: Controller, statusCode: number, headers: Headers, statusMessage?: string): void {
    if (statusCode >= 200) this.#status = statusCode
    super.onResponseStart(controller, statusCode, headers, statusMessage)
  }

  override onRequestUpgrade (controller: Controller, statusCode: number, headers: Headers, socket: Duplex): void {
    this.#status = statusCode
    socket.once('close', () => this.#end(undefined))
    super.onRequestUpgrade(controller, statusCode, headers, socket)
  }

  override onResponseEnd (controller: Controller, trailers: Headers): void {
    this.#end(undefined)
    super.onResponseEnd(controller, trailers)
  }

  override onResponseError (controller: Controller, error: Error): void {
    this.#end(error)
    super.onResponseError(controller, error)
  }
}

/** The controller of a wait: there is nothing to pause, and to abort it ends the wait. */
export class WaitController implements Controller {
  aborted = false
  paused = false
  reason: Error | null = null
  /** Of an answer that is made here. */
  rawHeaders?: Buffer[]

  constructor (private readonly end: (reason: Error) => void) {}

  abort (reason: Error): void {
    if (this.aborted) return
    this.aborted = true
    this.reason = reason
    this.end(reason)
  }

  pause (): void { this.paused = true }
  resume (): void { this.paused = false }
}
