// The search box of a view. What is in it is in the URL; `/` leads to it, Esc empties it, then leaves.

import { param, set } from '../live/location.js'

export const SearchBox = ({ label }: { label: string }) => <input
  type='search' class='search' id='search' placeholder={`${label}   /`} aria-label={label} autocomplete='off' spellcheck={false} value={param('q')}
  title='Words, or tag: state: node: owner: zone: version: meta.key: with a value; a minus before it leaves out'
  onInput={event => set({ q: event.currentTarget.value })}
  onKeyDown={event => {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    if (event.currentTarget.value !== '') {
      // At once: the next key must not find what is about to be drawn over.
      event.currentTarget.value = ''
      set({ q: '' })
    } else event.currentTarget.blur()
  }}
                                                           />
