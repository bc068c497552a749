/** What is used here of an element in the browser: the compiler's own names for it would be known in all other files too. */
interface PageElement {
  readonly textContent: string | null;
  readonly childNodes: Iterable<{ readonly nodeType: number; readonly nodeValue: string | null }>;
  readonly parentElement: PageElement | null;
  readonly ownerDocument: { readonly defaultView: { getComputedStyle(element: PageElement): PageStyle } };
  checkVisibility(): boolean;
}

interface PageStyle {
  readonly color: string;
  readonly backgroundColor: string;
  readonly fontSize: string;
}

interface MeasuredText {
  readonly text: string;
  /** In px. */
  readonly size: number;
  /** Between the text and what is behind it, 1 to 21 (WCAG 2.2, success criterion 1.4.3). */
  readonly contrast: number;
}

/** Measures every visible element that has text of its own. Runs inside the browser, so it uses nothing around it. */
export function measureTexts(elements: readonly PageElement[]): MeasuredText[] {
  const styleOf = (element: PageElement) => element.ownerDocument.defaultView.getComputedStyle(element);
  const channels = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (color: string) => {
    const [red = 0, green = 0, blue = 0] = channels(color).map((channel) => {
      const share = channel / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const background = (element: PageElement | null): string => {
    if (element === null) return "rgb(255, 255, 255)";
    const { backgroundColor } = styleOf(element);
    return channels(backgroundColor)[3] === 0 ? background(element.parentElement) : backgroundColor;
  };
  const textNode = 3;
  return elements
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === textNode && node.nodeValue?.trim()))
    .filter((element) => element.checkVisibility())
    .map((element) => {
      const { color, fontSize } = styleOf(element);
      const [one, other] = [luminance(color), luminance(background(element))];
      return {
        text: (element.textContent ?? "").trim().slice(0, 60),
        size: Number.parseFloat(fontSize),
        contrast: (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05),
      };
    });
}

/** The fact that an element lies in, and the element's text. Runs inside the browser. */
export function placeOf(element: {
  readonly textContent: string | null;
  closest(selector: string): { readonly id: string } | null;
}): string {
  return `${element.closest(".fact")?.id ?? ""}: ${element.textContent}`;
}
