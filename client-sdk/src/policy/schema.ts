// The JSON Schema of the policy file, for editors and other languages: said by the rules themselves. `policy.schema.json` is this, written down; a test keeps them equal.

import { policyFile } from './policy-rules.js'

export const policySchema = (): Readonly<Record<string, unknown>> => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Roster policy file',
  ...policyFile.schema,
})
