// Charts as inline SVG; what they show is in words beside them.
import { make } from './cluster-dom.js';

const ns = 'http://www.w3.org/2000/svg';

function draw(tag, about, ...children) {
  const it = document.createElementNS(ns, tag);
  for (const [name, value] of Object.entries(about)) it.setAttribute(name, value);
  it.append(...children);
  return it;
}

/** Bars side by side, one each { value, told }; names stand below the first, the middle and the last. */
export function columns(all, names, words) {
  const most = Math.max(1, ...all.map((each) => each.value));
  const bars = all.map((each, i) => {
    const height = (each.value / most) * 100;
    const title = draw('title', {});
    title.textContent = each.told;
    return draw('g', {},
      draw('rect', { class: 'room', x: i * 10, y: 0, width: 10, height: 100 }),
      draw('rect', { class: 'bar', x: i * 10 + 1, y: 100 - height, width: 8, height }), title);
  });
  return make('figure', { class: 'chart' },
    make('div', { class: 'most' }, String(most)),
    draw('svg', { viewBox: `0 0 ${all.length * 10} 100`, preserveAspectRatio: 'none', role: 'img', 'aria-label': words }, ...bars),
    make('div', { class: 'axis' }, ...names.map((each) => make('span', {}, each))),
    make('figcaption', {}, words));
}

/** Bars below each other, one each { name, value, most, told }. */
export function bars(all, words) {
  const most = Math.max(1, ...all.map((each) => each.most ?? each.value));
  return make('ul', { class: 'bars', 'aria-label': words }, ...all.map((each) => {
    const of = each.most ?? most;
    const part = of === 0 ? 100 : Math.min(100, (each.value / of) * 100);
    return make('li', {},
      make('span', { class: 'name' }, each.name),
      draw('svg', { viewBox: '0 0 100 10', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
        draw('rect', { class: 'room', x: 0, y: 0, width: 100, height: 10 }),
        draw('rect', { class: each.most !== undefined && part >= 100 ? 'bar full' : 'bar', x: 0, y: 0, width: part, height: 10 })),
      make('span', { class: 'told' }, each.told));
  }));
}
