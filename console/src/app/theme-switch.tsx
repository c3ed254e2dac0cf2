import { useState } from 'react';
import { applyTheme, readTheme, type Theme } from './theme.ts';

const next: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' };
const names: Readonly<Record<Theme, string>> = { system: 'as the device', light: 'light', dark: 'dark' };

export function ThemeSwitch() {
  const [theme, setTheme] = useState(readTheme);
  const change = () => {
    applyTheme(next[theme]);
    setTheme(next[theme]);
  };
  return (
    <button
      type="button"
      className="icon-button"
      onClick={change}
      aria-label={`Colours: ${names[theme]}. Switch to ${names[next[theme]]}.`}
      title={`Colours: ${names[theme]}`}
    >
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <circle cx="8" cy="8" r="5.5" />
        {theme === 'system' && <path d="M8 2.500a5.5 5.5 0 0 1 0 11z" fill="currentColor" />}
        {theme === 'dark' && <circle cx="8" cy="8" r="5.5" fill="currentColor" />}
      </svg>
    </button>
  );
}
