/**
 * The theme: of the system, unless the user chooses. Loaded before the page is drawn, so that it never flashes in the
 * other one, and therefore not a module.
 */
(() => {
  const KEY = 'console-theme';
  const THEMES = ['system', 'light', 'dark'];

  const chosen = () => {
    const kept = localStorage.getItem(KEY) ?? '';
    return THEMES.includes(kept) ? kept : 'system';
  };

  const apply = () => {
    const theme = chosen();
    document.documentElement.dataset.theme = theme;
    const name = document.querySelector('#theme .name');
    if (name) name.textContent = theme;
  };

  apply();
  addEventListener('DOMContentLoaded', () => {
    apply();
    document.getElementById('theme')?.addEventListener('click', () => {
      const next = THEMES[(THEMES.indexOf(chosen()) + 1) % THEMES.length] ?? 'system';
      localStorage.setItem(KEY, next);
      apply();
    });
  });
  // Another tab of the console may have chosen.
  addEventListener('storage', apply);
})();
