import type { Locator, Page } from 'playwright-core';

/** What somebody does at a page, by the names that people see. */
export interface Hands {
  press(name: string): Promise<void>;
  heading(name: string): Locator;
  field(name: string): Locator;
  text(text: string | RegExp): Locator;
  follow(name: string): Promise<void>;
}

export const handsAt = (page: Page): Hands => ({
  press: async (name) => await page.getByRole('button', { name, exact: true }).click(),
  heading: (name) => page.getByRole('heading', { name }),
  field: (name) => page.getByLabel(name, { exact: true }),
  text: (text) => page.getByText(text).first(),
  follow: async (name) => await page.getByRole('main').getByRole('link', { name }).first().click(),
});

/** The same with the keyboard alone. */
export interface Keys {
  /** Presses Tab until the focus is on something of that name. @throws where nothing like that comes. */
  tabTo(name: string): Promise<void>;
  /** Goes there and writes, over what stands there. */
  write(name: string, text: string): Promise<void>;
  /** Goes there and presses Enter. */
  enter(name: string): Promise<void>;
  /** Text of what has the focus. */
  focused(): Promise<string>;
}

const labelOfFocus = 'document.activeElement.labels?.[0]?.innerText ?? document.activeElement.innerText';

export function keysAt(page: Page): Keys {
  const focused = async () => (await page.evaluate<string>(labelOfFocus)).trim();
  const tabTo = async (name: string) => {
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press('Tab');
      if ((await focused()) === name) return;
    }
    throw new Error(`nothing called ${name} is reached with Tab`);
  };
  return {
    tabTo,
    focused,
    async write(name, text) {
      await tabTo(name);
      await page.keyboard.press('ControlOrMeta+A');
      await page.keyboard.insertText(text);
    },
    async enter(name) {
      await tabTo(name);
      await page.keyboard.press('Enter');
    },
  };
}
