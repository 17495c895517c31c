// Servers, live sessions and limits.
import { ago, fill, filters, make, note, say, state, table } from './cluster-dom.js';
import { act, call, root } from './cluster-call.js';
import { bars } from './cluster-charts.js';

const page = 100;

export function condition(machine) {
  if (!machine.online) return machine.last_seen ? 'offline' : 'new';
  return Date.now() - Date.parse(machine.last_seen) > 10_000 ? 'late' : 'ok';
}

/** Machines with what they have to do, as far as that may be known. */
export async function machines(can) {
  if (can('machines.loads')) return (await call('machines.loads'));
  return (await call('nodes.list')).map((each) => ({ machine: each.node, logins: each.logins }));
}

const tags = (labels) => make('span', { class: 'tags' },
  ...Object.entries(labels ?? {}).map(([name, value]) => make('span', { class: 'tag' }, `${name}=${value}`)));

export async function servers(main, { can }) {
  const box = make('div');
  const seen = (it) => (it.machine.last_seen ? ago(it.machine.last_seen) : 'never');
  const columns = [
    { name: 'Name', kind: 'wide', cell: (it) => [make('strong', {}, it.machine.name), ' ', tags(it.machine.labels)] },
    { name: 'Kind', cell: (it) => it.machine.kind },
    { name: 'State', cell: (it) => state(condition(it.machine)) },
    { name: 'Last seen', cell: seen },
    { name: 'Version', cell: (it) => it.machine.version },
    ...(can('machines.loads')
      ? [{ name: 'Connections', kind: 'number', cell: (it) => String(it.load?.connections ?? '—') },
         { name: 'Sessions', kind: 'number', cell: (it) => (it.machine.kind === 'node' ? String(it.load?.sessions ?? '—') : '—') }]
      : [{ name: 'You are', cell: (it) => it.logins.join(', ') }]),
  ];
  const draw = async () => {
    const all = await machines(can);
    fill(box, all.length === 0
      ? note('No server that you may use has joined yet.', 'An administrator adds one: holdfast admin tokens add node')
      : table(columns, all, 'Servers'));
  };
  await draw();
  main.replaceChildren(box);
  return draw;
}

// ---- sessions ----

/** A button that asks once more before it does what can't be undone. */
function sure(words, question, label, done) {
  let asked;
  const button = make('button', { type: 'button', class: 'plain', 'aria-label': label }, words);
  const calm = () => { button.textContent = words; button.classList.remove('sure'); asked = undefined; };
  button.addEventListener('click', async () => {
    if (!asked) {
      button.textContent = question;
      button.classList.add('sure');
      asked = setTimeout(calm, 4000);
      return;
    }
    clearTimeout(asked);
    calm();
    button.disabled = true;
    try {
      await done();
    } catch (e) {
      const why = make('span', { class: 'wrong', role: 'alert' }, ' ' + e.message);
      button.after(why);
      setTimeout(() => why.remove(), 8000);
    }
    button.disabled = false;
  });
  return button;
}

export const isAsking = (box) => box.querySelector('.sure, .wrong') !== null;

export const what = (it) => (it.command ? make('code', { class: 'command', title: it.command }, it.command) : it.kind);

const observing = ['Observe', '?observe'];
const joins = { join: [['Join', ''], observing], observe: [observing] };

/** Those that one may join, by their IDs; none if one's roles let one join none. */
async function joinable(can, asked) {
  const found = can('sessions.joinable') ? await call('sessions.joinable', asked).catch(() => []) : [];
  return new Map(found.map((each) => [each.session, each]));
}

/** Both lists as one, the latest first. */
function together(seen, may) {
  const known = new Set(seen.map((each) => each.session));
  const others = [...may.values()].filter((each) => !known.has(each.session));
  return [...seen.map((each) => ({ ...each, may: may.get(each.session)?.may })), ...others]
    .sort((a, b) => Date.parse(b.started) - Date.parse(a.started));
}

