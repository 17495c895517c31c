// The start page: draws the state that the server sends, whole, whenever it changes.
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

const home = (directory) => directory.replace(/^\/(?:home|Users)\/[^/]+(?=\/|$)|^\/root(?=\/|$)/, '~');

const ways = {
  connected: ['good', 'connected'], connecting: ['warn', 'connecting'], suspect: ['warn', 'checking the connection'],
  idle: ['', 'connects when needed'], away: ['bad', 'away'], gone: ['bad', 'this window’s program has ended'],
};

function showWay(way, roundTrip) {
  const [colour, words] = ways[way] ?? ['', way];
  by('dot').className = 'dot ' + colour;
  by('way').textContent = words + (roundTrip >= 0 ? ` · ${roundTrip || '< 1'} ms` : '');
}

function about(app) {
  const words = make('div', 'about');
  words.append(make('span', 'port', ':' + app.port));
  const rest = [];
  if (app.program && app.program !== app.title) rest.push(app.program);
  if (app.directory) rest.push(home(app.directory));
  if (app.owner === 'forwarded') rest.push('leads elsewhere');
  if (app.owner === 'other') rest.push('another user’s');
  if (app.status === 401 || app.status === 403) rest.push('asks for a login');
  if (app.status >= 500) rest.push(`answers with error ${app.status}`);
  words.append(rest.map((it) => ' · ' + it).join(''));
  words.title = [app.host + ':' + app.port, app.program, app.directory].filter(Boolean).join(' · ');
  return words;
}

const icons = new Map(); // What was loaded stays, while cards are drawn anew.

function icon(app) {
  const box = make('span', 'icon', [...app.title][0]?.toUpperCase() ?? '?');
  box.setAttribute('aria-hidden', 'true');
  const key = app.id + app.title;
  if (!icons.has(key)) {
    const image = new Image();
    image.alt = '';
    image.src = 'app-icon?id=' + encodeURIComponent(app.id);
    icons.set(key, image);
  }
  const image = icons.get(key);
  const show = () => { box.classList.add('pictured'); box.append(image); };
  if (image.complete && image.naturalWidth > 0) show();
  else image.addEventListener('load', show, { once: true });
  return box;
}

function card(app) {
  const item = make('li', 'app');
  item.dataset.id = app.id;
  const link = make('a');
  link.href = app.url;
  link.target = '_blank';
  link.rel = 'noopener';
  const words = make('span', 'words');
  words.append(make('div', 'title', app.title), about(app));
  link.append(icon(app), words);
  const star = make('button', '', app.favourite ? '★' : '☆');
  star.type = 'button';
  star.setAttribute('aria-pressed', app.favourite);
  star.setAttribute('aria-label', `Favourite: ${app.title}, port ${app.port}`);
  star.title = app.favourite ? 'No longer a favourite' : 'Make it a favourite';
  star.addEventListener('click', () => favour(app));
  item.append(link, star);
  return item;
}

const favour = (app) =>
  fetch(`favourite?id=${encodeURIComponent(app.id)}&on=${app.favourite ? 0 : 1}`, { method: 'POST' });

function section(title, apps) {
  if (apps.length === 0) return [];
  const cards = make('ul', 'apps');
  cards.append(...apps.map(card));
  return [make('h2', '', title), cards];
}

function note(strong, words, bad) {
  const it = make('div', 'note' + (bad ? ' bad' : ''));
  it.append(make('strong', '', strong), words);
  return it;
}

