// The broker keeps nothing: what it lost with its memory, readers fetch from orders by its number.

export {}