function ways(it, self, can, again) {
  const all = [];
  if (it.recording)
    all.push(make('a', { class: 'plain', href: root() + 'recordings/' + it.recording, 'aria-label': `Watch the session of ${it.user} on ${it.node}` }, 'Watch'), ' ');
  for (const [word, query] of joins[it.may] ?? [])
    all.push(make('a', { class: 'plain', href: root() + 'sessions/' + it.session + query, 'aria-label': `${word} the session of ${it.user} on ${it.node}` }, word), ' ');
  const mayEnd = can('sessions.end') && (it.user === self.name || can('users.set'));
  if (mayEnd)
    all.push(sure('End', 'End it now?', `End the session ${it.session} of ${it.user}`, async () => {
      await act('sessions.end', { name: it.session });
      say('The session ends.');
      await again();
    }));
  return all;
}

export async function sessions(main, { self, can }) {
  const box = make('div');
  let shown = page;
  const all = async (asked) => {
    const found = [];
    while (found.length < shown) {
      const last = found.at(-1);
      const some = await call('sessions.list', { ...asked, most: page, ...(last && { before: last.session }) });
      found.push(...some);
      if (some.length < page) break;
    }
    return found;
  };
  const others = can('audit.search') || can('users.list');
  const fields = [...(others ? [['user', 'User']] : []), ['node', 'Server']];
  const filter = filters(fields, () => { shown = page; return draw(); });
  const columns = [
    { name: 'Who', cell: (it) => [make('strong', {}, it.user || '—'), ` as ${it.login}`] },
    { name: 'Where', cell: (it) => [it.node, make('div', { class: 'small soft' }, 'from ' + (it.from || 'unknown'))] },
    { name: 'What', kind: 'wide', cell: what },
    { name: 'Since', cell: (it) => ago(it.started) },
    { name: 'State', cell: (it) => (it.ending ? state('ending') : it.recording ? state('live', 'recorded') : state('', 'no recording yet')) },
    { name: '', kind: 'number', cell: (it) => ways(it, self, can, draw) },
  ];
  async function draw() {
    const asked = filter.values();
    const [seen, may] = await Promise.all([all(asked), joinable(can, asked)]);
    if (isAsking(box)) return;
    const found = together(seen, may);
    fill(box, ...(found.length === 0
      ? [note('Nobody is logged in.', others ? '' : 'You see your own sessions here.')]
      : [table(columns, found, 'Live sessions'), ...more(seen)]));
  }
  const more = (found) => (found.length < shown ? [] : [
    make('button', { type: 'button', class: 'more', onclick: () => { shown += page; return draw(); } }, 'Show more')]);
  await draw();
  main.replaceChildren(filter.form, box);
  return draw;
}

// ---- limits ----

export async function limits(main, { self, can }) {
  const box = make('div');
  const release = (it) => ((can('users.set') || (it.user === self.name && it.detached)) && !it.ending
    ? [sure('End', 'End it now?', `End the connection ${it.id} of ${it.user}`, async () => {
        await act('leases.remove', { name: it.id });
        say('The connection ends.');
        await draw();
      })]
    : []);
  const columns = [
    { name: 'Who', cell: (it) => [make('strong', {}, it.user), ` as ${it.login}`] },
    { name: 'Where', cell: (it) => [it.machine_name, make('div', { class: 'small soft' }, 'from ' + (it.from || 'unknown'))] },
    { name: 'Since', cell: (it) => ago(it.taken) },
    { name: 'State', cell: (it) => state(it.ending ? 'ending' : it.detached ? 'detached' : 'ok', it.ending ? 'ending' : it.detached ? 'detached' : 'attached') },
    { name: '', kind: 'number', cell: release },
  ];
  async function draw() {
    const [used, held] = await Promise.all([call('leases.limits'), call('leases.list')]);
    if (isAsking(box)) return;
    fill(box, ...(used.length === 0
      ? [note('No connections are limited.', 'A role limits them with max_connections.')]
      : [make('h2', {}, 'Used of what is allowed'), bars(
          used.map((it) => ({ name: it.user, value: it.used, most: it.max, told: `${it.used} of ${it.max}` })), 'Connections of those that are allowed')]),
      ...(held.length === 0 ? [] : [make('h2', {}, 'Who holds what'), table(columns, held, 'Connections that are counted')]));
  }
  await draw();
  main.replaceChildren(box);
  return draw;
}
