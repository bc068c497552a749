type Listener = (line: string) => void;

/** What each listener has heard; a step opens several stores, and all of them tell the same listener. */
const heard = new WeakMap<Listener, Set<string>>();

/** Tells a listener each line once, however many stores say it. */
export function announcedOnce(listener: Listener | undefined): Listener {
  if (listener === undefined) return () => {};
  const lines = heard.get(listener) ?? new Set();
  heard.set(listener, lines);
  return (line) => {
    if (lines.has(line)) return;
    lines.add(line);
    listener(line);
  };
}
