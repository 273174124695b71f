// What the page's JavaScript assumes of the DOM beyond TypeScript's own declarations. Never loaded by a browser.

// A selector finds HTML elements here (SVG is reached through scenes/painter.js only), and one that a page's own template
// or element has just written finds something: where it may not, the code asks with `?.` or tests the answer.
interface ParentNode {
  querySelector<K extends keyof HTMLElementTagNameMap>(selectors: K): HTMLElementTagNameMap[K]
  querySelector<E extends Element = HTMLElement>(selectors: string): E
  querySelectorAll<K extends keyof HTMLElementTagNameMap>(selectors: K): NodeListOf<HTMLElementTagNameMap[K]>
  querySelectorAll<E extends Element = HTMLElement>(selectors: string): NodeListOf<E>
}

interface Element {
  closest<K extends keyof HTMLElementTagNameMap>(selector: K): HTMLElementTagNameMap[K]
  closest<E extends Element = HTMLElement>(selectors: string): E
  // The browser writes any value as a string.
  setAttribute(qualifiedName: string, value: string | number | boolean): void
}

interface Document {
  getElementById(elementId: string): HTMLElement
  readonly activeElement: HTMLElement
}

// Events of our own are custom events with a `detail`; those of the browser are typed where they are used.
interface EventTarget {
  addEventListener(type: string, callback: (event: any) => unknown, options?: AddEventListenerOptions | boolean): void
  removeEventListener(type: string, callback: (event: any) => unknown, options?: EventListenerOptions | boolean): void
}

// Chromium's only: https://wicg.github.io/keyboard-lock/
interface Navigator {
  readonly keyboard?: { lock(keys: string[]): Promise<void> }
}
