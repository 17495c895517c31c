// Servers and forwards: draws the state that comes, whole, whenever it changes.
const by = (id) => document.getElementById(id);
const text = by('text');
const list = by('list');
let state = null;

const make = (tag, className, words) => {
  const it = document.createElement(tag);
  if (className) it.className = className;
  if (words !== undefined) it.textContent = words;
  return it;
};

const bytes = (count) => {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let at = 0;
  while (count >= 1000 && at < units.length - 1) { count /= 1000; at++; }
  return `${at === 0 || count >= 100 ? Math.round(count) : count.toFixed(1)} ${units[at]}`;
};

const colours = { connected: 'good', connecting: 'warn', suspect: 'warn', idle: '' };

function status(forward) {
  const cell = make('td', forward.last_error ? 'wide' : '');
  const dot = make('span', 'dot ' + (forward.last_error ? 'bad' : colours[forward.state] ?? ''));
  const words = make('span', 'status');
  words.append(dot, ' ' + (forward.last_error ? 'in trouble' : forward.state));
  cell.append(words);
  if (forward.last_error) cell.append(make('div', 'small soft', forward.last_error));
  return cell;
}

function place(forward) {
  const cell = make('td', 'wide place');
  const port = /:(\d+)$/.exec(forward.from)?.[1];
  if (port && (forward.kind === 'app' || forward.kind === 'local')) {
    const link = make('a', '', 'localhost:' + port);
    link.href = 'http://localhost:' + port + '/';
    link.target = '_blank';
    link.rel = 'noopener';
    cell.append(link);
  } else cell.append(forward.from);
  cell.append(make('div', 'small soft', `${forward.to || 'where the program says'} of ${forward.server}`));
  return cell;
}

function row(forward) {
  const it = make('tr');
  const rtt = make('td', 'number', forward.rtt_ms === undefined ? '—' : `${Math.round(forward.rtt_ms)} ms`);
  const moved = make('td', 'number', `${bytes(forward.sent)} ↑  ${bytes(forward.received)} ↓`);
  const end = make('td', 'number');
  const button = make('button', 'plain', 'Remove');
  button.type = 'button';
  button.setAttribute('aria-label', `Remove the forward at ${forward.from}`);
  button.addEventListener('click', () => fetch('remove?id=' + forward.id, { method: 'POST' }));
  end.append(button);
  it.append(place(forward), status(forward), rtt, moved, end);
  return it;
}

function forwards() {
  if (state.trouble) return [note('The forwards can’t be listed.', state.trouble)];
  if (state.forwards.length === 0)
    return [note('Nothing is forwarded yet.', 'Open an app of a server, or run: holdfast forward user@host 8888')];
  const box = make('div', 'rows');
  const table = make('table');
  const head = make('thead');
  const names = make('tr');
  for (const [name, kind] of [['Here', ''], ['State', ''], ['Round trip', 'number'], ['Bytes', 'number'], ['', 'number']])
    names.append(Object.assign(make('th', kind, name), { scope: 'col' }));
  head.append(names);
  const body = make('tbody');
  body.append(...state.forwards.map(row));
  table.append(head, body);
  box.append(table);
  return [make('h2', '', 'Forwards'), box];
}

function note(strong, words) {
  const it = make('div', 'note');
  it.append(make('strong', '', strong), words);
  return it;
}

function servers() {
  const wanted = text.value.trim().toLowerCase();
  const logins = [...new Set([...state.forwards.map((each) => each.server), ...state.servers])];
  const shown = logins.filter((each) => each.toLowerCase().includes(wanted));
  if (shown.length === 0) return [];
  const cards = make('ul', 'apps');
  for (const name of shown) {
    const item = make('li', 'app');
    const link = make('a');
    link.href = 'server/' + encodeURIComponent(name) + '/';
    const icon = make('span', 'icon', [...name.replace(/^.*@/, '')][0].toUpperCase());
    icon.setAttribute('aria-hidden', 'true');
    const words = make('span', 'words');
    const count = state.forwards.filter((each) => each.server === name).length;
    const about = count === 0 ? 'its apps' : `its apps · ${count} ${count === 1 ? 'forward' : 'forwards'}`;
    words.append(make('div', 'title', name), make('div', 'about', about));
    link.append(icon, words);
    item.append(link);
    cards.append(item);
  }
  return [make('h2', '', 'Servers'), cards];
}

function show(colour, words) {
  by('dot').className = 'dot ' + colour;
  by('way').textContent = words;
}

function draw() {
  if (!state) return;
  const active = document.activeElement;
  const href = active?.getAttribute?.('href');
  const label = active?.getAttribute?.('aria-label');
  list.replaceChildren(...forwards(), ...servers());
  if (href) list.querySelector(`a[href="${CSS.escape(href)}"]`)?.focus();
  else if (label) list.querySelector(`[aria-label="${CSS.escape(label)}"]`)?.focus();
}

by('find').addEventListener('submit', (event) => {
  event.preventDefault();
  const value = text.value.trim();
  const first = list.querySelector('.app a');
  if (value.includes('@') || !first) { if (value) location.href = 'server/' + encodeURIComponent(value) + '/'; }
  else first.click();
});
text.addEventListener('input', draw);
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const links = [...list.querySelectorAll('.app > a')];
  const at = links.indexOf(document.activeElement);
  if (event.key === '/' && document.activeElement !== text) text.focus();
  else if (event.key === 'ArrowDown') (links[at + 1] ?? links[0])?.focus();
  else if (event.key === 'ArrowUp') (at <= 0 ? text : links[at - 1]).focus();
  else return;
  event.preventDefault();
});

const live = new EventSource('live');
live.addEventListener('message', (event) => { state = JSON.parse(event.data); show('good', 'live'); draw(); });
live.addEventListener('error', () => show('bad', 'holdfast ui has ended'));
