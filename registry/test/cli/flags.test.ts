// Flags are read as Go's command lines read them, and refused in its words.
import t from 'tap'
import fc from 'fast-check'
import { editDistance, FlagError, flags, HelpWanted, parseBool, parseFlags } from '../../src/cli/flags.js'

const table = flags([
  { name: 'stale', kind: 'bool', help: '' },
  { name: 'shell', kind: 'bool', default: true, help: '' },
  { name: 'near', kind: 'string', help: '' },
  { name: 'days', kind: 'int', default: 365, help: '' },
  { name: 'http-port', kind: 'port', help: '' },
  { name: 'rate', kind: 'float', help: '' },
  { name: 'wait', kind: 'duration', help: '' },
  { name: 'tag', kind: 'list', help: '' },
  { name: 'label', kind: 'list', into: 'tag', help: '' },
  { name: 'meta', kind: 'map', help: '' },
  { name: 'old-name', kind: 'string', hidden: true, help: '' },
])
const parse = (...args: string[]) => parseFlags(table, args)
const NONE = { stale: undefined, shell: true, near: undefined, days: 365, tag: [], meta: {} }

t.test('what is given, in every manner', async t => {
  const cases: ReadonlyArray<readonly [args: readonly string[], values: object, words: readonly string[]]> = [
    [[], {}, []],
    [['-stale'], { stale: true }, []],
    [['--stale'], { stale: true }, []],
    [['-stale', 'false'], { stale: true }, ['false']],
    [['-stale=false'], { stale: false }, []],
    [['-stale=F', '-shell=0'], { stale: false, shell: false }, []],
    [['-near', 'a', '--near=b'], { near: 'b' }, []],
    [['-near='], { near: '' }, []],
    [['-near=a=b'], { near: 'a=b' }, []],
    [['-near', '-stale'], { near: '-stale' }, []],
    [['-near', '--'], { near: '--' }, []],
    [['-days=-7'], { days: -7 }, []],
    [['-days', '0x1F'], { days: 31 }, []],
    [['-days=017'], { days: 15 }, []],
    [['-days=0o17'], { days: 15 }, []],
    [['-days=0b11'], { days: 3 }, []],
    [['-http-port=017'], { 'http-port': 17 }, []],
    [['-http-port=-1'], { 'http-port': -1 }, []],
    [['-rate=1.5e2'], { rate: 150 }, []],
    [['-wait=1m30s'], { wait: 90_000 }, []],
    [['-wait=0'], { wait: 0 }, []],
    [['-tag', 'a', '-label=b', '-tag=c,d'], { tag: ['a', 'b', 'c,d'] }, []],
    [['-meta', 'a=b', '-meta=c:d=e', '-meta=f'], { meta: { a: 'b', c: 'd=e', f: '' } }, []],
    [['-old-name', 'x'], { 'old-name': 'x' }, []],
    [['x', '-stale'], {}, ['x', '-stale']],
    [['-stale', 'x', '-near', 'y'], { stale: true }, ['x', '-near', 'y']],
    [['-', '-stale'], {}, ['-', '-stale']],
    [['-stale', '--', '-near'], { stale: true }, ['-near']],
    [['--', '--'], {}, ['--']],
    [[''], {}, ['']],
  ]
  for (const [args, values, words] of cases) {
    const parsed = parse(...args)
    t.match({ ...parsed.values, meta: { ...parsed.values.meta } }, { ...NONE, ...values }, args.join(' '))
    t.strictSame(parsed.words, words, args.join(' '))
  }
})

t.test('given is what stood there, even with its default', async t => {
  t.strictSame([...parse('-days=365', '-stale=false', '-label', 'x').given], ['days', 'stale', 'label'])
})

