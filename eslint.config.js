import neostandard, { resolveIgnoresFromGitignore } from 'neostandard'

export default [
  ...neostandard({ ts: true, ignores: resolveIgnoresFromGitignore() }),
  { rules: { '@typescript-eslint/no-explicit-any': 'error', 'no-void': 'off' } },
]
