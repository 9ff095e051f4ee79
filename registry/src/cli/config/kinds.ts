// The kinds of config entries that there are.

import type { ConfigKind } from '@roster/client/api'

const KINDS: Readonly<Record<ConfigKind, true>> = {
  'service-defaults': true,
  'proxy-defaults': true,
  'service-router': true,
  'service-splitter': true,
  'service-resolver': true,
  'service-intentions': true,
  mesh: true,
  'exported-services': true,
  'ingress-gateway': true,
  'terminating-gateway': true,
  'api-gateway': true,
  'bound-api-gateway': true,
  'http-route': true,
  'tcp-route': true,
  'inline-certificate': true,
  'file-system-certificate': true,
  'jwt-provider': true,
}

export const KIND_NAMES: readonly string[] = Object.keys(KINDS).sort()

export const isKind = (text: string): boolean => Object.hasOwn(KINDS, text)
