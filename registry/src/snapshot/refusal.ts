// Why an archive is refused, in the words that restores and inspections share.

import { errors } from '../errors.js'
import type { ArchiveError } from './meta.js'
import type { RosterError } from '../errors.js'

export function archiveRefusal ({ stage, message }: ArchiveError): RosterError {
  switch (stage) {
    case 'gzip': return errors.SNAPSHOT_NO_GZIP(message)
    case 'end': return errors.SNAPSHOT_TRAILING(message)
    case 'file': return errors.SNAPSHOT_UNREADABLE(message)
  }
}
