'use strict';
(() => {
  const form = document.getElementById('controls');
  if (!form) return;
  const list = document.getElementById('keys');
  const chunks = [...list.children]; // of keys that are laid out together
  const size = chunks[0].children.length;
  const keys = chunks.flatMap((e) => [...e.children]);
  const others = [...document.querySelectorAll('.other')];
  const [find, level, liveness, exposure, sort, count, none] =
    ['find', 'level', 'liveness', 'exposure', 'sort', 'count', 'none'].map((id) => document.getElementById(id));
  const texts = new Map();
  const text = (e) => {
    if (!texts.has(e)) texts.set(e, e.textContent.toLowerCase());
    return texts.get(e);
  };
  const show = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (e) => words.every((w) => text(e).includes(w)) && (!level.value || e.dataset.level === level.value);
    let n = 0;
    for (const e of keys) {
      e.hidden = !(fits(e) && (!liveness.value || e.dataset.liveness === liveness.value) &&
        (!exposure.value || e.dataset.exposure === exposure.value));
      if (!e.hidden) n++;
    }
    for (const e of others) e.hidden = !fits(e);
    for (const e of chunks) e.hidden = ![...e.children].some((key) => !key.hidden);
    none.hidden = n > 0;
    count.textContent = `${n} of ${keys.length} keys`;
  };
  // What has no date comes last, whichever way dates are sorted.
  const since = (e) => Number(e.dataset.since) || Infinity;
  const newest = (e) => -(Number(e.dataset.since) || -Infinity);
  const orders = {
    urgency: (e) => Number(e.dataset.n),
    oldest: since,
    newest,
    places: (e) => -Number(e.dataset.places),
  };
  const order = () => {
    const by = orders[sort.value];
    const less = (a, b) => {
      const x = by(a), y = by(b);
      return x === y ? a.dataset.n - b.dataset.n : x < y ? -1 : 1;
    };
    const sorted = keys.slice().sort(less);
    chunks.forEach((e, i) => e.append(...sorted.slice(i * size, (i + 1) * size)));
  };
  let waiting = 0;
  find.addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(show, 120); });
  for (const e of [level, liveness, exposure]) e.addEventListener('change', show);
  sort.addEventListener('change', () => { order(); show(); });
  form.addEventListener('submit', (e) => { e.preventDefault(); show(); });
  form.addEventListener('reset', () => setTimeout(() => { order(); show(); }));
  form.hidden = false;
  if (find.value || level.value || liveness.value || exposure.value) show(); // kept by a reload
  else count.textContent = `${keys.length} of ${keys.length} keys`;
  if (sort.value !== 'urgency') { order(); show(); }
})();
