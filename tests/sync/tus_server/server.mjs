// A tus server that is none of ours, for the tests: `node server.mjs DIRECTORY`. Tells its port, and ends with its input.
import { FileStore } from '@tus/file-store'
import { Server } from '@tus/server'

const directory = process.argv[2]
const server = new Server({ path: '/files', datastore: new FileStore({ directory }) })
const listener = server.listen(0, '127.0.0.1', () => console.log(listener.address().port))
process.stdin.on('end', () => process.exit(0)).resume()
