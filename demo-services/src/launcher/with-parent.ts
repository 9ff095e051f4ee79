// Loaded in front of a program that does not know that it has a parent: it ends when the parent does.

process.once('disconnect', () => { process.kill(process.pid, 'SIGTERM') })
process.channel?.unref()
