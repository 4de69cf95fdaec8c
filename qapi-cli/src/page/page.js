'use strict';
// Shows what stands in #data. Whatever comes from a schema gets into the page as text and never as markup.
(() => {
const data = JSON.parse(document.getElementById('data').textContent);
const { versions, texts, rules, definitions } = data;
const KINDS = ['command', 'event'];
const SEVERITIES = ['info', 'risky', 'breaking'];
/** How the filters are called in the address. */
const FILTERS = ['q', 'kind', 'severity', 'in'];
/** A definition with more members than this shows the first level only, and one with more changes none of them. */
const MANY = 60;

const byId = id => document.getElementById(id);
const plural = (n, noun) => `${n} ${noun}${n === 1 ? '' : 's'}`;

/** An element with attributes and content: texts and other elements. */
function make(tag, attributes = {}, ...content) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null) element.setAttribute(name, value);
  }
  element.append(...content);
  return element;
}

/** The text in pieces, those marked that the search found. */
function marked(text, query) {
  const start = query ? text.toLowerCase().indexOf(query) : -1;
  if (start < 0) return [text];
  const end = start + query.length;
  return [text.slice(0, start), make('mark', {}, text.slice(start, end)), ...marked(text.slice(end), query)];
}

// ---- The address: what is searched for, and what is open.

function readAddress() {
  const state = new URLSearchParams(location.hash.slice(1));
  return { filters: Object.fromEntries(FILTERS.map(name => [name, state.get(name) ?? ''])), open: state.getAll('open') };
}

function address({ filters, open }) {
  const state = new URLSearchParams();
  for (const name of FILTERS) if (filters[name]) state.set(name, filters[name]);
  for (const name of open) state.append('open', name);
  return `#${state}`;
}

/** Shows a state and writes it into the address. Steps worth going back to become part of the history of the browser. */
function go(state, isStep) {
  if (isStep) history.pushState(null, '', address(state));
  else history.replaceState(null, '', address(state));
  show(state);
}

// ---- One row for each definition.

/** For each version, what became of the definition: the class of its cell. */
function cells(definition) {
  const row = versions.map((_, at) => definition.present.some(([from, to]) => from <= at && at < to) ? 'same' : '');
  for (const [at, , severity] of definition.changes) {
    const before = Math.max(SEVERITIES.indexOf(row[at]), 0);
    if (row[at]) row[at] = SEVERITIES[Math.max(before, severity)];
  }
  for (const [from, to] of definition.present) {
    row[from] = 'new';
    if (to < versions.length) row[to] = 'gone';
  }
  return row;
}

const SIGNS = { new: '+', info: '~', risky: '~', breaking: '!', gone: '−' };
const WORDS = { new: 'came in', info: 'changed in', risky: 'risky change in', breaking: 'breaking change in', gone: 'went in' };

function strip(row) {
  const words = row.flatMap((state, at) => WORDS[state] ? [`${WORDS[state]} ${versions[at]}`] : []);
  const strip = make('span', { class: 'strip', role: 'img', 'aria-label': words.join(', ') });
  row.forEach((state, at) => {
    const title = WORDS[state] && `${WORDS[state]} ${versions[at]}`;
    strip.append(make('i', { class: state || null, title: title || null }, SIGNS[state] ?? ''));
  });
  return strip;
}

/** The full paths of all members, in lower case, to be searched. */
function searchable(definition) {
  const paths = [];
  definition.members.forEach(([parent, label], index) => {
    paths[index] = (parent < 0 ? definition.name.toLowerCase() : paths[parent]) + label.toLowerCase();
  });
  return paths;
}

const rows = definitions.map((definition, index) => {
  const kind = KINDS[definition.kind];
  const states = cells(definition);
  const name = make('span', { class: 'name' });
  const button = make('button', {
    type: 'button', class: states.at(-1) === '' || states.at(-1) === 'gone' ? 'row went' : 'row',
    'aria-expanded': 'false', 'aria-controls': `detail-${index}`,
  }, make('span', {}, name, make('span', { class: 'kind' }, kind)), strip(states));
  const item = make('li', {}, button);
  const row = { definition, kind, states, name, button, item, index, paths: null, detail: null };
  button.addEventListener('click', () => {
    const state = readAddress();
    const open = state.open.filter(other => other !== definition.name);
    if (open.length === state.open.length) open.push(definition.name);
    go({ ...state, open }, true);
  });
  return row;
});

/** Whether the filters let a definition pass. */
function passes(row, filters) {
  if (filters.kind && row.kind !== filters.kind) return false;
  const at = versions.indexOf(filters.in);
  const least = SEVERITIES.indexOf(filters.severity);
  if (least >= 0 || at >= 0) {
    const fits = ([version, , severity]) => (at < 0 || version === at) && severity >= least;
    if (!row.definition.changes.some(fits)) return false;
  }
  const query = filters.q.toLowerCase();
  if (!query) return true;
  row.paths ??= searchable(row.definition);
  return row.definition.name.toLowerCase().includes(query) || row.paths.some(path => path.includes(query));
}

