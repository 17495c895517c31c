// What the page asks of the cluster: calls of its API, by the person's own certificate.
const words = location.pathname.split('/');
export const where = {
  cluster: decodeURIComponent(words[2] ?? ''),
  page: words[3] || 'overview',
  id: words[4] ?? '',
};
let token = '';

async function answer(address, options) {
  let response;
  try {
    response = await fetch(address, options);
  } catch {
    throw new Error('holdfast ui has ended; start it again.');
  }
  if (!response.ok) throw new Error((await response.text()).trim());
  return response;
}

export async function clusters() {
  const list = await (await answer('/cluster/list')).json();
  token = list.token;
  return list.clusters;
}

export const root = (cluster = where.cluster) => `/cluster/${encodeURIComponent(cluster)}/`;

const asked = (params) => '?params=' + encodeURIComponent(JSON.stringify(params));

/** The answer of a call that changes nothing; fails with a sentence. */
export async function call(method, params = {}) {
  return (await answer(root() + 'call/' + method + asked(params))).json();
}

/** Has something done; fails with a sentence. */
export async function act(method, params) {
  await answer(root() + 'do/' + method + asked(params), { method: 'POST', headers: { 'Holdfast-Token': token } });
}

/** Events as they come; what is returned ends it. */
export function follow(what, params, told, ended) {
  const source = new EventSource(root() + what + asked(params));
  source.addEventListener('message', (event) => told(JSON.parse(event.data)));
  source.addEventListener('done', () => { source.close(); ended(''); });
  source.addEventListener('failed', (event) => { source.close(); ended(event.data); });
  source.addEventListener('error', () => {
    source.close();
    ended('The connection to holdfast ui has ended; load this page again.');
  });
  return () => source.close();
}
