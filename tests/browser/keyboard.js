// Watches where the keyboard goes: how many stops there are, then which were missed (window.missed()) and which didn't show it (window.unseen).
() => {
  const open = e => e.checkVisibility({visibilityProperty: true}) && !e.disabled && e.tabIndex >= 0;
  const sorts = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]';
  const all = [...document.querySelectorAll(sorts)].filter(open);
  const groups = new Set();  // the keyboard stops once at a group of radio buttons
  const stops = all.filter(e => e.type !== 'radio' || !groups.has(e.name) && groups.add(e.name));
  const text = e => (e.getAttribute('aria-label') || e.textContent || e.name || '').trim().replace(/\s+/g, ' ');
  const name = e => `${e.tagName.toLowerCase()} ${text(e).slice(0, 40)}`;
  window.reached = new Set(); window.unseen = new Set();
  document.addEventListener('focusin', ({target}) => {
    window.reached.add(target.type === 'radio' ? target.name : target);
    const s = getComputedStyle(target), box = target.getBoundingClientRect();
    const ring = s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1 || s.boxShadow !== 'none';
    if (!ring || box.width < 1 || box.height < 1 || box.right <= 0) window.unseen.add(name(target));
  });
  window.missed = () => stops.filter(e => !window.reached.has(e.type === 'radio' ? e.name : e)).map(name);
  return stops.length;
}