// ---- What a click shows.

/** From when to when something is there. What came with the whole is said in a low voice. */
function badges(from, to, inherited) {
  const badges = [' ', make('span', { class: from === inherited ? 'since quiet' : 'since' }, `since ${versions[from]}`)];
  if (to < versions.length) badges.push(' ', make('span', { class: 'until' }, `until ${versions[to]}`));
  return badges;
}

/** The paragraphs of a comment, which is reStructuredText: lines are joined, but for those of lists and examples. */
function paragraphs(text) {
  let isExample = false;
  return text.split(/\n[ \t]*\n/).flatMap(block => {
    const isIndented = /^\s/.test(block);
    isExample &&= isIndented;
    const directive = /^\s*\.\. ([\w-]+)::[ \t]*(.*)$/s.exec(block);
    if (!directive && (isExample || /^\s*(->|<-)/.test(block))) return [example(block)];
    if (!directive) {
      isExample = block.endsWith('::');
      return [make('p', {}, ...inline(prose(block)))];
    }
    const [, name, rest] = directive;
    isExample = /example|code/.test(name);
    const [, options, content] = /^((?:\s*:[\w-]+:[^\n]*)*)(.*)$/s.exec(rest);
    const title = name === 'admonition' ? content : options.replace(/^\s*:title:|:annotated:/, '').trim() || name.replace('qmp-', '');
    const heading = make('p', {}, make('strong', {}, title[0].toUpperCase() + title.slice(1)));
    if (name === 'admonition' || !content.trim()) return [heading];
    return [heading, isExample ? example(content) : make('p', {}, ...inline(prose(content)))];
  });
}

/** Text as it stands, without the indentation that its lines have in common. */
function example(block) {
  const lines = block.replace(/^\n+/, '').split('\n');
  const indents = lines.filter(line => line.trim()).map(line => line.search(/\S/));
  return make('pre', { tabindex: 0 }, lines.map(line => line.slice(Math.min(...indents))).join('\n'));
}

/** Running text, each item of a list on a line of its own. */
function prose(block) {
  return block.trim().replace(/\n\s*(?!(?:[-*]|\d+\.) )\s*/g, ' ').replace(/\n\s*/g, '\n');
}

