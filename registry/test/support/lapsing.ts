// A process of its own for pause.test.ts: a few owners with deadlines, driven by messages.
import { systemClock } from '../../src/clock.js'
import { Deadlines } from '../../src/health/deadlines.js'
import { PauseWatch } from '../../src/health/pause.js'

const TTL_MS = 600
const OWNERS = ['one', 'two', 'three']

const say = (what: string): void => { process.send!(what) }
const pauses = new PauseWatch(systemClock)
let lapsed = 0
const deadlines = new Deadlines<string>({
  clock: systemClock,
  pauses,
  lapsed: id => {
    lapsed++
    say(`${id} lapsed`)
  },
})
pauses.onPause(() => say('paused'))
pauses.start()
for (const id of OWNERS) deadlines.set(id, TTL_MS)
process.on('message', message => {
  if (message === 'renew') for (const id of OWNERS) deadlines.renew(id)
  if (message === 'renew one') {
    const renewing = setInterval(() => deadlines.renew('one'), TTL_MS / 4)
    renewing.unref()
  }
  if (message === 'report') say(`${lapsed} lapsed`)
})
say('watching')
