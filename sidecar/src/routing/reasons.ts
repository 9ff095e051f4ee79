// The one catalogue of what the house answers by itself when it does not forward a request: a status, the word in `x-roster-reason`, and a line for people. What the data plane refuses
// (framing, time, failed instances) has its words there.

import type { Refusal } from '../http1/route.js'

const refusal = (status: number, reason: string, message: string): Refusal => ({ status, reason, message })

export const notRegistered = (name: string): Refusal => refusal(503, 'not-registered', `"${name}" is not registered: nobody offers it`)
export const noServiceNamed = (): Refusal => refusal(400, 'no-service-named', 'Which service? Name it in the Host header, such as Host: payments')
export const notAService = (host: string): Refusal => refusal(403, 'not-a-service', `"${printable(host)}" is no name of a service; only registered names can be reached here`)
export const foreignHost = (host: string, name: string): Refusal => refusal(403, 'foreign-host', `"${printable(host)}" is not "${name}", the only service behind this port`)
export const tooManyNames = (): Refusal => refusal(503, 'too-many-names', 'Too many services are called already; this name is not among them')
export const notReady = (message: string): Refusal => refusal(503, 'not-ready', message)
export const draining = (): Refusal => ({ ...refusal(503, 'draining', 'This instance is leaving'), close: true })
export const tooManyRequests = (max: number): Refusal => refusal(503, 'overloaded', `${max} requests are in progress, as many as this instance takes`)
export const serviceDown = (why: string): Refusal => refusal(503, 'service-down', `The service does not answer: ${why}`)

/** What came from outside, safe to be shown and not long. */
const printable = (text: string): string => text.replace(/[^\x21-\x7e]/g, '?').slice(0, 100)
