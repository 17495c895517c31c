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

/** A recording as asciicast, whole; fails with a sentence. */
export async function cast(id) {
  return (await answer(root() + 'cast/' + id)).text();
}

const post = (more = {}) => ({ method: 'POST', headers: { 'Holdfast-Token': token, ...more } });

/** Has something done; fails with a sentence. */
export async function act(method, params) {
  await answer(root() + 'do/' + method + asked(params), post());
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

// ---- a session that is joined ----

const unheard = 'The connection to holdfast ui has ended; load this page again.';

/** Joins a session under a name of our own; shows its bytes until it ends, with a sentence or none. */
export async function attend(session, guest, params, shown) {
  const address = root() + 'join/' + session + '?' + new URLSearchParams({ guest, ...params });
  const reader = (await answer(address, post())).body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read().catch(() => ({ done: true }));
    if (done) return unheard;
    const events = (rest + value).split('\n\n');
    rest = events.pop();
    for (const event of events) {
      if (event.startsWith('event: done')) return '';
      if (event.startsWith('event: failed')) return event.slice(event.indexOf('data: ') + 'data: '.length);
      if (event.startsWith('data: ')) shown(Uint8Array.from(atob(event.slice('data: '.length)), (each) => each.charCodeAt(0)));
    }
  }
}

/** Types there: in order, and together what is typed while some is under way; false if that is too much. */
export function typist(guest) {
  const most = 4096;
  const mostWaiting = 1 << 20;
  let waiting = '';
  let sending = false;
  const send = async () => {
    if (sending) return;
    sending = true;
    try {
      while (waiting) {
        const some = waiting.slice(0, most);
        waiting = waiting.slice(most);
        await answer(root() + 'keys/' + guest, post({ 'Holdfast-Keys': btoa(some) }));
      }
    } catch {
      waiting = ''; // It has ended, which is told where it is shown.
    }
    sending = false;
  };
  return (bytes) => {
    if (waiting.length + bytes.length > mostWaiting) return false;
    waiting += bytes.reduce((text, each) => text + String.fromCharCode(each), '');
    send();
    return true;
  };
}

/** Leaves it; also while this page goes. */
export function leave(guest) {
  fetch(root() + 'leave/' + guest, { ...post(), keepalive: true }).catch(() => {});
}