t.test('refusals', async t => {
  const cases: ReadonlyArray<readonly [args: readonly string[], lines: string]> = [
    [['-x'], 'flag provided but not defined: -x'],
    [['--x=1'], 'flag provided but not defined: -x'],
    [['-stal'], 'flag provided but not defined: -stal\nDid you mean -stale?'],
    [['-http_port', '1'], 'flag provided but not defined: -http_port\nDid you mean -http-port?'],
    [['-nera=x'], 'flag provided but not defined: -nera\nDid you mean -near?'],
    [['-old-nam=x'], 'flag provided but not defined: -old-nam'],
    [['---stale'], 'bad flag syntax: ---stale'],
    [['-=x'], 'bad flag syntax: -=x'],
    [['--=x'], 'bad flag syntax: --=x'],
    [['-near'], 'flag needs an argument: -near'],
    [['-stale', '-near'], 'flag needs an argument: -near'],
    [['-stale=maybe'], 'invalid boolean value "maybe" for -stale: strconv.ParseBool: parsing "maybe": invalid syntax'],
    [['-stale='], 'invalid boolean value "" for -stale: strconv.ParseBool: parsing "": invalid syntax'],
    [['-days=x'], 'invalid value "x" for flag -days: parse error'],
    [['-days=1.5'], 'invalid value "1.5" for flag -days: parse error'],
    [['-days=08'], 'invalid value "08" for flag -days: parse error'],
    [['-days=99999999999999999999'], 'invalid value "99999999999999999999" for flag -days: value out of range'],
    [['-http-port=0x10'], 'invalid value "0x10" for flag -http-port: strconv.Atoi: parsing "0x10": invalid syntax'],
    [['-http-port=99999999999999999999'], 'invalid value "99999999999999999999" for flag -http-port: strconv.Atoi: parsing "99999999999999999999": value out of range'],
    [['-rate=x'], 'invalid value "x" for flag -rate: parse error'],
    [['-wait=10'], 'invalid value "10" for flag -wait: parse error'],
    [['-wait', 'a\nb'], 'invalid value "a\\nb" for flag -wait: parse error'],
  ]
  for (const [args, lines] of cases) {
    try {
      parse(...args)
      t.fail(args.join(' '))
    } catch (error) {
      t.equal(error instanceof FlagError && error.lines, lines, args.join(' '))
    }
  }
})

t.test('help is wanted, unless a flag of that name exists or a word came first', async t => {
  for (const args of [['-h'], ['-help'], ['--help'], ['-stale', '-h', '-x']]) t.throws(() => parse(...args), HelpWanted, args.join(' '))
  t.strictSame(parse('x', '-h').words, ['x', '-h'])
  t.equal(parseFlags([{ name: 'h', kind: 'bool', help: '' }], ['-h']).values.h, true)
})

t.test('booleans are the words of ParseBool', async t => {
  for (const word of ['1', 't', 'T', 'TRUE', 'true', 'True']) t.equal(parseBool(word), true, word)
  for (const word of ['0', 'f', 'F', 'FALSE', 'false', 'False']) t.equal(parseBool(word), false, word)
  for (const word of ['', 'yes', 'tRUE', ' true', '2']) t.equal(parseBool(word), undefined, word)
})

t.test('names from JavaScript are no flags, and no obstacle in maps', async t => {
  for (const name of ['__proto__', 'constructor', 'toString']) t.throws(() => parse(`-${name}`), FlagError, name)
  t.strictSame(Object.entries(parse('-meta=__proto__=x', '-meta', 'constructor=y').values.meta), [['__proto__', 'x'], ['constructor', 'y']])
})

t.test('whatever is written with flags reads back, in any order and manner', async () => {
  const word = fc.string({ maxLength: 5 })
  const given = fc.array(fc.oneof(
    fc.record({ flag: fc.constant('near' as const), value: word }),
    fc.record({ flag: fc.constant('tag' as const), value: word }),
    fc.record({ flag: fc.constant('days' as const), value: fc.integer() }),
    fc.record({ flag: fc.constant('stale' as const), value: fc.boolean() })
  ), { maxLength: 6 })
  const words = fc.array(word, { maxLength: 3 })
  fc.assert(fc.property(given, words, fc.nat(7), (items, rest, manner) => {
    const args = items.flatMap(({ flag, value }) => {
      const dashed = `${manner & 1 ? '--' : '-'}${flag}`
      if (typeof value === 'boolean') return [value && manner & 2 ? dashed : `${dashed}=${value}`]
      return manner & 4 ? [dashed, String(value)] : [`${dashed}=${value}`]
    })
    const { values, words } = parse(...args, '--', ...rest)
    const last = (flag: string): unknown => items.findLast(item => item.flag === flag)?.value
    return words.join('\0') === rest.join('\0') && values.near === last('near') && values.stale === last('stale') && values.days === (last('days') ?? 365) &&
      values.tag.join('\0') === items.filter(item => item.flag === 'tag').map(item => item.value).join('\0')
  }), { seed: 3, numRuns: 200 })
})

t.test('edit distance is a distance, and a swap of neighbours is one step', async t => {
  for (const [a, b, distance] of [['', '', 0], ['a', '', 1], ['near', 'nera', 1], ['stale', 'stal', 1], ['kitten', 'sitting', 3], ['ab', 'ba', 1]] as const) t.equal(editDistance(a, b), distance, `${a} ${b}`)
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 5 })
  fc.assert(fc.property(word, word, (a, b) => editDistance(a, b) === editDistance(b, a) && (editDistance(a, b) === 0) === (a === b) && editDistance(a, b) <= Math.max(a.length, b.length)), { seed: 5, numRuns: 200 })
})
