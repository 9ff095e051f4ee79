// What all deployments have in common: ports inside containers, versions, names of images. In a container everybody may have the same port, since everybody has an address.

export const VERSION = 'v2.1'
export const IMAGES = 'myapp'
/** Where every service listens in its container. */
export const PORT = 8080
export const REGISTRY = { http: 8500, dns: 8600 } as const
/** Where the sidecar gives `delivery` its neighbour. */
export const UPSTREAM_PORT = 9001

export const image = (one: string): string => `${IMAGES}/${one}-service:${VERSION}`

/** Program that ends well when somebody listens on the port: for containers without a shell's tools. */
export const listens = (port: number): readonly string[] => ['node', '-e', `require('net').connect(${port}, '127.0.0.1').once('connect', () => process.exit(0)).once('error', () => process.exit(1))`]
/** The same, when it also says that it is well. */
export const answers = (port: number, path: string): readonly string[] => ['node', '-e', `fetch('http://127.0.0.1:${port}${path}').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))`]
