// What people look at rather than read.
import { fill, make, note } from './cluster-dom.js';
import { call, root } from './cluster-call.js';
import { bars, columns } from './cluster-charts.js';
import { condition, machines } from './cluster-lists.js';

const hours = 24;
const step = 1800;

const clock = (time) => new Date(time).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });

/** Spans begin at whole steps, so that a bar does not change its place from look to look. */
async function history() {
  const to = Math.ceil(Date.now() / (step * 1000)) * step * 1000;
  const from = to - hours * 3_600_000;
  const begun = await call('sessions.history', { from: new Date(from).toISOString(), to: new Date(to).toISOString(), step });
  const counts = new Map(begun.map((each) => [Date.parse(each.from), each.sessions]));
  const all = [];
  for (let at = from; at < to; at += step * 1000) {
    const value = counts.get(at) ?? 0;
    all.push({ value, told: `${clock(at)}: ${value} ${value === 1 ? 'session' : 'sessions'} began` });
  }
  const sum = all.reduce((before, each) => before + each.value, 0);
  return columns(all, [clock(from), clock(from + (to - from) / 2), 'now'],
    `${sum} ${sum === 1 ? 'session' : 'sessions'} began in the last ${hours} hours; each bar is half an hour`);
}

function tile(name, value, words) {
  return make('a', { class: 'tile', href: root() + name }, make('span', { class: 'value' }, value), make('span', { class: 'about' }, words));
}

function ofServers(all) {
  const up = all.filter((each) => ['ok', 'late'].includes(condition(each.machine))).length;
  return tile('servers', `${up} of ${all.length}`, 'servers are there');
}

export async function overview(main, { can }) {
  const box = make('div');
  async function draw() {
    const [all, live, used, chart] = await Promise.all([
      machines(can), call('sessions.list', { most: 500 }), call('leases.limits'), history(),
    ]);
    const loads = all.filter((each) => each.machine.kind === 'node' && each.load);
    const full = used.filter((each) => each.used >= each.max).length;
    fill(box,
      make('div', { class: 'tiles' },
        ofServers(all),
        tile('sessions', live.length === 500 ? '500+' : String(live.length), can('audit.search') || can('users.list') ? 'live sessions' : 'live sessions of yours'),
        tile('recordings', String(live.filter((each) => each.recording).length), 'of them are recorded'),
        ...(used.length === 0 ? [] : [tile('limits', String(full), full === 1 ? 'user is at his limit' : 'users are at their limit')])),
      make('h2', {}, 'Sessions over time'), chart,
      ...(loads.length === 0 ? [] : [make('h2', {}, 'Connections of each server'),
        bars(loads.map((each) => ({ name: each.machine.name, value: each.load.connections, told: String(each.load.connections) })), 'Connections of each server')]),
      ...(used.length === 0 ? [] : [make('h2', {}, 'Limits used'),
        bars(used.map((it) => ({ name: it.user, value: it.used, most: it.max, told: `${it.used} of ${it.max}` })), 'Connections of those that are allowed')]),
      ...(all.length === 0 ? [note('No server has joined yet.', 'An administrator adds one: holdfast admin tokens add node')] : []));
  }
  await draw();
  main.replaceChildren(box);
  return draw;
}
