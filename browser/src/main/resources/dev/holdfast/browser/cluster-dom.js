// Parts of pages. Whatever comes from a cluster goes in as text, never as HTML.
export const by = (id) => document.getElementById(id);

export function make(tag, about = {}, ...children) {
  const it = document.createElement(tag);
  for (const [name, value] of Object.entries(about)) {
    if (value === undefined || value === false) continue;
    if (name === 'class') it.className = value;
    else if (name.startsWith('on')) it.addEventListener(name.slice(2), value);
    else it.setAttribute(name, value === true ? '' : value);
  }
  it.append(...children.filter((each) => each !== undefined && each !== null));
  return it;
}

export function note(strong, words = '', kind = '') {
  return make('div', { class: 'note ' + kind }, make('strong', {}, strong), words);
}

const spans = [[1, 's'], [60, 'min'], [3600, 'h'], [86400, 'd']];

export function span(seconds) {
  const found = spans.findLast(([size]) => seconds >= 2 * size) ?? spans[0];
  return `${Math.max(0, Math.floor(seconds / found[0]))} ${found[1]}`;
}

export const ago = (iso) =>
  make('time', { datetime: iso, title: exact(iso) }, span((Date.now() - Date.parse(iso)) / 1000) + ' ago');

export const exact = (iso) =>
  new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

export const at = (iso) => make('time', { datetime: iso, title: iso }, exact(iso));

export function bytes(count) {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let unit = 0;
  while (count >= 1000 && unit < units.length - 1) { count /= 1000; unit++; }
  return `${unit === 0 || count >= 100 ? Math.round(count) : count.toFixed(1)} ${units[unit]}`;
}

const colours = { ok: 'good', live: 'good', open: 'good', late: 'warn', ending: 'warn', detached: 'warn', offline: 'bad', cut: 'bad' };

export const state = (word, told = word) =>
  make('span', { class: 'status' }, make('span', { class: 'dot ' + (colours[word] ?? '') }), ' ' + told);

/** A table whose columns are { name, kind, cell }; on narrow screens each row is a card. */
export function table(columns, rows, caption) {
  const head = make('tr', {}, ...columns.map((each) =>
    make('th', { scope: 'col', class: each.kind }, each.name || make('span', { class: 'hidden' }, 'Actions'))));
  const line = (row) => make('tr', {}, ...columns.map((each) => {
    const cell = each.cell(row);
    return make('td', { class: each.kind, 'data-name': each.name },
      ...(Array.isArray(cell) ? cell : [cell ?? '']));
  }));
  return make('div', { class: 'rows cards' },
    make('table', {},
      make('caption', { class: 'hidden' }, caption),
      make('thead', {}, head),
      make('tbody', {}, ...rows.map(line))));
}

/** Replaces what is in a box and keeps the focus where it was, by the names of what has it. */
export function fill(box, ...children) {
  const label = box.contains(document.activeElement)
    && (document.activeElement.getAttribute('aria-label') || document.activeElement.getAttribute('href'));
  box.replaceChildren(...children);
  if (label) {
    const same = CSS.escape(label);
    box.querySelector(`[aria-label="${same}"], [href="${same}"]`)?.focus();
  }
}

/** Says something to who can't see it. */
export function say(words) {
  by('said').textContent = words;
}

/** Fields of a filter; what is written in them stands in the page's address. */
export function filters(fields, changed) {
  const asked = new URLSearchParams(location.search);
  const inputs = fields.map(([name, label, type, options]) => {
    const input = type === 'select'
      ? make('select', { name, id: 'f-' + name }, ...options.map(([value, words]) => make('option', { value }, words)))
      : make('input', { name, id: 'f-' + name, type: type ?? 'text', autocomplete: 'off', spellcheck: 'false' });
    input.value = asked.get(name) ?? (type === 'select' ? options[0][0] : '');
    return make('div', { class: 'field' }, make('label', { for: 'f-' + name }, label), input);
  });
  const form = make('form', { class: 'filters', role: 'search' }, ...inputs,
    make('button', { type: 'submit', class: 'main' }, 'Show'));
  const values = () => Object.fromEntries([...new FormData(form)].filter(([, value]) => value.trim() !== ''));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const query = new URLSearchParams(values()).toString();
    history.replaceState(null, '', location.pathname + (query && '?' + query));
    changed(values());
  });
  return { form, values };
}
