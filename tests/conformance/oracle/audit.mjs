// The audit of graphql-http against the server at the address given; prints every check that is not met.
import { auditServer } from 'graphql-http'

const results = await auditServer({ url: process.argv[2], fetchFn: fetch })
for (const { id, name, status, reason } of results.filter((result) => result.status !== 'ok')) {
  console.log(`${status} ${id} ${name}: ${reason}`)
}
console.log(`${results.filter((result) => result.status === 'ok').length} of ${results.length} checks are met`)
process.exit(results.every((result) => result.status === 'ok') ? 0 : 1)
