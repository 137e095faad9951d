import type { Tab } from '../../tools/browser/tab.js';

/** One text of a page, as it is drawn. */
export interface Drawn {
  readonly text: string;
  /** By WCAG 2: from 1 to 21. */
  readonly ratio: number;
  /** 24 pixels, or 18.66 and bold: less contrast will do. */
  readonly large: boolean;
}

interface Style {
  readonly text: string;
  readonly colour: string;
  /** Of the nearest ground that is none of glass. */
  readonly ground: string;
  readonly large: boolean;
}

/** What has text of its own, with its colour and that of what it stands on. */
const STYLES = `[...document.body.querySelectorAll('*')]
  .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ''))
  .filter((element) => !element.closest('svg, meter') && element.getClientRects().length > 0)
  .map((element) => {
    const { color: colour, fontSize, fontWeight } = getComputedStyle(element);
    let on = element;
    while (on.parentElement !== null && getComputedStyle(on).backgroundColor === 'rgba(0, 0, 0, 0)') on = on.parentElement;
    const size = parseFloat(fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(fontWeight) >= 700);
    return { text: element.textContent.trim().slice(0, 60), colour, ground: getComputedStyle(on).backgroundColor, large };
  })`;

/** The contrast of every text of a page. */
export async function contrasts(tab: Tab): Promise<readonly Drawn[]> {
  const styles = (await tab.evaluate(STYLES)) as readonly Style[];
  return styles.map(({ text, colour, ground, large }) => ({ text, large, ratio: ratioOf(colour, ground) }));
}

/** The contrast of two colours, as `#rrggbb` or `rgb(r, g, b)`. */
export function ratioOf(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = channelsOf(colour).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function channelsOf(colour: string): number[] {
  const hex = /^#(..)(..)(..)$/.exec(colour);
  if (hex !== null) return hex.slice(1).map((part) => Number.parseInt(part, 16));
  const rgb = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(colour);
  if (rgb === null) throw new Error(`not an opaque colour: ${colour}`);
  return rgb.slice(1).map(Number);
}
