// Search in the audit events, and those that come.
import { at, fill, filters, make, note, table } from './cluster-dom.js';
import { call, follow } from './cluster-call.js';

const page = 100;
const mostFollowed = 1000;
const known = ['ei', 'event', 'code', 'time', 'uid', 'user'];

const time = (text) => (text ? new Date(text).toISOString() : undefined);

const query = ({ text, user, event, since, until }) => ({
  ...(text && { text }),
  ...(user && { user }),
  ...(event && (/^T\d{4}[IW]$/i.test(event) ? { code: event.toUpperCase() } : { event })),
  ...(since && { from: time(since) }),
  ...(until && { to: time(until) }),
});

/** What an event has besides, a name and a value each. */
const rest = (event) => make('dl', { class: 'values flow' }, ...Object.entries(event)
  .filter(([name]) => !known.includes(name))
  .map(([name, value]) => make('div', {}, make('dt', {}, name), ' ', make('dd', {}, String(value)))));

const columns = [
  { name: 'Time', cell: (it) => at(it.time) },
  { name: 'Event', cell: (it) => [make('strong', { class: it.code.endsWith('W') ? 'wrong' : '' }, it.event), make('div', { class: 'small soft' }, it.code)] },
  { name: 'User', cell: (it) => it.user },
  { name: 'About', kind: 'wide', cell: rest },
];

export async function audit(main) {
  const box = make('div');
  let found = [];
  let whole = false;
  let end;
  const filter = filters([
    ['text', 'Words', 'search'], ['user', 'User'], ['event', 'Event or code'],
    ['since', 'From', 'datetime-local'], ['until', 'To', 'datetime-local'],
  ], () => search());
  const button = make('button', { type: 'button', class: 'plain', 'aria-pressed': 'false', onclick: () => (end ? stop('') : start()) }, 'Follow');
  const why = make('span', { class: 'soft small', role: 'status' });
  filter.form.append(button, why);

  async function next() {
    const last = found.at(-1);
    const some = await call('audit.search', { ...query(filter.values()), most: page, ...(last && { before: last.ei }) });
    found.push(...some.reverse());
    // There may be fewer in one answer although there are more.
    whole = some.length === 0;
  }
  function draw() {
    const more = make('button', { type: 'button', class: 'more', onclick: async () => { await next(); draw(); } }, 'Show older');
    fill(box, ...(found.length === 0
      ? [note('There is no such event.', 'A word is a run of letters and digits; three letters find what begins so.')]
      : [table(columns, found, 'Audit events, the latest first'), ...(whole || end ? [] : [more])]));
  }
  async function search() {
    stop('');
    found = [];
    try {
      await next();
      draw();
    } catch (e) {
      fill(box, note('This can’t be searched.', e.message, 'bad'));
    }
  }
  function stop(sentence) {
    end?.();
    end = undefined;
    button.setAttribute('aria-pressed', 'false');
    why.textContent = sentence;
  }
  function start() {
    const { from, to, ...asked } = query(filter.values());
    end = follow('events', asked, (event) => {
      found = [event, ...found].slice(0, mostFollowed);
      draw();
    }, stop);
    button.setAttribute('aria-pressed', 'true');
    why.textContent = 'New events come on top.';
    draw();
  }
  await search();
  main.replaceChildren(filter.form, box);
}
