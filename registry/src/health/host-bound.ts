// Checks that look at the very host that they run on: on another host they would find out about something else. Pure.

import { isLoopback } from '../config/build/ip.js'
import { checkDefinition, typeOf } from './definition.js'
import type { CheckDefinition } from './definition.js'

/** Whether a check belongs to one host: programs, containers, services of the system, sockets of the file system and loopback addresses. */
export function isHostBound (fields: Readonly<Partial<CheckDefinition>>): boolean {
  const definition = checkDefinition(fields)
  switch (typeOf(definition)) {
    case 'script':
    case 'docker':
    case 'os_service': return true
    case 'http': return /^unix:/i.test(definition.http) || isHere(hostOfUrl(definition.http))
    case 'tcp': return isHere(hostOf(definition.tcp))
    case 'udp': return isHere(hostOf(definition.udp))
    case 'grpc': return /^unix:/i.test(definition.grpc) || isHere(hostOf(definition.grpc.split('/')[0]!))
    case 'h2ping': return isHere(hostOf(definition.h2ping))
    default: return false
  }
}

const hostOfUrl = (url: string): string => URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : ''
const hostOf = (target: string): string => target.startsWith('/') ? 'localhost' : target.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
const isHere = (host: string): boolean => host === 'localhost' || host === '' || isLoopback(host)
