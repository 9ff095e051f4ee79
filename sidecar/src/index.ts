// The package's public face, for who starts a sidecar from a program of his own; most start the command.

export type { Settings } from './config/options.js'
export { loadConfig } from './config/load-config.js'
export type { ConfigSources, SidecarConfig } from './config/load-config.js'
export { EXIT, SidecarError } from './errors.js'
export { Sidecar } from './sidecar.js'
export type { SidecarParts } from './sidecar.js'
