// Finds addresses of others in sources: hosts, ports, URLs. What a service listens on itself, and loopback as that, are its own.

import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

export interface Finding { readonly file: string, readonly line: number, readonly text: string, readonly why: string }

const RULES: ReadonlyArray<readonly [why: string, pattern: RegExp]> = [
  ['a URL with a host', /\b(?:https?|grpc|mqtts?|amqps?|wss?|redis|mongodb):\/\/(?!\$\{)[A-Za-z0-9[]/],
  ['an IP address', /(?<![\d.])(?!127\.0\.0\.1['"`])\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\d.])/],
  ['loopback with a port', /\b(?:localhost|127\.0\.0\.1):\d/],
  ['a host with a port', /['"`][a-z][a-z0-9.-]*:\d{2,5}['"`/]/],
  ['a port of a connection', /\bconnect(?:Async)?\(\s*\d{2,5}/],
  ['an address from the environment', /\benv(?:\[['"`]|\.)[A-Z0-9_]*(?:_ADDR|_HOST|_PORT|_URL|_ENDPOINT)\b/],
]

/** Lines that say something in words; a cited page is no address that is called. */
const isComment = (line: string): boolean => /^\s*(?:\/\/|\*|\/\*|#|""")/.test(line)
/** What a service may be told: its own store, and where spans go besides. */
const ALLOWED = /env\[?['"`.]?(?:DATABASE_URL|OTEL_[A-Z_]+)\b/

/** @example addressesIn('a.ts', "fetch('http://payments:8080')").length === 1 */
export function addressesIn (file: string, source: string): readonly Finding[] {
  return source.split('\n').flatMap((line, index) => {
    if (isComment(line)) return []
    // Names of XML's kinds look like addresses and are none.
    const code = line.replace(/\s\/\/ .*$/, '').replaceAll('http://www.w3.org/2000/svg', '').replaceAll(new RegExp(ALLOWED, 'g'), '')
    return RULES.filter(([, pattern]) => pattern.test(code)).map(([why]) => ({ file, line: index + 1, text: line.trim(), why }))
  })
}

/** Source folders of services: those of the launcher, the tour and the load are not services, and the launcher must know where it puts the registry. */
export const SERVICE_FOLDERS: readonly string[] = ['kit', 'broker', 'inventory', 'notifications', 'orders', 'payments', 'recommendations', 'storefront', 'users', 'operator', 'load']

/** @param root `demo-services` */
export function addressesBelow (root: string): readonly Finding[] {
  const folders = [...SERVICE_FOLDERS.map(name => join(root, 'src', name)), join(root, 'guests'), join(root, 'pages')]
  return folders.flatMap(folder => files(folder)).filter(file => /\.(?:ts|js|html|py)$/.test(file)).flatMap(file => addressesIn(relative(root, file), readFileSync(file, 'utf8')))
}

function files (folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)])
}
