// The list of recordings.
import { at, bytes, fill, filters, make, note, span, state, table } from './cluster-dom.js';
import { call, root } from './cluster-call.js';

const page = 100;
const states = [['', 'any'], ['open', 'goes on'], ['complete', 'complete'], ['cut', 'cut off']];
export const words = Object.fromEntries(states);

/** A day as people write it, from its beginning here or to its end. */
const day = (text, more) => (text ? { [more ? 'to' : 'from']: new Date(Date.parse(text + 'T00:00') + (more ? 86_400_000 : 0)).toISOString() } : {});

const query = ({ user, node, state: wanted, since, until }) => ({
  ...(user && { user }), ...(node && { node }), ...(wanted && { state: wanted }), ...day(since, false), ...day(until, true),
});

export const length = (it) => (it.ended ? span((Date.parse(it.ended) - Date.parse(it.started)) / 1000) : '');

const columns = [
  { name: 'Who', cell: (it) => [make('strong', {}, it.user || '—'), ` as ${it.login}`] },
  { name: 'Server', cell: (it) => it.node_name },
  { name: 'Began', cell: (it) => at(it.started) },
  { name: 'Length', kind: 'number', cell: length },
  { name: 'Size', kind: 'number', cell: (it) => bytes(it.bytes) },
  { name: 'State', cell: (it) => [state(it.state, words[it.state] ?? it.state), it.hold ? make('div', { class: 'small soft' }, 'held: ' + it.hold) : ''] },
  { name: '', kind: 'number', cell: (it) => make('a', { class: 'plain', href: root() + 'recordings/' + it.id,
      'aria-label': `Play the recording of ${it.user} on ${it.node_name}, ${it.started}` }, it.state === 'open' ? 'Watch' : 'Play') },
];

export async function recordings(main, { can }) {
  const box = make('div');
  const all = can('audit.search') || can('users.list');
  let shown = [];
  let whole = false;
  const filter = filters([
    ...(all ? [['user', 'User']] : []), ['node', 'Server'], ['since', 'From', 'date'], ['until', 'To', 'date'],
    ['state', 'State', 'select', states],
  ], () => reload());
  async function next() {
    const last = shown.at(-1);
    const some = await call('recordings.list', { ...query(filter.values()), most: page, ...(last && { before: last.id }) });
    shown.push(...some);
    whole = some.length < page;
  }
  function draw() {
    const more = make('button', { type: 'button', class: 'more', onclick: async () => { await next(); draw(); } }, 'Show more');
    fill(box, ...(shown.length === 0
      ? [note('There is no recording.', all ? 'None that these words describe.' : 'You see those of your own sessions here.')]
      : [table(columns, shown, 'Recordings'), ...(whole ? [] : [more])]));
  }
  async function reload() {
    shown = [];
    try {
      await next();
      draw();
    } catch (e) {
      fill(box, note('These can’t be listed.', e.message, 'bad'));
    }
  }
  await reload();
  main.replaceChildren(filter.form, box);
}
