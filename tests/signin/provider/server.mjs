// A certified OpenID provider that is not ours (npm `oidc-provider`), and behind it a platform that
// takes its tokens: /api goes on to a sandbox, with the sandbox's own token in the place of ours.
// Any name and password are taken, as its development pages do. Settings come from the environment;
// one line of JSON says where it is. Its keeper (`POST /keeper/…`) says what it issued, and revokes.
import http from 'node:http';
import https from 'node:https';
import fs from 'node:fs';
import Provider from 'oidc-provider';

const env = process.env;
const host = env.HOST ?? '127.0.0.1';
const tls = env.TLS_KEY && { key: fs.readFileSync(env.TLS_KEY), cert: fs.readFileSync(env.TLS_CERT) };
let handle = (request, response) => response.writeHead(503).end();
const answer = (request, response) => handle(request, response);
const server = tls ? https.createServer(tls, answer) : http.createServer(answer);
await new Promise((done) => server.listen(Number(env.PORT ?? 0), '127.0.0.1', done));
const issuer = `${tls ? 'https' : 'http'}://${host}:${server.address().port}`;

const sandbox = env.SANDBOX && JSON.parse(env.SANDBOX);
let own = { token: '', until: 0 };
async function ownToken() {
  if (Date.now() > own.until) {
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: sandbox.client_id, client_secret: sandbox.client_secret });
    const given = await (await fetch(sandbox.token_url, { method: 'POST', body: form })).json();
    own = { token: given.access_token, until: Date.now() + given.expires_in * 500 };
  }
  return own.token;
}

const seconds = { access: Number(env.ACCESS_SECONDS ?? 300), refresh: Number(env.REFRESH_SECONDS ?? 3600) };
const gone = new Set();
const issued = { secrets: new Set(), renewals: 0, grants: new Map(), ends: 0 };

const provider = new Provider(issuer, {
  clients: [{
    client_id: 'quai', application_type: 'native', token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'],
    redirect_uris: ['http://127.0.0.1/callback'],
  }],
  scopes: ['openid', 'offline_access'],
  claims: { openid: ['sub'], email: ['email'], profile: ['preferred_username'] },
  conformIdTokenClaims: false,
  findAccount: (_, id) => (gone.has(id) ? undefined : {
    accountId: id,
    claims: () => ({ sub: id, email: `${id}@example.org`, preferred_username: id }),
  }),
  features: { devInteractions: { enabled: true }, revocation: { enabled: true } },
  ttl: {
    AccessToken: () => seconds.access, RefreshToken: () => seconds.refresh,
    IdToken: 300, AuthorizationCode: 60, Grant: 3600, Session: 3600, Interaction: 600,
  },
  cookies: { keys: [Math.random().toString(36)] },
});
provider.on('server_error', (_, fault) => console.error(fault));
provider.on('grant.success', (context) => {
  const { params, entities } = context.oidc;
  const { access_token, refresh_token, id_token } = context.body;
  for (const secret of [access_token, refresh_token, id_token, params.code, params.code_verifier]) {
    if (secret) issued.secrets.add(secret);
  }
  if (params.grant_type === 'refresh_token') issued.renewals += 1;
  issued.grants.set(entities.AccessToken.grantId, entities.AccessToken.accountId);
  if (refresh_token) issued.ends = Date.now() + seconds.refresh * 1000;
});

const keeper = {
  issued: () => ({ secrets: [...issued.secrets], renewals: issued.renewals }),
  seconds: (wanted) => Object.assign(seconds, wanted),
  // the account is closed: nothing that was given to it holds any more
  async revoke({ account }) {
    gone.add(account);
    for (const [grant, of] of issued.grants) {
      if (of !== account) continue;
      await provider.AccessToken.revokeByGrantId(grant);
      await provider.RefreshToken.revokeByGrantId(grant);
      await (await provider.Grant.find(grant))?.destroy();
    }
    return {};
  },
  allow: ({ account }) => (gone.delete(account), {}),
  // answers once the last refresh token that was given cannot hold
  async lapse() {
    while (Date.now() < issued.ends + 1000) await new Promise((done) => setTimeout(done, issued.ends + 1000 - Date.now()));
    return {};
  },
};
async function keep(request, response) {
  const deed = keeper[request.url.slice('/keeper/'.length)];
  const parts = [];
  for await (const part of request) parts.push(part);
  const answer = deed && await deed(JSON.parse(Buffer.concat(parts).toString() || '{}'));
  response.writeHead(deed ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? null));
}
const pages = provider.callback();

async function platform(request, response) {
  const bearer = (request.headers.authorization ?? '').replace(/^Bearer /i, '');
  const known = bearer && await provider.AccessToken.find(bearer);
  if (!known || known.isExpired) {
    response.writeHead(401, { 'content-type': 'application/json' });
    return response.end(JSON.stringify({ error: 'unauthorized', error_description: ['Jeton absent, invalide ou expiré.'] }));
  }
  const target = new URL(sandbox.api.replace(/\/api$/, '') + request.url);
  const headers = { ...request.headers, host: target.host, authorization: `Bearer ${await ownToken()}` };
  const onward = http.request(target, { method: request.method, headers }, (said) => {
    response.writeHead(said.statusCode, said.headers);
    said.pipe(response);
  });
  onward.on('error', () => response.destroy());
  request.pipe(onward);
}

handle = (request, response) => {
  if (request.url.startsWith('/keeper/')) return keep(request, response);
  return sandbox && request.url.startsWith('/api') ? platform(request, response) : pages(request, response);
};
console.log(JSON.stringify({ issuer, api: `${issuer}/api` }));
