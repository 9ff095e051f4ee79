// Laws of elections: one leads at a time, the next takes over, the work's failure is told and is not the end, stopping waits for the work.
import t from 'tap'
import { createApi, leaderElection } from '../../src/index.js'
import { programs, registryProcess } from '../support/registry-process.js'
import type { RosterApi, Term } from '../../src/index.js'

const quick = { ttlMs: 10_000, lockDelayMs: 0 }
const ended = (signal: AbortSignal): Promise<void> => new Promise(resolve => { if (signal.aborted) resolve(); else signal.addEventListener('abort', () => resolve(), { once: true }) })
const until = async (holds: () => boolean): Promise<void> => { while (!holds()) await new Promise(resolve => setImmediate(resolve)) }

for (const { name, command } of programs) {
  t.test(name, async t => {
    const { url } = await registryProcess(t, command)
    const api: RosterApi = createApi({ address: url })
    t.teardown(() => api.close())

    t.test('one leads; when it stops, another does, with a larger token', async t => {
      const terms: Array<readonly [who: string, term: Term]> = []
      let leading = 0
      const stand = (who: string) => leaderElection(api, {
        key: 'leader',
        value: who,
        ...quick,
        lead: async term => {
          t.equal(++leading, 1)
          terms.push([who, term])
          await ended(term.signal)
          leading--
        },
      })
      const elections = new Map(['a', 'b', 'c'].map(who => [who, stand(who)]))
      for (let n = 1; n <= 3; n++) {
        await until(() => terms.length === n)
        const [who, term] = terms[n - 1]!
        t.same(await elections.get(who)!.leader(), { session: term.session, value: who })
        t.equal(elections.get(who)!.term?.fencingToken, term.fencingToken)
        await elections.get(who)!.stop()
        t.equal(elections.get(who)!.term, undefined)
      }
      t.same(terms.map(([who]) => who).sort(), ['a', 'b', 'c'])
      t.same(terms.map(([, term]) => term.fencingToken), terms.map(([, term]) => term.fencingToken).sort((x, y) => x - y))
      t.equal(await elections.get('a')!.leader(), undefined)
    })

    t.test('work that fails is told, and it stands again', async t => {
      const told: unknown[] = []
      let times = 0
      const election = leaderElection(api, {
        key: 'clumsy',
        ...quick,
        onError: error => told.push(error),
        lead: async () => { if (++times === 1) throw new Error('tripped') },
      })
      await until(() => times >= 2)
      await election.stop()
      t.match(told, [{ message: 'tripped' }])
    })

    t.test('a lost lock ends the time of leading', async t => {
      const terms: Term[] = []
      const election = leaderElection(api, { key: 'robbed', ...quick, lead: async term => { terms.push(term); await ended(term.signal) } })
      await until(() => terms.length === 1)
      await api.session.destroy(terms[0]!.session)
      await until(() => terms.length === 2)
      t.ok(terms[1]!.fencingToken > terms[0]!.fencingToken)
      await election.stop()
    })

    t.test('stopping one that waits is at once', async t => {
      const first = leaderElection(api, { key: 'queue', ...quick, lead: async term => { await ended(term.signal) } })
      await until(() => first.term !== undefined)
      const second = leaderElection(api, { key: 'queue', ...quick, lead: async () => { t.fail('not its turn') } })
      await second.stop()
      await first.stop()
      t.equal((await api.session.list()).value.length, 0)
    })
  })
}
