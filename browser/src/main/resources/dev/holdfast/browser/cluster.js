// The pages of a cluster: which one it is, the way to the others, and that it stays up to date.
import { by, make, note } from './cluster-dom.js';
import { call, clusters, root, where } from './cluster-call.js';
import * as lists from './cluster-lists.js';
import { recordings } from './cluster-recordings.js';
import { audit } from './cluster-audit.js';
import { overview } from './cluster-overview.js';

const every = 5000;
const main = by('main');

const pages = [
  ['overview', 'Overview', overview, 'self'],
  ['servers', 'Servers', lists.servers, 'nodes.list'],
  ['sessions', 'Live sessions', lists.sessions, 'sessions.list'],
  ['recordings', 'Recordings', recordings, 'recordings.list'],
  ['audit', 'Audit', audit, 'audit.search'],
  ['limits', 'Limits', lists.limits, 'leases.list'],
];

function show(colour, words) {
  by('dot').className = 'dot ' + colour;
  by('way').textContent = words;
}

/** Nobody is logged in anywhere. */
function loggedOut() {
  document.body.classList.add('alone');
  main.replaceChildren(make('p', { class: 'login' }, make('code', {}, 'holdfast login HOST')));
  show('', 'no cluster');
}

function switcher(all) {
  const choice = by('cluster');
  choice.replaceChildren(...all.map((each) => make('option', { value: each.name }, each.name)));
  choice.value = where.cluster;
  choice.hidden = all.length < 2;
  choice.addEventListener('change', () => { location.href = root(choice.value) + where.page; });
}

function tabs(can) {
  const links = pages.filter(([, , , method]) => can(method)).map(([name, words]) =>
    make('a', { href: root() + name, 'aria-current': name === where.page && 'page' }, words));
  by('pages').replaceChildren(...links);
}

/** Draws, and again and again while somebody looks, if the page gives what is to be done for it. */
async function live(again) {
  const look = async () => {
    if (document.visibilityState === 'visible') {
      try {
        await again();
        show('good', 'live');
      } catch (e) {
        show('bad', e.message);
      }
    }
    setTimeout(look, every);
  };
  setTimeout(look, every);
}

async function start() {
  const all = await clusters();
  if (all.length === 0) return loggedOut();
  const here = all.find((each) => each.name === where.cluster) ?? (where.cluster === '' ? all[0] : undefined);
  if (!here) throw new Error(`You are not logged in to ${where.cluster}; see 'holdfast login --help'.`);
  where.cluster = here.name;
  by('title').textContent = here.name;
  document.title = `${pages.find(([name]) => name === where.page)?.[1] ?? 'Cluster'} · ${here.name}`;
  switcher(all);
  const self = await call('self');
  const can = (method) => self.methods.includes(method);
  tabs(can);
  show('good', self.name);
  const page = pages.find(([name]) => name === where.page);
  if (!page) throw new Error('There is no such page here.');
  const again = await page[2](main, { self, can });
  if (again) await live(again);
}

document.addEventListener('keydown', (event) => {
  const first = main.querySelector('.filters input');
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || !first) return;
  if (document.activeElement?.matches('input, select')) return;
  event.preventDefault();
  first.focus();
});

// Until it is known what he may, only what everybody may is offered.
tabs((method) => method !== 'audit.search');
start().catch((e) => {
  show('bad', 'not reached');
  main.replaceChildren(note('This can’t be shown.', e.message, 'bad'));
});
