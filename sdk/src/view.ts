/** Types of what a view finds in its page as `aico`. There is no code here: the page has it before the view begins. */

/** A colour of the app, as CSS reads it; also a custom property, e.g. `var(--aico-ink)`. */
export type ViewColor =
  | 'paper'
  | 'surface'
  | 'raised'
  | 'sunken'
  | 'line'
  | 'edge'
  | 'ink'
  | 'soft'
  | 'faint'
  | 'accent'
  | 'on-accent'
  | 'accent-text'
  | 'accent-wash'
  | 'good'
  | 'warn'
  | 'bad';

/** What the app around a view looks like. */
export interface ViewSurroundings {
  /** `en` or `de`, say. */
  readonly locale: string;
  readonly dark: boolean;
  readonly colors: Readonly<Record<ViewColor, string>>;
}

/** All that a view can reach: its own plugin, and how the app looks. */
export interface View {
  /** Its id in plugin.json. */
  readonly view: string;
  readonly surroundings: ViewSurroundings;
  /**
   * Asks the plugin, which serves `plugin.<id>.view.ask.v1`. JSON of 128 KiB at most, 8 questions at a time, 10 a second.
   * Rejects with an Error that has a `code`.
   */
  ask<Answer = unknown>(name: string, data?: unknown): Promise<Answer>;
  /** Calls back when theme or language change; returns its undo. */
  onChange(listener: (surroundings: ViewSurroundings) => void): () => void;
}

declare global {
  /** Only in the page of a view. */
  var aico: View;
}
