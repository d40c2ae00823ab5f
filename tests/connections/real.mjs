/**
 * A real OpenID provider for the tests (npm oidc-provider): `node real.mjs <port> <config.json>`.
 * Its own development pages ask for a login, whose claims are those of `people`.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'

const [port, file] = process.argv.slice(2)
const config = () => JSON.parse(readFileSync(file, 'utf8'))
const { clients, people } = config()
const modules = createRequire(resolve('frontend/package.json'))
const { Provider } = await import(modules.resolve('oidc-provider'))

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients,
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...people[sub] }) }),
  claims: {
    openid: ['sub'],
    email: ['email', 'email_verified'],
    given_name: ['given_name'],
    usual_name: ['usual_name'],
    siret: ['siret'],
  },
  scopes: ['openid', 'email', 'given_name', 'usual_name', 'siret'],
  acrValues: ['eidas1', 'eidas2'],
  pkce: { required: () => true },
  cookies: { keys: ['only for tests'] },
  features: {
    devInteractions: { enabled: true },
    jwtUserinfo: { enabled: true },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: { enabled: true },
  },
  // Its clients are on this machine, where it would call nobody, and which may be slow.
  fetch: (address, { dispatcher, ...options }) =>
    fetch(address, { ...options, signal: AbortSignal.timeout(30_000) }),
  ttl: { Session: 600, Grant: 600, Interaction: 600, AccessToken: 600, IdToken: 600 },
})
// A client learns our addresses once its connection exists, as from the desk of a real provider.
provider.Client.prototype.redirectUriAllowed = function (address) {
  return config().addresses[this.clientId]?.includes(address) ?? false
}
// Whoever says so is given ID tokens that are meant for another client, and signed all the same.
const issue = provider.IdToken.prototype.issue
provider.IdToken.prototype.issue = async function (options) {
  const meant = options.use === 'idtoken' && people[this.available.sub]?.meant_for
  if (meant) this.client = await provider.Client.find(meant)
  return issue.call(this, options)
}
provider.on('server_error', (_, error) => console.error(error))
provider.listen(Number(port), '127.0.0.1', () => console.log('listening'))
