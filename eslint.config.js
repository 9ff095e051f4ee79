import neostandard, { resolveIgnoresFromGitignore } from 'neostandard'

export default [
  ...neostandard({ ts: true, ignores: resolveIgnoresFromGitignore() }),
  { files: ['**/*.ts', '**/*.tsx'], rules: { '@typescript-eslint/no-explicit-any': 'error' } },
  // Two rules about one indentation never agree; the general one stays.
  { files: ['**/*.tsx'], rules: { '@stylistic/jsx-indent': 'off', '@stylistic/jsx-closing-tag-location': 'off' } },
  { rules: { 'no-void': 'off' } },
  // `x ??= make()` as the whole of an arrow is how a thing is made once; loops that wait are ended from outside.
  { rules: { 'no-return-assign': 'off', 'no-unmodified-loop-condition': 'off' } },
]
