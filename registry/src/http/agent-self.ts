// /v1/agent/self, version and host: what the agent says of itself and of its machine.

import { BUILD_DATE, selfJson } from '../agent/about/self.js'
import { hostJson } from '../agent/about/host.js'
import { VERSION } from '../version.js'
import { json } from './reply.js'
import type { Handler, Route } from './route.js'

const self: Handler = (request, roster) => json(selfJson(roster), request, roster)

const version: Handler = (request, roster) => json({ SHA: '', BuildDate: BUILD_DATE, HumanVersion: `${roster.config.version}+roster.${VERSION}`, FIPS: '' }, request, roster)

const host: Handler = async (request, roster) => json(await hostJson(roster.config.dataDir ?? '/', roster.clock.now()), request, roster)

export const agentSelfRoutes: readonly Route[] = [
  { path: '/v1/agent/self', methods: { GET: self } },
  { path: '/v1/agent/version', methods: { GET: version } },
  { path: '/v1/agent/host', methods: { GET: host } },
]
