// By which of its addresses this machine talks to the registry. Asked of the system by opening a connection, since only its routes know.

import { connect } from 'node:net'

/** Until the connection stands, ms. */
const CONNECT_MS = 2000

/** @returns `undefined` when nobody answers there. Never rejects. */
export function localAddressTowards (host: string, port: number): Promise<string | undefined> {
  return new Promise(resolve => {
    const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port })
    const end = (address: string | undefined): void => { socket.destroy(); resolve(address) }
    socket.setTimeout(CONNECT_MS, () => end(undefined))
    socket.once('connect', () => end(socket.localAddress))
    socket.once('error', () => end(undefined))
  })
}