/** Text in which what comments mark as names is code. */
function inline(text) {
  return text.split(/(``[^`]+``|`[^`]+`|@[\w-]*\w)/).map((part, index) => {
    return index % 2 ? make('code', {}, part.replace(/^[`@]+|`+$/g, '')) : part;
  });
}

/** The changes, of one version or all. */
function changes(row, filters) {
  const at = versions.indexOf(filters.in);
  const list = make('ul', { class: 'changes' });
  for (const [version, rule, severity, member, what] of row.definition.changes) {
    if (at >= 0 && version !== at) continue;
    const { id, sign } = rules[rule];
    const state = sign === '+' && !severity ? 'new' : SEVERITIES[severity];
    const mark = make('i', { class: state, title: SEVERITIES[severity] }, sign === '-' ? '−' : sign);
    const path = member < 0 ? row.definition.name : pathOf(row.definition, member);
    const text = what < 0 ? path : `${path}: ${texts[what]}`;
    list.append(make('li', {}, make('span', { class: 'at' }, versions[version]), mark,
      make('span', { class: 'text' }, make('code', {}, ...marked(text, filters.q.toLowerCase())), ' ',
        make('small', {}, `${id}${severity ? `, ${SEVERITIES[severity]}` : ''}`))));
  }
  return list;
}

function pathOf(definition, member) {
  const [parent, label] = definition.members[member];
  return (parent < 0 ? definition.name : pathOf(definition, parent)) + label;
}

/** The members as a tree: children are made when they are first shown. */
function members(row, filters) {
  const { definition } = row;
  const children = new Map();
  definition.members.forEach(([parent], index) => {
    if (!children.has(parent)) children.set(parent, []);
    children.get(parent).push(index);
  });
  const query = filters.q.toLowerCase();
  const isFound = new Set();
  if (query) row.paths.forEach((path, index) => {
    if (!path.slice(definition.name.length).includes(query)) return;
    for (let at = index; at >= 0 && !isFound.has(at); at = definition.members[at][0]) isFound.add(at);
  });
  const isSmall = definition.members.length <= MANY;

  function level(parent, inherited) {
    const list = make('ul');
    for (const index of children.get(parent) ?? []) list.append(member(index, inherited));
    return list;
  }
  function member(index, inherited) {
    const [, label, type, doc, from, to] = definition.members[index];
    const name = label.startsWith('.') ? label.slice(1) : label;
    const line = [make('span', { class: 'name' }, ...marked(name, query))];
    if (type >= 0) line.push(' ', make('span', { class: 'type' }, texts[type]));
    line.push(...badges(from, to, inherited));
    const text = doc >= 0 ? paragraphs(texts[doc]) : [];
    const state = { class: to < versions.length ? 'went' : null };
    if (!children.has(index)) return make('li', state, make('div', { class: 'line plain' }, ...line), ...text);
    const below = children.get(index).length;
    const details = make('details', {}, make('summary', {}, ...line), ...text);
    const closed = details.children.length;
    const fill = () => { if (details.children.length === closed) details.append(level(index, from)); };
    details.addEventListener('toggle', fill);
    if (isFound.has(index) || isSmall || (parentless(index) && below <= MANY)) {
      fill();
      details.open = true;
    }
    return make('li', state, details);
  }
  const parentless = index => definition.members[index][0] < 0;
  const tree = level(-1, definition.present[0][0]);
  return make('div', { class: 'members' }, tree);
}

function detail(row, filters) {
  const { definition, index } = row;
  const [from, to] = definition.present.at(-1);
  const link = make('a', { href: address({ filters: {}, open: [definition.name] }) }, 'link to this');
  const detail = make('div', { class: 'detail', id: `detail-${index}` },
    make('div', { class: 'share' }, `since ${versions[from]}`, to < versions.length ? `, until ${versions[to]}` : '', ' · ', link));
  if (definition.doc >= 0) detail.append(...paragraphs(texts[definition.doc]));
  const list = changes(row, filters);
  const title = `${plural(list.children.length, 'change')}${versions.includes(filters.in) ? ` in ${filters.in}` : ''}`;
  const isShort = list.children.length <= MANY;
  if (list.children.length > 0) detail.append(make('details', { open: isShort }, make('summary', {}, make('h3', {}, title)), list));
  if (definition.members.length > 0) detail.append(make('h3', {}, 'Members'), members(row, filters));
  return detail;
}

// ---- The whole.

function show({ filters, open }) {
  for (const name of FILTERS) if (byId(name).value !== filters[name]) byId(name).value = filters[name];
  const query = filters.q.toLowerCase();
  let shown = 0;
  for (const row of rows) {
    const isOpen = open.includes(row.definition.name);
    const isShown = isOpen || passes(row, filters);
    row.item.hidden = !isShown;
    shown += isShown;
    row.detail?.remove();
    row.detail = null;
    row.button.setAttribute('aria-expanded', isOpen);
    row.name.replaceChildren(...marked(row.definition.name, query));
    if (isOpen) {
      row.paths ??= searchable(row.definition);
      row.detail = detail(row, filters);
      row.item.append(row.detail);
    }
  }
  byId('count').textContent = shown === rows.length ? `All ${plural(shown, 'definition')}` : `${shown} of ${plural(rows.length, 'definition')}`;
  byId('clear').hidden = !FILTERS.some(name => filters[name]) && open.length === 0;
  for (const link of byId('versions').querySelectorAll('a')) {
    const isCurrent = link.textContent === filters.in;
    if (isCurrent) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
    link.href = address({ filters: { ...filters, in: isCurrent ? '' : link.textContent }, open: [] });
  }
}

/** Moves the focus among the rows that are shown. */
function move(step) {
  const buttons = rows.filter(row => !row.item.hidden).map(row => row.button);
  const at = buttons.indexOf(document.activeElement);
  const next = at < 0 ? buttons[0] : buttons[Math.min(Math.max(at + step, 0), buttons.length - 1)];
  next?.focus();
}

byId('summary').textContent = data.summary;
versions.forEach((version, at) => {
  byId('in').append(make('option', { value: version }, version));
  const isLandmark = at % Math.ceil(versions.length / 12) === 0;
  byId('versions').querySelector('nav').append(make('a', { class: isLandmark ? 'landmark' : null }, version));
});
document.body.classList.toggle('crowded', versions.length > 16);
byId('definitions').append(...rows.map(row => row.item));
for (const name of FILTERS) {
  byId(name).addEventListener('input', event => {
    const { filters, open } = readAddress();
    go({ filters: { ...filters, [name]: event.target.value }, open }, false);
  });
}
byId('clear').addEventListener('click', () => go({ filters: { q: '', kind: '', severity: '', in: '' }, open: [] }, true));
addEventListener('hashchange', () => show(readAddress()));
addEventListener('popstate', () => show(readAddress()));
addEventListener('keydown', event => {
  const isTyping = /^(INPUT|SELECT)$/.test(document.activeElement.tagName);
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === '/' && !isTyping) byId('q').focus();
  else if (event.key === 'ArrowDown' && document.activeElement.tagName !== 'SELECT') move(1);
  else if (event.key === 'ArrowUp' && !isTyping) move(-1);
  else return;
  event.preventDefault();
});
const start = readAddress();
show(start);
rows.find(row => row.definition.name === start.open[0])?.item.scrollIntoView();
})();
