// One recording: played by asciinema-player, which draws text on a terminal of its own and does nothing else.
import { at, bytes, by, make, note, say, state } from './cluster-dom.js';
import { call, cast, clusters, follow, root, where } from './cluster-call.js';
import { length, words } from './cluster-recordings.js';

const main = by('main');
const longest = 2;

const unplayed = (sentence) => note('This can’t be played.', sentence, 'bad');

/** What happens in a session that goes on, as asciicast's lines come. */
const coming = (box) => (callbacks) => {
  const { dispatch } = callbacks;
  let end;
  let size;
  return {
    play: () => {
      if (end) return true;
      dispatch('play');
      end = follow('follow/' + where.id, {}, (line) => {
        if (!Array.isArray(line)) {
          size = { cols: line.width, rows: line.height };
          dispatch('reset', { size });
          dispatch('playing');
        } else if (line[1] === 'o') dispatch('output', line[2]);
        else if (line[1] === 'r') {
          const [cols, rows] = line[2].split('x').map(Number);
          dispatch('resize', { cols, rows });
        }
      }, (sentence) => {
        if (sentence && !size) box.replaceChildren(unplayed(sentence));
        else dispatch('ended', { message: sentence || 'The session has ended.' });
        say(sentence || 'The session has ended.');
      });
      return true;
    },
    stop: () => end?.(),
    getCurrentTime: () => 0,
  };
};

function about(it) {
  const pairs = [
    ['Who', `${it.user || 'nobody of the cluster'} as ${it.login}`], ['Server', it.node_name], ['Began', at(it.started)],
    ['Length', length(it)], ['Size', bytes(it.bytes)], ['State', state(it.state, words[it.state] ?? it.state)],
    ...(it.hold ? [['Held', it.hold]] : []),
  ];
  return make('dl', { class: 'values wide' }, ...pairs.filter(([, value]) => value !== '')
    .flatMap(([name, value]) => [make('dt', {}, name), make('dd', {}, value)]));
}

let player;

/** Plays it anew in another way; where it was is kept. */
async function play(box, it, { speed, skips }) {
  const from = player && it.state !== 'open' ? await player.getCurrentTime() : 0;
  player?.dispose();
  box.replaceChildren();
  const usual = { fit: 'width', controls: true, preload: true, autoPlay: true, terminalFontSize: '15px', theme: 'asciinema' };
  if (it.state === 'open') {
    player = AsciinemaPlayer.create(coming(box), box, usual);
    return;
  }
  const data = await cast(it.id);
  player = AsciinemaPlayer.create({ data }, box,
    { ...usual, speed, startAt: from, ...(skips && { idleTimeLimit: longest }) });
}

async function start() {
  const all = await clusters();
  by('title').textContent = where.cluster;
  document.title = `Recording · ${where.cluster}`;
  by('pages').replaceChildren(
    make('a', { href: root() + 'recordings', 'aria-current': 'page' }, 'Recordings'),
    make('a', { href: root() + 'sessions' }, 'Live sessions'));
  by('dot').className = 'dot good';
  by('way').textContent = all.find((each) => each.name === where.cluster)?.user ?? '';
  const it = await call('recordings.show', { name: where.id });
  const box = make('div', { class: 'player', id: 'player' });
  const speed = make('select', { id: 'speed' }, ...[0.5, 1, 2, 4, 8].map((each) =>
    make('option', { value: String(each), selected: each === 1 }, each + '×')));
  const skips = make('input', { type: 'checkbox', id: 'skips', checked: true });
  const again = () => play(box, it, { speed: Number(speed.value), skips: skips.checked });
  speed.addEventListener('change', again);
  skips.addEventListener('change', again);
  const controls = it.state === 'open'
    ? [make('span', { class: 'soft' }, 'It goes on: what is recorded is shown as it comes.')]
    : [make('label', { for: 'speed' }, 'Speed ', speed), make('label', { for: 'skips' }, skips, ` Pauses are no longer than ${longest} s`),
       make('a', { class: 'plain', href: root() + 'cast/' + it.id + '?download=1', download: it.id + '.cast' }, 'Download as asciicast')];
  main.replaceChildren(box, make('div', { class: 'controls' }, ...controls), about(it));
  try {
    await again();
  } catch (e) {
    box.replaceChildren(unplayed(e.message));
  }
}

start().catch((e) => {
  by('dot').className = 'dot bad';
  by('way').textContent = '';
  main.replaceChildren(note('This can’t be shown.', e.message, 'bad'));
});