function others(apps) {
  if (apps.length === 0) return [];
  const all = make('details');
  all.open = by('others')?.open ?? false;
  all.id = 'others';
  all.append(make('summary', '', apps.length === 1 ? '1 other port, not known to be a web app' : `${apps.length} other ports, not known to be web apps`));
  const box = make('div', 'rows');
  const table = make('table');
  const body = make('tbody');
  const kinds = { other: 'no web page', silent: 'no answer', unasked: 'not asked', asking: 'asking …' };
  for (const app of apps) {
    const row = make('tr');
    const link = make('a', '', app.host + ':' + app.port);
    link.href = app.url;
    link.target = '_blank';
    link.rel = 'noopener';
    const cells = [make('td'), make('td', '', app.program || '—'), make('td', '', home(app.directory)), make('td', 'soft', kinds[app.kind])];
    cells[0].append(link);
    row.append(...cells);
    body.append(row);
  }
  table.append(body);
  box.append(table);
  all.append(box);
  return [all];
}

const matches = (app, wanted) =>
  wanted.split(/\s+/).every((word) =>
    `${app.title} ${app.program} ${app.directory} ${app.port}`.toLowerCase().includes(word));

const order = (a, b) => b.used - a.used || a.port - b.port;

function isAddress(value) {
  return /^(https?:\/\/|(localhost|127\.\d|\[::1\]|0\.0\.0\.0)|:?\d{2,5}(\/|$))/i.test(value);
}

function draw() {
  if (!state) return;
  const focused = document.activeElement?.closest?.('.app')?.dataset.id;
  const onStar = document.activeElement?.tagName === 'BUTTON';
  document.title = `${state.login} · apps`;
  by('login').textContent = state.login;
  by('where').textContent = state.window
    ? `In this window, localhost is ${state.login}.`
    : `Apps open here at ports of your own machine.`;
  showWay(state.way, state.roundTrip);
  const wanted = isAddress(text.value.trim()) ? '' : text.value.trim().toLowerCase();
  const shown = state.apps.filter((app) => matches(app, wanted)).sort(order);
  const web = shown.filter((app) => app.kind === 'web');
  const parts = [
    ...section('Favourites', web.filter((app) => app.favourite)),
    ...section('Your apps', web.filter((app) => !app.favourite && app.owner === 'own')),
    ...section('Others on this server', web.filter((app) => !app.favourite && app.owner !== 'own')),
  ];
  if (state.phase === 'failed') parts.unshift(note('The apps can’t be listed.', state.trouble, true));
  else if (state.phase !== 'found' || (web.length === 0 && shown.some((app) => app.kind === 'asking')))
    parts.push(note('Looking for apps …', `on ${state.login}; nothing is installed there.`));
  else if (web.length === 0 && wanted) parts.push(note('None of that name.', 'Enter opens it if it is an address.'));
  else if (web.length === 0)
    parts.push(note('No web app runs there yet.', 'Start one in a terminal of the server: it appears here by itself.'));
  parts.push(...others(shown.filter((app) => app.kind !== 'web')));
  list.replaceChildren(...parts);
  if (focused) list.querySelector(`[data-id="${CSS.escape(focused)}"] ${onStar ? 'button' : 'a'}`)?.focus();
}

by('find').addEventListener('submit', (event) => {
  event.preventDefault();
  const value = text.value.trim();
  if (isAddress(value)) location.href = 'go?url=' + encodeURIComponent(value);
  else list.querySelector('.app a')?.click();
});
text.addEventListener('input', draw);

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const links = [...list.querySelectorAll('.app > a')];
  const at = links.indexOf(document.activeElement);
  if (event.key === '/' && document.activeElement !== text) { text.focus(); text.select(); }
  else if (event.key === 'Escape') { text.value = ''; draw(); text.focus(); }
  else if (event.key === 'ArrowDown') (links[at + 1] ?? links[0])?.focus();
  else if (event.key === 'ArrowUp') (at <= 0 ? text : links[at - 1]).focus();
  else if (event.key.toLowerCase() === 'f' && at >= 0)
    favour(state.apps.find((app) => app.id === links[at].parentElement.dataset.id));
  else return;
  event.preventDefault();
});

const live = new EventSource('live');
live.addEventListener('message', (event) => { state = JSON.parse(event.data); draw(); });
live.addEventListener('error', () => showWay('gone', -1));
if (matchMedia('(pointer: fine)').matches) text.focus();
