// Texts of any characters that a request can carry: all of Unicode but lone surrogates, with control characters and Latin letters as often as the rest.
import fc from 'fast-check'

const codePoint = fc.oneof(fc.integer({ min: 0, max: 0x2ff }), fc.integer({ min: 0x300, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }))

export const anyText = (maxLength: number): fc.Arbitrary<string> => fc.array(codePoint, { maxLength }).map(codes => String.fromCodePoint(...codes))
