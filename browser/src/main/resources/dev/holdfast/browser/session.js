// A live session of somebody's, joined: a terminal that shows what its owner sees, and types if that is permitted.
import { ago, by, make, note, say } from './cluster-dom.js';
import { attend, call, clusters, leave, root, typist, where } from './cluster-call.js';
import { Terminal } from './vendor/xterm.mjs';

const main = by('main');
const font = { fontFamily: 'ui-monospace, "DejaVu Sans Mono", monospace', fontSize: 15, lineHeight: 1.2 };
const clamp = (value, least, most) => Math.max(least, Math.min(most, Math.floor(value)));

/** As many columns and rows as the window has room for; the session keeps its owner's size. */
function room(box) {
  const probe = make('span', { class: 'probe' }, 'm'.repeat(10));
  probe.style.font = `${font.fontSize}px ${font.fontFamily}`;
  box.append(probe);
  const width = probe.getBoundingClientRect().width / 10;
  probe.remove();
  return {
    columns: clamp((box.clientWidth - 24) / width, 40, 240),
    rows: clamp((innerHeight * 0.7) / (font.fontSize * font.lineHeight), 10, 80),
  };
}

const name = () => [...crypto.getRandomValues(new Uint8Array(16))].map((each) => each.toString(16).padStart(2, '0')).join('');

function about(it) {
  const pairs = [['Whose', `${it.user} as ${it.login}`], ['Server', it.node], ['From', it.from], ['What', it.command || it.kind], ['Began', ago(it.started)]];
  return make('dl', { class: 'values wide' }, ...pairs.filter(([, value]) => value)
    .flatMap(([words, value]) => [make('dt', {}, words), make('dd', {}, value)]));
}

function end(box, gone, sentence) {
  gone.disabled = true;
  if (gone.matches(':focus')) main.focus();
  const words = sentence ? 'This session is not shown any more.' : 'The session has ended, or you have left it.';
  say(`${words} ${sentence}`);
  box.before(note(words, sentence, sentence ? 'bad' : ''));
}

/** Shift+Escape leads out of a terminal that takes all other keys; one that takes none leaves Tab alone, too. */
const keys = (observes, out) => (event) => {
  if (event.shiftKey && event.key === 'Escape') {
    event.preventDefault(); // Browsers have a use for it as well.
    if (event.type === 'keydown') out.focus();
    return false;
  }
  return !observes;
};

async function join(it) {
  const observes = it.may !== 'join' || new URLSearchParams(location.search).has('observe');
  const guest = name();
  const box = make('div', { class: 'joined', id: 'joined', role: 'region', 'aria-label': `The session of ${it.user} on ${it.node}` });
  const gone = make('button', { type: 'button', class: 'plain', id: 'leave', onclick: () => leave(guest) }, 'Leave');
  const hint = make('span', { class: 'soft' }, observes
    ? 'You look on: nothing that you type goes there.'
    : `What you type is typed there, as ${it.login}. Shift+Escape leads out of the terminal.`);
  main.replaceChildren(make('div', { class: 'controls' }, gone, hint), box, about(it));
  const { columns, rows } = room(box);
  const terminal = new Terminal({
    ...font, cols: columns, rows, scrollback: 2000, screenReaderMode: true, disableStdin: observes,
    linkHandler: { activate: () => {} },
  });
  terminal.attachCustomKeyEventHandler(keys(observes, gone));
  terminal.open(box);
  if (!observes) {
    const type = typist(guest);
    terminal.onData((text) => type(new TextEncoder().encode(text)) || say('That is too much at once; nothing of it was typed.'));
    terminal.onBinary((text) => type(Uint8Array.from(text, (each) => each.charCodeAt(0))));
    terminal.focus();
  }
  addEventListener('pagehide', () => leave(guest));
  addEventListener('pageshow', (event) => event.persisted && location.reload());
  end(box, gone, await attend(it.session, guest, { columns, rows, ...(observes && { observe: '1' }) }, (bytes) => terminal.write(bytes)));
}

async function start() {
  const all = await clusters();
  by('title').textContent = where.cluster;
  document.title = `Session · ${where.cluster}`;
  by('pages').replaceChildren(make('a', { href: root() + 'sessions', 'aria-current': 'page' }, 'Live sessions'));
  by('dot').className = 'dot good';
  by('way').textContent = all.find((each) => each.name === where.cluster)?.user ?? '';
  const [it] = await call('sessions.joinable', { session: where.id });
  if (!it) throw new Error('It has ended, or it is not one that your roles let you join.');
  await join(it);
}

start().catch((e) => {
  by('dot').className = 'dot bad';
  by('way').textContent = '';
  main.replaceChildren(note('This session can’t be joined.', e.message, 'bad'));
});
