// `roster version`, which `-v` stands for as well.

import { outputFlag } from './common-flags.js'
import { Failure } from './failure.js'
import { flags } from './flags.js'
import { goJson } from './go-json.js'
import { verb } from './verb.js'
import { VERSION } from '../version.js'

/** Of the compatible agents' gossip, for tools that look for it. */
const PROTOCOL = { Default: 2, Min: 2, Max: 3 } as const

export const version = verb({
  usage: 'roster version [options]',
  text: 'Shows the version of this program.',
  flags: flags([
    { name: 'format', kind: 'string', default: 'pretty', values: ['pretty', 'json'], help: 'How to write it: pretty or json. Default: pretty.' },
    ...outputFlag,
  ]),
  run ({ values: { format }, io, json }) {
    const [release = '', prerelease = ''] = VERSION.split('-', 2)
    if (format === 'json' || json) io.out(goJson({ Version: release, Revision: '', Prerelease: prerelease, BuildDate: BUILD_DATE, RPC: PROTOCOL }, '   ') + '\n')
    else if (format === 'pretty') io.out(`Roster v${VERSION}\nBuild Date ${BUILD_DATE}\nProtocol ${PROTOCOL.Default} spoken by default, understands ${PROTOCOL.Min} to ${PROTOCOL.Max} (agent will automatically use protocol >2 when speaking to compatible agents)\n\n`)
    else throw new Failure(`Unknown format: ${format}`)
    return 0
  },
})

/** Roster is built from source; its date is that of the release. */
const BUILD_DATE = '2026-11-24T00:00:00Z'
