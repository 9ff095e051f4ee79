// Where servers reach one another, as `host:port`; one server has nobody to reach it there, and clients are told all the same.

import type { RuntimeConfig } from '../config/runtime-config.js'

export const serverAddress = ({ addresses, ports }: RuntimeConfig): string => `${addresses.advertise.includes(':') ? `[${addresses.advertise}]` : addresses.advertise}:${ports.server}`
